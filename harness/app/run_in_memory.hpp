// A run in virtual time of which only the summary is wanted, as one cell of many that are compared:
// no ledger, no folder. What it comes to is what `twofifty run --virtual` comes to.
#pragma once

#include "harness/report/summary.hpp"
#include "harness/scenario/scenario.hpp"

#include <atomic>

namespace twofifty::harness {

/// Carries the scenario out on the calling thread. Several may go on at once on several threads.
/// `stop` ends it where it stands; the summary then says that the run is incomplete.
/// The summary is decided and has its digest. It has no examples, for no event is kept, and no
/// started_at, so that a repetition yields an equal one.
/// REQUIRES: the target is the reference receiver.
/// Throws CommandError where a part cannot start, or virtual time does not advance.
Summary run_in_memory(const Scenario& scenario, const std::atomic<bool>& stop);

}  // namespace twofifty::harness
