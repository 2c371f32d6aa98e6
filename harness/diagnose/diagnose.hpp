// From what was seen to what it means: the cause of duplicates, as an expert would find it from
// dialogues, queues and copies alone. docs/diagnose.md tells the reasoning to the operator.
#pragma once

#include "harness/diagnose/diagnosis.hpp"
#include "harness/diagnose/witness.hpp"
#include "record/event.hpp"

#include <span>
#include <string>
#include <vector>

namespace twofifty::harness {

/// Who is who. Names stand in the order of the numbers that events carry, from 1; where one is
/// missing, the number is told.
struct DiagnosisFacts {
    std::vector<std::string> senders{};
    std::vector<std::string> receivers{};
    bool foreign = false;  ///< Mail that is not ours: a copy is what the server accepted.
};

/// Takes a history event by event, in time and memory that are linear in it. Events that tell of
/// rules are passed over.
class Diagnostician {
public:
    explicit Diagnostician(DiagnosisFacts facts) : facts_(std::move(facts)) {}

    void add(const Event& event) { witness_.add(event); }

    /// Call once, after the last event.
    Diagnosis finish();

private:
    DiagnosisFacts facts_;
    Witness witness_;
};

Diagnosis diagnose(std::span<const Event> events, const DiagnosisFacts& facts = {});

}  // namespace twofifty::harness
