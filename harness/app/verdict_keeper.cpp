#include "harness/app/verdict_keeper.hpp"

#include "harness/app/judge_run.hpp"
#include "harness/report/format.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace twofifty::harness {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds shortest_pause{500};
/// So many times as long as judging took, nothing is judged.
constexpr int rest_factor = 9;

std::string judge_now(const std::filesystem::path& folder) {
    try {
        return write_json(judge_run(folder, Standing::so_far).summary);
    } catch (const CommandError& error) {
        return fmt::format("{{\"error\": {}}}\n",
                           boost::json::serialize(boost::json::string(error.what())));
    }
}

}  // namespace

VerdictKeeper::VerdictKeeper(EventWriter& events, std::filesystem::path folder)
    : events_(events), folder_(std::move(folder)), latest_(judge_now(folder_)) {
    thread_ = std::thread([this] { run(); });
}

VerdictKeeper::~VerdictKeeper() {
    {
        const std::scoped_lock lock(mutex_);
        ending_ = true;
    }
    ended_.notify_one();
    thread_.join();
}

std::string VerdictKeeper::latest() const {
    const std::scoped_lock lock(mutex_);
    return latest_;
}

void VerdictKeeper::run() {
    std::uint64_t judged = 0;
    std::unique_lock lock(mutex_);
    steady_clock::duration pause = shortest_pause;
    while (!ended_.wait_for(lock, pause, [this] { return ending_; })) {
        lock.unlock();
        const steady_clock::time_point began = steady_clock::now();
        const std::uint64_t recorded = events_.flush();
        std::string verdict = recorded != judged ? judge_now(folder_) : std::string();
        judged = recorded;
        pause = std::max<steady_clock::duration>(shortest_pause,
                                                 rest_factor * (steady_clock::now() - began));
        lock.lock();
        if (!verdict.empty()) latest_ = std::move(verdict);
    }
}

}  // namespace twofifty::harness
