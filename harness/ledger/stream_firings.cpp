#include "harness/ledger/stream_firings.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace twofifty::harness {

namespace {

/// What an effect can do to a reply that the sender then does not see: keep it for good, or end the
/// connection before it. One that only makes bytes late needs no word: the gap between the server's
/// reply and the sender's patience tells as much.
struct Deed {
    std::string_view effect;
    Interference what;
};

constexpr std::array deeds{
    Deed{"mtu_black_hole", Interference::drop}, Deed{"timeout", Interference::drop},
    Deed{"timeout", Interference::cut},         Deed{"reset_peer", Interference::drop},
    Deed{"reset_peer", Interference::cut},      Deed{"limit_data", Interference::cut}};

}  // namespace

void StreamFirings::add_fired(const Event& event) {
    for (const Deed& deed : deeds) {
        if (deed.effect != event.text) continue;
        open_[{event.rule, event.connection}].push_back(firings_.size());
        firings_.push_back({.at = event.at,
                            .rule = event.rule,
                            .layer_connection = event.connection,
                            .what = deed.what});
    }
}

/// What was let go explains nothing that came later. Both directions of a connection may fire at
/// different times.
void StreamFirings::add_achieved(const Event& event) {
    const auto open = open_.find({event.rule, event.connection});
    if (open == open_.end()) return;
    const TimePoint fired_at = event.at - event.duration;
    std::erase_if(open->second, [&](std::size_t place) {
        Interfered& fired = firings_[place];
        if (fired.at != fired_at) return false;
        if (event.text == "released") fired.achieved = event.duration;
        return true;
    });
    if (open->second.empty()) open_.erase(open);
}

void StreamFirings::join(const Connections& connections) {
    const auto fleet = [&](const Interfered& fired) {
        return connections.fleet_connection(fired.layer_connection);
    };
    std::stable_sort(firings_.begin(), firings_.end(),
                     [&](const Interfered& left, const Interfered& right) {
                         return fleet(left) < fleet(right);
                     });
    for (const Interfered& fired : firings_) fleet_connections_.push_back(fleet(fired));
}

std::span<const Interfered> StreamFirings::on(std::uint32_t fleet_connection) const {
    if (fleet_connection == 0) return {};
    const auto [first, last] =
        std::equal_range(fleet_connections_.begin(), fleet_connections_.end(), fleet_connection);
    const auto place = static_cast<std::size_t>(first - fleet_connections_.begin());
    return std::span(firings_).subspan(place, static_cast<std::size_t>(last - first));
}

}  // namespace twofifty::harness
