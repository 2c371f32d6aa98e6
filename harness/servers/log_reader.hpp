// What real servers wrote into their logs, as far as their adapters know what it means.
#pragma once

#include "harness/adapter/adapter.hpp"
#include "record/recorder.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace twofifty::harness {

/// Which message a queue id stands for, learnt from the events that pass. Any thread may record.
class QueueIds final : public Recorder {
public:
    static constexpr std::size_t most = 1'000'000;

    explicit QueueIds(Recorder& next) : next_(next) {}

    void record(Event event) override;
    /// 0 where it is not known.
    std::uint32_t message_of(std::string_view queue_id) const;

private:
    Recorder& next_;
    mutable std::mutex mutex_;
    std::map<std::string, std::uint32_t, std::less<>> messages_;
};

struct LogPlace {
    const Adapter& adapter;
    std::filesystem::path folder{};  ///< The server's private directory.
    std::uint16_t node = 0;
    TimePoint at{};  ///< When it was read.
};

/// Records a `server_said` for each line that means something; of one meaning at most `lines_most`,
/// and the last with how many there were.
void read_logs(const LogPlace& place, const QueueIds& ids, Recorder& recorder);
inline constexpr std::uint64_t log_lines_most = 2000;

}  // namespace twofifty::harness
