#include "netem/effects/loss.hpp"

#include "netem/loss_process.hpp"
#include "netem/on_off.hpp"
#include "netem/tcp_settings.hpp"
#include "settings/units.hpp"
#include "world/random.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <vector>

namespace twofifty::netem {
namespace {

using settings::Section;

constexpr std::array<std::string_view, 4> keys{"transmissions", "probability", "outage", "bursts"};
constexpr std::int64_t most_transmissions = 1000;
constexpr Duration longest = std::chrono::hours{24 * 365};

OnOff read_bursts(Section bursts) {
    const std::optional<Duration> good = bursts.duration("good", Duration{1}, longest);
    const std::optional<Duration> bad = bursts.duration("bad", Duration{1}, longest);
    if (!good) bursts.fail("good", "missing; expected the mean time without loss");
    if (!bad) bursts.fail("bad", "missing; expected the mean time in which all is lost");
    bursts.finish();
    return {*good, *bad};
}

}  // namespace

Loss Loss::read(Section& effect) {
    Section table = effect.section(name);
    std::vector<std::string_view> written;
    for (const std::string_view key : keys)
        if (table.has(key)) written.push_back(key);
    if (written.empty())
        effect.fail(
            name, fmt::format("says not what is lost; expected one of {}", fmt::join(keys, ", ")));
    if (written.size() > 1)
        table.fail(written[1], fmt::format("contradicts {}; expected one of the two", written[0]));
    Loss result;
    if (const auto lost = table.count("transmissions", 0, most_transmissions))
        result.what = static_cast<Transmissions>(*lost);
    if (const auto chance = table.number("probability", 0, 1)) result.what = *chance;
    if (const auto length = table.duration("outage", Duration{}, longest)) result.what = *length;
    if (table.has("bursts")) result.what = read_bursts(table.section("bursts"));
    result.tcp = read_tcp(table, "tcp");
    table.finish();
    return result;
}

std::string Loss::to_toml() const {
    std::string lost;
    if (const auto* count = std::get_if<Transmissions>(&what))
        lost = fmt::format("transmissions = {}", *count);
    if (const auto* chance = std::get_if<Probability>(&what))
        lost = fmt::format("probability = {}", *chance);
    if (const auto* outage = std::get_if<Outage>(&what))
        lost = fmt::format("outage = \"{}\"", settings::format_duration(*outage));
    if (const auto* bursts = std::get_if<Bursts>(&what))
        lost = fmt::format("bursts = {{ good = \"{}\", bad = \"{}\" }}",
                           settings::format_duration(bursts->good),
                           settings::format_duration(bursts->bad));
    return fmt::format("{{ {}, tcp = {} }}", lost, netem::to_toml(tcp));
}

SegmentFate Loss::fate(const Sight& sight, world::Random& random) const {
    if (const auto* count = std::get_if<Transmissions>(&what))
        return fate_after_losses(*count, tcp);
    if (const auto* chance = std::get_if<Probability>(&what))
        return fate_under_independent_loss(*chance, tcp, random);
    if (const auto* outage = std::get_if<Outage>(&what)) return fate_in_outage(*outage, tcp);
    const OnOffProcess path(std::get<Bursts>(what), world::fold(sight.rule, "bursts"));
    return fate_under_bursts(path, sight.now, tcp);
}

Verdict Loss::decide(const Sight& sight, world::Random& random) const {
    const SegmentFate fate = this->fate(sight, random);
    if (fate.losses == 0) return {};
    Verdict verdict{.passing = Verdict::Passing::after_delay, .delay = fate.after};
    // The server's kernel ends its connection (ETIMEDOUT); no packet tells the client.
    if (fate.kind == SegmentFate::Kind::given_up) verdict.cut = Verdict::Side::server;
    return verdict;
}

}  // namespace twofifty::netem
