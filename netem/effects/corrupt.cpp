#include "netem/effects/corrupt.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <variant>
#include <vector>

namespace twofifty::netem {
namespace {

constexpr std::array<std::string_view, 2> where_names{"code", "text"};
constexpr std::int64_t longest_reply = 65'536;
constexpr std::size_t code_size = 3;
constexpr char first_printable = ' ';
constexpr std::uint64_t printable_count = 95;

/// Where a byte of that kind stands in the reply: the codes of its lines, or what is behind code
/// and separator. The separator is neither; without it the line would be another kind of line.
std::vector<std::size_t> places_in(std::string_view reply, Corrupt::Where where) {
    std::vector<std::size_t> places;
    std::size_t column = 0;
    for (std::size_t i = 0; i < reply.size(); ++i, ++column) {
        if (reply[i] == '\n') {
            column = static_cast<std::size_t>(-1);
        } else if (reply[i] != '\r') {
            const bool fits =
                where == Corrupt::Where::code ? column < code_size : column > code_size;
            if (fits) places.push_back(i);
        }
    }
    return places;
}

/// Any printable byte but this one.
char another(char byte, world::Random& random) {
    const auto next = static_cast<char>(static_cast<std::uint64_t>(first_printable) +
                                        random.below(printable_count - 1));
    return next < byte ? next : static_cast<char>(next + 1);
}

}  // namespace

Corrupt Corrupt::read(settings::Section& effect) {
    const settings::Value* written = effect.value(name);
    if (!written || !std::holds_alternative<settings::Table>(written->data))
        return {.where = static_cast<Where>(*effect.choice(name, where_names))};
    settings::Section table = effect.section(name);
    const std::optional<std::size_t> where = table.choice("where", where_names);
    if (!where) table.fail("where", "missing; expected where = \"code\" or \"text\"");
    Corrupt result{.where = static_cast<Where>(*where)};
    result.bytes = static_cast<std::uint32_t>(table.count("bytes", 1, longest_reply).value_or(1));
    table.finish();
    return result;
}

std::string Corrupt::to_toml() const {
    return fmt::format("{{ where = \"{}\", bytes = {} }}",
                       where_names[static_cast<std::size_t>(where)], bytes);
}

Verdict Corrupt::decide(const Sight& sight, world::Random& random) const {
    std::vector<std::size_t> places = places_in(sight.bytes, where);
    if (places.empty()) return {};
    std::string damaged(sight.bytes);
    const std::size_t count = std::min<std::size_t>(bytes, places.size());
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint64_t other = i + random.below(places.size() - i);
        std::swap(places[i], places[other]);
        char& byte = damaged[places[i]];
        byte = another(byte, random);
    }
    return {.replacement = std::move(damaged)};
}

}  // namespace twofifty::netem
