#pragma once

#include "netem/selector.hpp"
#include "record/time.hpp"
#include "world/endpoint.hpp"

#include <cstdint>
#include <string_view>

namespace twofifty::netem {

/// Sees each dialogue as it passes: for a recording, and for who watches. It must not wait.
class Tap {
public:
    virtual ~Tap() = default;

    virtual void connected(TimePoint at, std::uint32_t connection,
                           const world::Endpoint& client) = 0;
    /// Bytes as they arrived at the layer, before any rule acted on them. `from`: to_server are
    /// the client's, to_client the server's.
    virtual void bytes(TimePoint at, std::uint32_t connection, Direction way,
                       std::string_view bytes) = 0;
    /// The sender of that direction has ended it; `how` is an error's name ("end_of_stream").
    virtual void ended(TimePoint at, std::uint32_t connection, Direction way,
                       std::string_view how) = 0;
    /// Nothing more is told of the connection, however it ended.
    virtual void gone(std::uint32_t /*connection*/) {}
};

}  // namespace twofifty::netem
