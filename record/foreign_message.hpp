#pragma once

#include <cstdint>
#include <string>

namespace twofifty {

/// A message of a client that is not ours, at its first sight.
struct ForeignMessage {
    std::uint32_t number = 0;  ///< From 1, in the order of first sight.
    std::string sender{};
    std::string message_id{};  ///< Empty where it has none.
    std::uint64_t digest = 0;  ///< Of the body: it is the same where only headers differ.

    bool operator==(const ForeignMessage&) const = default;
};

}  // namespace twofifty
