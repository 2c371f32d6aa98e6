// The summary out of a judgement: names in place of numbers, milliseconds in place of nanoseconds,
// and then the expectations.
#pragma once

#include "harness/ledger/judgement.hpp"
#include "harness/report/summary.hpp"
#include "record/address_book.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace twofifty::harness {

/// What a summary says beside the judgement and the scenario.
struct RunFacts {
    std::string version;
    std::string world;       ///< "real" or "virtual".
    std::string started_at;  ///< UTC, ISO 8601.
    std::string digest;      ///< Virtual runs; else empty.
    std::string observed_at;
    std::vector<std::string> assumptions;
};

/// Everything but the examples, which need the events of their messages (make_example); the result
/// is decided. Verdicts, ends, causes and routes are all there, also with 0.
Summary summarise(const Judgement& judgement, const Scenario& scenario, const RunFacts& facts,
                  const AddressBook& recipients);

/// The short names of the causes of a message's extra copies, each once: what make_example asks
/// for.
std::vector<std::string_view> causes_of(const Judgement& judgement, std::uint32_t message);

}  // namespace twofifty::harness
