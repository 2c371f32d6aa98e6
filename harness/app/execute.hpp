// Carries a scenario out: builds a world, or two, and runs the same parts in it. The only place
// where the worlds are named.
#pragma once

#include "harness/app/event_writer.hpp"
#include "harness/run/place.hpp"
#include "harness/scenario/scenario.hpp"
#include "record/address_book.hpp"

#include <filesystem>
#include <string>

namespace twofifty::harness {

struct Execution {
    const Scenario& scenario;
    const AddressBook& recipients;
    const RunIdentity& identity;
    EventWriter& events;
    std::filesystem::path folder{};  ///< Of the run; real servers get theirs in it.
    bool quiet = false;              ///< No progress line.
};

/// On real sockets: fleet and layer on one thread, the target's side on another.
/// Throws CommandError where a part cannot start. Yields where copies were counted.
std::string execute_real(const Execution& execution);

/// What virtual time cannot do for this scenario, in words: "start postfix", "reach 127.0.0.1:25".
/// Empty: it can do all of it.
std::string needs_real_time(const Scenario& scenario);

/// In virtual time, in one loop. An interrupt ends it where it stands.
std::string execute_virtual(const Execution& execution);

}  // namespace twofifty::harness
