#include "netem/effects/hold.hpp"

#include "settings/units.hpp"

namespace twofifty::netem {
namespace {

constexpr Duration longest_hold = std::chrono::hours{24 * 30};

}  // namespace

Hold Hold::read(settings::Section& effect) {
    const std::string written = effect.text(name).value_or("");
    if (written == "forever") return {.until = Until::forever};
    if (written == "next_command") return {.until = Until::next_command};
    if (written == "released") return {.until = Until::released};
    const std::optional<Duration> time = settings::parse_duration(written);
    if (!time || *time > longest_hold)
        effect.fail(name,
                    "expected a duration up to 30d such as \"30s\", or \"forever\", "
                    "\"next_command\" or \"released\", found " +
                        settings::describe(*effect.value(name)));
    return {.until = Until::time, .time = *time};
}

std::string Hold::to_toml() const {
    switch (until) {
        case Until::time: return settings::toml_text(settings::format_duration(time));
        case Until::forever: return "\"forever\"";
        case Until::next_command: return "\"next_command\"";
        case Until::released: return "\"released\"";
    }
    return {};
}

Verdict Hold::decide(const Sight&, world::Random&) const {
    switch (until) {
        case Until::time: return {.passing = Verdict::Passing::after_delay, .delay = time};
        case Until::forever: return {.passing = Verdict::Passing::withhold};
        case Until::next_command: return {.passing = Verdict::Passing::at_next_command};
        case Until::released: return {.passing = Verdict::Passing::at_release};
    }
    return {};
}

}  // namespace twofifty::netem
