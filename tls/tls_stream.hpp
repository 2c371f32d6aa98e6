#pragma once

#include "tls/engine.hpp"
#include "world/stream.hpp"

#include <memory>

namespace twofifty::tls {

/// A stream over `transport` with an engine that has shaken hands. How it behaves: handshake.hpp.
std::unique_ptr<world::Stream> make_tls_stream(world::ReadyQueue& ready,
                                               std::unique_ptr<world::Stream> transport,
                                               std::unique_ptr<Engine> engine);

}  // namespace twofifty::tls
