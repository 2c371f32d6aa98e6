// A scenario's course in virtual time: one world with fleet, layer and receiver in it. It knows no
// thread, no file and no signal, so that many may go on at once, each on its own thread.
#pragma once

#include "harness/run/place.hpp"
#include "harness/run/progress.hpp"
#include "harness/scenario/scenario.hpp"
#include "record/address_book.hpp"

#include <atomic>
#include <memory>
#include <string>

namespace twofifty::harness {

/// What the seed alone fixes: the run id in every token, and the day on which all mail was written.
RunIdentity virtual_identity(const Scenario& scenario);

class VirtualCourse {
public:
    /// All references must outlive it. Throws CommandError where a part cannot start.
    VirtualCourse(const Scenario& scenario, const AddressBook& recipients,
                  const RunIdentity& identity, Recorder& recorder);
    ~VirtualCourse();

    /// Runs it to its end on the calling thread. `stop`, which any thread may set, ends it where it
    /// stands. Call once. Throws CommandError where virtual time does not advance.
    void run(const std::atomic<bool>& stop);

    /// Any thread may look at it meanwhile.
    const ProgressRecorder& progress() const;
    /// Where copies are counted.
    std::string observed_at() const;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace twofifty::harness
