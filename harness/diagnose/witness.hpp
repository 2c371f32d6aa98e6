// What an operator could have seen: dialogues, queues, copies. What the run's rules did is passed
// over, so that a diagnosis rests on nothing that a real incident would not leave behind.
#pragma once

#include "harness/diagnose/queue_book.hpp"
#include "harness/ledger/history.hpp"
#include "record/event.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace twofifty::harness {

/// What receivers handed on to one another.
struct Forwards {
    std::uint64_t count = 0;
    std::uint64_t unanswered = 0;      ///< The other's reply never came: such a one is made again.
    std::set<std::int64_t> headers{};  ///< Received headers with which messages arrived there.
};

/// A message as the next receiver accepted it from one that handed it on.
struct Hop {
    TimePoint at{};
    std::uint32_t received_headers = 0;
    std::string to{};
};

class Witness {
public:
    void add(const Event& event);
    /// Call once, after the last event.
    void finish();

    History history;
    QueueBook queues;
    /// By the receiver that handed on, and the name of the other.
    std::map<std::pair<std::uint16_t, std::string>, Forwards> forwards;
    /// By message and recipient, in the order of time; the first of each pair.
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<Hop>> hops;
    static constexpr std::size_t hops_most = 100;
    /// Thrown away before they were answered, by receiver and by why.
    std::map<std::pair<std::uint16_t, std::string>, std::uint64_t> discarded;
    std::uint64_t unexpected = 0;  ///< Copies of what nobody is known to have sent.
    std::uint64_t opaque = 0;      ///< Connections whose dialogue could not be followed.
    TimePoint last{};
    bool ended = false;  ///< Load and drain came to their end.

private:
    void add_server_gone(const Event& event);
    void add_forward(const Event& event);
};

}  // namespace twofifty::harness
