#include "netem/tcp_settings.hpp"

#include "settings/units.hpp"

#include <fmt/format.h>

#include <array>

namespace twofifty::netem {
namespace {

using namespace std::chrono_literals;
using settings::Section;

constexpr std::array<std::string_view, 3> preset_names{"linux", "linux-no-probe", "rfc6298"};

constexpr Duration longest_round_trip = 1h;
/// A timer of the kernel's has steps of milliseconds; below one, nothing is said.
constexpr Duration least_timeout = 1ms;
/// The range of tcp_rto_max_ms begins here (ip-sysctl.rst); its end, 120 s, is Linux's own.
constexpr Duration least_cap = 1s;
constexpr Duration longest_cap = 1h;
/// tcp_retries2 and tcp_orphan_retries are one byte each.
constexpr std::int64_t most_retries = 255;

TcpParameters preset(std::size_t index) {
    TcpParameters tcp;
    if (index == 1) tcp.tail_loss_probe = false;
    if (index == 2) {
        tcp.rule = TcpRule::rfc6298;
        tcp.tail_loss_probe = false;
        // RFC 6298 2.4 and 2.5: a floor of 1 s, and a cap that may be no lower than 60 s.
        tcp.rto_min = 1s;
        tcp.rto_max = 60s;
        // RFC 1122 4.2.3.5: a connection lives for 100 s at least. 1 + 2 + 4 + ... + 60 s is 123 s.
        tcp.retries = 6;
        tcp.orphan_retries = 6;
    }
    return tcp;
}

void read_time(Section& table, std::string_view key, Duration& into, Duration least,
               Duration most) {
    into = table.duration(key, least, most).value_or(into);
}

void read_retries(Section& table, std::string_view key, int& into, std::int64_t least) {
    into = static_cast<int>(table.count(key, least, most_retries).value_or(into));
}

std::string text(Duration duration) {
    return settings::toml_text(settings::format_duration(duration));
}

}  // namespace

TcpParameters read_tcp(Section& section, std::string_view key) {
    const settings::Value* value = section.value(key);
    if (!value) return {};
    // The short form; choice() names the presets where it is none of them.
    if (!std::holds_alternative<settings::Table>(value->data))
        return preset(*section.choice(key, preset_names));

    Section table = section.section(key);
    TcpParameters tcp = preset(table.choice("preset", preset_names).value_or(0));
    read_time(table, "round_trip", tcp.round_trip, 0ns, longest_round_trip);
    read_time(table, "round_trip_variation", tcp.round_trip_variation, 0ns, longest_round_trip);
    read_time(table, "rto_max", tcp.rto_max, least_cap, longest_cap);
    read_time(table, "rto_min", tcp.rto_min, least_timeout, longest_cap);
    tcp.rto = table.duration("rto", least_timeout, longest_cap);
    tcp.tail_loss_probe = table.flag("tail_loss_probe").value_or(tcp.tail_loss_probe);
    read_retries(table, "retries", tcp.retries, 0);
    tcp.orphaned = table.flag("orphaned").value_or(tcp.orphaned);
    // 0 stands for 8 in the kernel; here it is 8 that is written.
    read_retries(table, "orphan_retries", tcp.orphan_retries, 1);
    const std::string cap = settings::format_duration(tcp.rto_max);
    if (tcp.rto_min > tcp.rto_max)
        table.fail("rto_min", fmt::format("is above rto_max, {}; expected at most that", cap));
    if (tcp.rto > tcp.rto_max)
        table.fail("rto", fmt::format("is above rto_max, {}; expected at most that", cap));
    table.finish();
    return tcp;
}

std::string to_toml(const TcpParameters& tcp) {
    const std::string rto = tcp.rto ? fmt::format(", rto = {}", text(*tcp.rto)) : "";
    return fmt::format(
        "{{ preset = \"{}\", round_trip = {}, round_trip_variation = {}, rto_min = {}, "
        "rto_max = {}{}, tail_loss_probe = {}, retries = {}, orphaned = {}, orphan_retries = {} }}",
        preset_names[tcp.rule == TcpRule::linux_kernel ? 0 : 2], text(tcp.round_trip),
        text(tcp.round_trip_variation), text(tcp.rto_min), text(tcp.rto_max), rto,
        tcp.tail_loss_probe, tcp.retries, tcp.orphaned, tcp.orphan_retries);
}

}  // namespace twofifty::netem
