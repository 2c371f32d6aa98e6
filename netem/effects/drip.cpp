#include "netem/effects/drip.hpp"

#include "settings/units.hpp"

#include <fmt/format.h>

namespace twofifty::netem {
namespace {

constexpr std::int64_t most_bytes = 65'536;
constexpr Duration shortest_pause = std::chrono::milliseconds{1};
constexpr Duration longest_pause = std::chrono::hours{24};

}  // namespace

Drip Drip::read(settings::Section& effect) {
    settings::Section table = effect.section(name);
    Drip result;
    result.bytes = static_cast<std::uint32_t>(table.count("bytes", 1, most_bytes).value_or(1));
    result.every = table.duration("every", shortest_pause, longest_pause).value_or(result.every);
    table.finish();
    return result;
}

std::string Drip::to_toml() const {
    return fmt::format("{{ bytes = {}, every = \"{}\" }}", bytes, settings::format_duration(every));
}

Verdict Drip::decide(const Sight& sight, world::Random&) const {
    Verdict verdict;
    for (std::size_t given = 0; given < sight.bytes.size(); given += bytes)
        verdict.parts.push_back({bytes, given == 0 ? Duration{} : every});
    return verdict;
}

}  // namespace twofifty::netem
