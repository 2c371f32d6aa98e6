// Where a real server's copies are counted. An observer looks now and then, and records what is
// new: one `copy_found` for each.
#pragma once

#include "record/address_book.hpp"
#include "record/recorder.hpp"
#include "smtp/content_reader.hpp"
#include "world/clock.hpp"
#include "world/task.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace twofifty::harness {

struct ObserverParts {
    world::Clock& clock;
    Recorder& recorder;
    const AddressBook& recipients;
    std::string run_id;
    /// The recipient of a message that has only one; 0 where it has several. For copies that do not
    /// say whose they are.
    std::function<std::uint32_t(std::uint32_t message)> only_recipient;
    std::uint16_t node = 1;  ///< The receiver whose copies these are.
};

class Observer {
public:
    virtual ~Observer() = default;

    /// Remembers what is there already: mail of earlier runs is not ours. Yields what is wrong;
    /// empty: nothing.
    virtual std::string start() = 0;
    /// Looks for new copies now, and records them.
    virtual world::Task<> look() = 0;
    /// "maildir <path>", for the report.
    virtual const std::string& description() const = 0;
};

/// Looks again and again, until destroyed.
world::Task<> watch(world::Clock& clock, Observer& observer);

/// Records a copy whose bytes were found. `recipient`: whose it is, or 0 where that is not known;
/// `what`: how to call it where it is not of this run's mail, such as "file 123.M4".
void record_copy(const ObserverParts& parts, smtp::ContentReader& reader, std::string_view content,
                 std::uint32_t recipient, const std::string& what);

/// `pattern` with "{recipient}" replaced by an address, and "{user}" by its local part.
std::string named_after(const std::string& pattern, const std::string& address);
/// Whether the pattern names a place for each recipient.
bool is_per_recipient(const std::string& pattern);

}  // namespace twofifty::harness
