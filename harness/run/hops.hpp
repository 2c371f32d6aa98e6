// The way from one real server to the next: a listener of the layer's for each, without rules, so
// that a message that is handed on is seen, and a loop with it.
#pragma once

#include "harness/run/place.hpp"
#include "harness/servers/real_server.hpp"
#include "netem/proxy.hpp"
#include "record/address_book.hpp"
#include "record/recorder.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace twofifty::harness {

/// A next hop as the run knows it.
struct HopEnd {
    std::string name{};
    world::Endpoint endpoint{};
    bool lmtp = false;
};

class Hops {
public:
    /// All must outlive it.
    Hops(Place place, Recorder& recorder, const AddressBook& recipients, std::string run_id);
    ~Hops();

    /// Listens for what the receiver of number `from` hands on, in front of each next hop. Yields
    /// what that server is to be told. Throws std::runtime_error.
    NextHops open(std::uint16_t from, const std::vector<HopEnd>& to);

private:
    struct Way;

    Place place_;
    Recorder& recorder_;
    const AddressBook& recipients_;
    std::string run_id_;
    netem::RuleBook no_rules_;
    netem::ConnectionCounter connections_;
    std::deque<Way> ways_;
};

/// 127.0.0.1, 127.0.0.2, ...: hosts that can share a port, as mail hosts do.
std::string loopback_host(std::size_t place);

}  // namespace twofifty::harness
