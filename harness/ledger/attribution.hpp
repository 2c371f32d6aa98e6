// Why an extra copy exists: what ended the latest earlier attempt that the receiver had accepted.
// docs/accounting.md holds the table that this is.
#pragma once

#include "harness/ledger/judgement.hpp"
#include "harness/ledger/pair_story.hpp"

#include <vector>

namespace twofifty::harness {

/// One ExtraCopy for each copy of the pair beyond the first, in order; `message` is left 0.
/// `layer_seen`: the run had an impairment layer, so that a transaction it did not see was not
/// accepted in its sight.
std::vector<ExtraCopy> explain_extra_copies(const MessageStory& message, const PairStory& pair,
                                            bool layer_seen);

}  // namespace twofifty::harness
