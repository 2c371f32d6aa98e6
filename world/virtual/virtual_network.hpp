// The network of the virtual world: connections are pairs of byte queues in memory. It keeps TCP's
// order and nothing kinder: reads may come up short, bytes arrive split anywhere, and a close or a
// reset may fall at any byte.
#pragma once

#include "world/network.hpp"
#include "world/random.hpp"

#include <cstdint>
#include <map>
#include <memory>

namespace twofifty::world::virtual_world {

class Handshake;
class VirtualListener;

struct NetworkOptions {
    Duration latency{};               ///< One way, on each connection.
    double short_read_chance = 0.0;   ///< How often a read yields only part of what is there.
    std::size_t buffer_size = 65536;  ///< Bytes a direction holds before its writer waits.
};

class VirtualNetwork final : public Network {
public:
    VirtualNetwork(Clock& clock, std::uint64_t seed, const NetworkOptions& options);

    Result<std::unique_ptr<Listener>> listen(const Endpoint& at) override;

    Clock& clock() { return clock_; }
    const NetworkOptions& options() const { return options_; }
    /// How much of `available` bytes one read yields: all, or, by chance, 1 .. available.
    std::size_t portion(std::size_t available);

private:
    friend class VirtualListener;
    friend class Handshake;
    bool start_connect(Connect& connect) override;
    void forget_connect(Connect& connect) override;
    ReadyQueue& ready() override { return clock_.ready(); }
    std::uint16_t next_port();

    Clock& clock_;
    Random random_;
    NetworkOptions options_;
    std::map<Endpoint, VirtualListener*> listeners_;
    std::uint16_t last_port_ = 32767;
};

}  // namespace twofifty::world::virtual_world
