// Many events as one text: what a row of the table `block` holds. It is JSON, an array of events,
// each an array of its fields in the order of struct Event, so that SQLite's own functions can take
// it apart for whoever queries the ledger. Zeros and an empty text at an event's end are left out.
// Reading and writing here know this one form and nothing else of JSON, which makes them fast.
#pragma once

#include "record/event.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace twofifty::harness {

/// A row holds so many events at most: some 50 KB. Fewer pay SQLite's price for a row more often;
/// with more, the events of one message are harder to find.
inline constexpr std::size_t most_events_in_block = 1024;

/// Replaces what `text` held.
void write_block(std::span<const Event> events, std::string& text);

/// Takes a block apart again, event by event.
class BlockReader {
public:
    enum class Found : std::uint8_t {
        event,
        end,
        damage,  ///< What follows is no event: its form is another, or a number fits no field.
    };

    /// The text must outlive the reader.
    explicit BlockReader(std::string_view text) : rest_(text) {}

    /// Fills `event` where it finds one.
    Found next(Event& event);

private:
    bool take(char expected);
    bool take_event(Event& event);

    std::string_view rest_;
    bool begun_ = false;
};

}  // namespace twofifty::harness
