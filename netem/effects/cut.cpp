#include "netem/effects/cut.hpp"

#include <fmt/format.h>

#include <array>

namespace twofifty::netem {
namespace {

constexpr std::array<std::string_view, 3> side_names{"client", "server", "both"};
constexpr std::array<std::string_view, 3> how_names{"fin", "rst", "silent"};
constexpr std::array<std::string_view, 2> when_names{"before", "after"};
/// A reply of 128 lines of 512 bytes, the longest that the parser takes.
constexpr std::int64_t longest_reply = 65536;

/// side_names begins behind Side::none.
Verdict::Side side_of(std::size_t index) {
    return static_cast<Verdict::Side>(index + 1);
}

std::uint32_t read_when(settings::Section& cut) {
    const settings::Value* when = cut.value("when");
    if (when && std::holds_alternative<settings::Table>(when->data)) {
        settings::Section table = cut.section("when");
        const std::optional<std::int64_t> bytes = table.count("bytes", 1, longest_reply);
        if (!bytes) table.fail("bytes", "missing; expected when = { bytes = 3 }");
        table.finish();
        return static_cast<std::uint32_t>(*bytes);
    }
    return cut.choice("when", when_names).value_or(0) == 0 ? 0 : Verdict::whole_reply;
}

}  // namespace

Cut Cut::read(settings::Section& effect) {
    const settings::Value* written = effect.value(name);
    if (!written || !std::holds_alternative<settings::Table>(written->data)) {
        // The short form; choice() names the sides where it is none of them.
        return {.side = side_of(effect.choice(name, side_names).value_or(2))};
    }
    settings::Section table = effect.section(name);
    Cut result;
    if (const auto side = table.choice("side", side_names)) result.side = side_of(*side);
    if (const auto how = table.choice("how", how_names))
        result.how = static_cast<Verdict::How>(*how);
    result.after_bytes = read_when(table);
    table.finish();
    return result;
}

std::string Cut::to_toml() const {
    std::string when = "\"before\"";
    if (after_bytes == Verdict::whole_reply)
        when = "\"after\"";
    else if (after_bytes != 0)
        when = fmt::format("{{ bytes = {} }}", after_bytes);
    return fmt::format("{{ side = \"{}\", how = \"{}\", when = {} }}",
                       side_names[static_cast<std::size_t>(side) - 1],
                       how_names[static_cast<std::size_t>(how)], when);
}

Verdict Cut::decide(const Sight&, world::Random&) const {
    return {.cut = side, .how = how, .cut_after_bytes = after_bytes};
}

}  // namespace twofifty::netem
