// What mail servers say of their queues, each in its own words.
#pragma once

#include "harness/adapter/adapter.hpp"
#include "record/time.hpp"

#include <cstdint>
#include <ctime>
#include <filesystem>
#include <optional>
#include <string_view>

namespace twofifty::harness {

/// A queue at one moment.
struct QueueLook {
    std::uint64_t messages = 0;
    std::uint64_t deferred =
        0;              ///< Of them, those that have been tried in vain, as far as it says.
    Duration oldest{};  ///< The age of the oldest.

    bool operator==(const QueueLook&) const = default;
};

/// Reads the output of the server's own command. Nothing where it is not what was expected.
/// `now`: Unix time.
std::optional<QueueLook> read_queue_output(QueueFormat format, std::string_view output,
                                           std::time_t now);

/// Counts the files below a folder. Haraka's names begin with the time of arrival in milliseconds
/// and the time of the next try; of others the time of the last change is the age.
QueueLook read_queue_folder(QueueFormat format, const std::filesystem::path& folder,
                            std::time_t now);

}  // namespace twofifty::harness
