#pragma once

#include "harness/app/dialogue_file.hpp"
#include "netem/tap.hpp"

#include <condition_variable>
#include <cstdint>
#include <fstream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace twofifty::harness {

/// Writes what passes to a file, on a thread of its own. The proxy never waits for it: what does
/// not fit into the bounded queue is left out, and the file says how much. A file that cannot be
/// written any more (a full disk) is told once on standard error; the proxy goes on.
class DialogueRecorder final : public netem::Tap {
public:
    /// Throws CommandError (bad_input) where the file cannot be made.
    explicit DialogueRecorder(const std::string& path);
    ~DialogueRecorder() override;

    void connected(TimePoint at, std::uint32_t connection, const world::Endpoint& client) override;
    void bytes(TimePoint at, std::uint32_t connection, netem::Direction way,
               std::string_view bytes) override;
    void ended(TimePoint at, std::uint32_t connection, netem::Direction way,
               std::string_view how) override;

private:
    void put(DialogueEvent event);
    void run();
    void write(const std::vector<DialogueEvent>& events);

    std::string path_;
    std::ofstream file_;
    bool failed_ = false;  ///< The writer's own.
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::vector<DialogueEvent> queue_;
    std::size_t queued_bytes_ = 0;
    std::uint64_t lost_ = 0;
    bool finishing_ = false;
    std::thread thread_;
};

}  // namespace twofifty::harness
