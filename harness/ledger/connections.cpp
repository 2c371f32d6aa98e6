#include "harness/ledger/connections.hpp"

#include "record/content_digest.hpp"

#include <algorithm>
#include <tuple>

namespace twofifty::harness {

namespace {

Duration apart(TimePoint left, TimePoint right) {
    return left < right ? right - left : left - right;
}

}  // namespace

void Connections::opened_by_fleet(std::uint32_t connection, std::string_view endpoint,
                                  TimePoint at) {
    fleet_.push_back({content_digest(endpoint), at, connection});
}

void Connections::seen_by_layer(std::uint32_t connection, std::string_view endpoint, TimePoint at) {
    layer_.push_back({content_digest(endpoint), at, connection});
}

const Connections::Side* Connections::nearest(const std::vector<Side>& sides, const Side& to) {
    const auto after =
        std::lower_bound(sides.begin(), sides.end(), to, [](const Side& left, const Side& right) {
            return std::tie(left.endpoint, left.at) < std::tie(right.endpoint, right.at);
        });
    const Side* best = nullptr;
    if (after != sides.end() && after->endpoint == to.endpoint) best = &*after;
    if (after != sides.begin() && std::prev(after)->endpoint == to.endpoint) {
        const Side& before = *std::prev(after);
        if (best == nullptr || apart(before.at, to.at) <= apart(best->at, to.at)) best = &before;
    }
    return best;
}

void Connections::join() {
    const auto by_endpoint_and_time = [](const Side& left, const Side& right) {
        return std::tie(left.endpoint, left.at, left.connection) <
               std::tie(right.endpoint, right.at, right.connection);
    };
    std::sort(fleet_.begin(), fleet_.end(), by_endpoint_and_time);
    std::sort(layer_.begin(), layer_.end(), by_endpoint_and_time);
    for (const Side& side : layer_) {
        const Side* other = nearest(fleet_, side);
        if (other == nullptr || nearest(layer_, *other) != &side) continue;
        joined_.push_back({side.connection, other->connection});
    }
    std::sort(joined_.begin(), joined_.end(),
              [](const Joined& left, const Joined& right) { return left.layer < right.layer; });
}

std::uint32_t Connections::fleet_connection(std::uint32_t layer_connection) const {
    const auto found = std::lower_bound(
        joined_.begin(), joined_.end(), layer_connection,
        [](const Joined& joined, std::uint32_t number) { return joined.layer < number; });
    return found != joined_.end() && found->layer == layer_connection ? found->fleet : 0;
}

}  // namespace twofifty::harness
