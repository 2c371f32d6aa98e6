// One short text that two runs share only if they are the same, event by event.
#pragma once

#include "record/event.hpp"

#include <memory>
#include <string>

namespace twofifty::harness {

/// The digest of a history: XXH3 (128 bits) over every event in order. Each is written in a fixed
/// layout, little-endian, then its text with its length in front, so that it depends on no
/// compiler, machine or store. The digest of the rows read back from a ledger is the digest of the
/// events that were appended.
class EventDigest {
public:
    EventDigest();
    ~EventDigest();
    EventDigest(EventDigest&&) noexcept;
    EventDigest& operator=(EventDigest&&) noexcept;

    void add(const Event& event);

    /// 32 hexadecimal digits, of all that was added so far.
    std::string value() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace twofifty::harness
