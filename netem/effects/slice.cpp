#include "netem/effects/slice.hpp"

#include "settings/units.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <variant>

namespace twofifty::netem {
namespace {

constexpr std::int64_t largest_place = 65'535;
constexpr std::size_t most_places = 100;
constexpr Duration longest_pause = std::chrono::hours{24};
constexpr std::uint32_t end_size = 5;  // CRLF.CRLF
constexpr std::array<std::string_view, 2> then_names{"pass", "swallow"};

/// One place, or several in rising order.
std::vector<std::uint32_t> read_at(settings::Section& table) {
    const auto refuse = [&table] {
        table.fail("at", fmt::format("expected a place from 1 to {}, or up to {} of them in rising "
                                     "order, such as at = 3 or at = [1, 3]",
                                     largest_place, most_places));
    };
    const settings::Value* written = table.value("at");
    const auto* list = written ? std::get_if<settings::List>(&written->data) : nullptr;
    if (!written || (list && (list->empty() || list->size() > most_places))) refuse();
    if (!list) return {static_cast<std::uint32_t>(*table.count("at", 1, largest_place))};
    std::vector<std::uint32_t> places;
    for (const settings::Value& one : *list) {
        const auto* number = std::get_if<std::int64_t>(&one.data);
        if (!number || *number > largest_place ||
            *number < (places.empty() ? 1 : places.back() + 1))
            refuse();
        places.push_back(static_cast<std::uint32_t>(*number));
    }
    return places;
}

}  // namespace

Slice Slice::read(settings::Section& effect) {
    settings::Section table = effect.section(name);
    Slice result;
    result.at = read_at(table);
    result.pause = table.duration("pause", Duration{}, longest_pause).value_or(result.pause);
    result.swallows = table.choice("then", then_names).value_or(0) == 1;
    table.finish();
    return result;
}

std::string Slice::to_toml() const {
    return fmt::format("{{ at = [{}], pause = \"{}\", then = \"{}\" }}", fmt::join(at, ", "),
                       settings::format_duration(pause), then_names[swallows ? 1 : 0]);
}

/// Of the end of a content the first bytes may have gone already, with the content in front of
/// them: a cut that lay there is one in front of all that is left.
Verdict Slice::decide(const Sight& sight, world::Random&) const {
    const auto size = static_cast<std::uint32_t>(sight.bytes.size());
    const std::uint32_t gone = sight.content && size < end_size ? end_size - size : 0;
    Verdict verdict;
    std::uint32_t cut_before = 0;
    for (const std::uint32_t place : at) {
        const std::uint32_t cut = place > gone ? place - gone : 0;
        // What is shorter has no second part to be cut off.
        if (cut >= size) break;
        if (!verdict.parts.empty() && cut == cut_before) continue;
        verdict.parts.push_back({cut - cut_before, verdict.parts.empty() ? Duration{} : pause});
        cut_before = cut;
    }
    if (verdict.parts.empty()) return verdict;
    verdict.parts.push_back({size - cut_before, pause});
    verdict.swallow_last_part = swallows;
    return verdict;
}

}  // namespace twofifty::netem
