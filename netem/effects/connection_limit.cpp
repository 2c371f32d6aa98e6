#include "netem/effects/connection_limit.hpp"

#include <fmt/format.h>

#include <array>

namespace twofifty::netem {
namespace {

constexpr std::array<std::string_view, 2> then_names{"wait", "too_busy"};
constexpr std::int64_t most_connections = 1'000'000;

}  // namespace

ConnectionLimit ConnectionLimit::read(settings::Section& effect) {
    settings::Section table = effect.section(name);
    ConnectionLimit result;
    const auto connections = table.count("connections", 1, most_connections);
    if (!connections) table.fail("connections", "missing; expected such as connections = 10");
    result.connections = static_cast<std::uint32_t>(*connections);
    result.then = static_cast<Then>(table.choice("then", then_names).value_or(0));
    table.finish();
    return result;
}

std::string ConnectionLimit::to_toml() const {
    return fmt::format("{{ connections = {}, then = \"{}\" }}", connections,
                       then_names[static_cast<std::size_t>(then)]);
}

Admission ConnectionLimit::admit(world::Random&) const {
    return {.way = Admission::Way::say, .reply = "421 4.3.2 too many connections\r\n"};
}

}  // namespace twofifty::netem
