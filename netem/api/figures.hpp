#pragma once

#include "record/event.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace twofifty::netem {
class NamedProxy;
}

namespace twofifty::netem::api {

/// How late effects were, as a Prometheus histogram has it.
struct Lateness {
    /// The upper bound of each bucket; above the last there is one more.
    static constexpr std::array<Duration, 9> bounds{
        std::chrono::microseconds{100}, std::chrono::microseconds{500},
        std::chrono::milliseconds{1},   std::chrono::milliseconds{2},
        std::chrono::milliseconds{5},   std::chrono::milliseconds{10},
        std::chrono::milliseconds{50},  std::chrono::milliseconds{250},
        std::chrono::seconds{1}};

    void add(Duration late);

    std::array<std::uint64_t, bounds.size() + 1> counts{};
    Duration sum{};
};

/// What has been counted at one proxy.
struct Figures {
    std::uint64_t connections = 0;
    std::array<std::uint64_t, 2> bytes{};  ///< By Direction.
    /// By phase and class of the code.
    std::map<std::pair<Phase, int>, std::uint64_t> replies;
    /// By rule, phase and effect.
    std::map<std::tuple<std::string, Phase, std::string>, std::uint64_t> firings;
    Lateness lateness;
};

/// The figures of proxies in Prometheus' text format.
std::string to_prometheus(const std::vector<std::pair<const NamedProxy*, Figures>>& proxies);

}  // namespace twofifty::netem::api
