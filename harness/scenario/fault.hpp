// [[fault]]: what is done to a real server in the course of a run.
#pragma once

#include "record/time.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace twofifty::harness {

enum class FaultEffect : std::uint8_t {
    pause,      ///< Every process of it stands still; then all go on.
    terminate,  ///< It is asked to end; then it is started again.
    kill,       ///< Every process of it ends at once; then it is started again.
    full_disk,  ///< Its spool's disk is full; then there is room again.
};
inline constexpr std::array fault_effect_names{
    std::string_view{"pause"}, std::string_view{"terminate"}, std::string_view{"kill"},
    std::string_view{"full_disk"}};
constexpr std::string_view to_string(FaultEffect effect) {
    return fault_effect_names[static_cast<std::size_t>(effect)];
}

struct Fault {
    std::string server{};  ///< Its name in the run.
    FaultEffect effect = FaultEffect::pause;
    /// When: exactly one of the two is set.
    std::optional<Duration> at{};               ///< After the start of the load.
    std::optional<std::uint64_t> at_message{};  ///< When the so many-th end of data was sent.
    std::optional<Duration> lasting{};          ///< Nothing: to the end of the run.
    std::optional<Duration> every{};            ///< Again so long after it began.
    std::uint64_t times = 1;

    bool operator==(const Fault&) const = default;
};

}  // namespace twofifty::harness
