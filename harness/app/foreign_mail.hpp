// What a report says of mail that is not ours, beside the figures: which messages the server
// accepted more than once, by the names that their senders gave them.
#pragma once

#include "harness/ledger/judgement.hpp"
#include "harness/ledger/ledger.hpp"
#include "harness/report/summary.hpp"
#include "record/address_book.hpp"

#include <string>
#include <vector>

namespace twofifty::harness {

/// So many messages are named with their timelines; the ledger holds them all.
inline constexpr std::size_t duplicates_named_most = 20;

/// The messages that were accepted more than once, in the order of their first sight; where there
/// are none, what the judge finds worth telling.
std::vector<Example> foreign_examples(const Ledger& ledger, const Judgement& judgement,
                                      const AddressBook& recipients);

/// What the figures rest on, and what they cannot tell.
std::vector<std::string> foreign_assumptions(const Ledger& ledger, const Judgement& judgement);

}  // namespace twofifty::harness
