// One message's story out of its events: who did what, when, in words. Pure, and made from stored
// events alone, so that a report can be written again without the run.
#pragma once

#include "harness/report/summary.hpp"
#include "record/address_book.hpp"
#include "record/event.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace twofifty::harness {

struct TimelineNames {
    const AddressBook& recipients;
    std::span<const std::string> rules;  ///< Rule 1 is the first.
    /// What the title calls the message; empty: "Message" and its number.
    std::string_view message{};
};

/// The entries of one message, in the order of time (events of the same time keep theirs). What
/// happened to several recipients at once is one entry. Events that tell a reader nothing new, such
/// as the replies before the final dot, have none; nor have events of other messages.
std::vector<TimelineEntry> timeline(std::span<const Event> events, std::uint32_t message,
                                    const TimelineNames& names);

/// The timeline under a title: "Message 17: 3 copies; the reply to the final dot was dropped".
/// `causes` are the short names of its extra copies' causes, each once.
Example make_example(std::span<const Event> events, std::uint32_t message,
                     const TimelineNames& names, std::span<const std::string_view> causes);

}  // namespace twofifty::harness
