// The real servers of a run.
#pragma once

#include "harness/scenario/scenario.hpp"
#include "harness/servers/real_server.hpp"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

namespace twofifty::harness {

class Farm {
public:
    /// Makes them, and starts none: each has its ports. `scenario` must outlive it; `folder` is the
    /// run's. Throws ServerError.
    Farm(const Scenario& scenario, const std::filesystem::path& folder);

    bool empty() const { return servers_.empty(); }
    /// The one in the place of this receiver, from 0; null where a reference receiver stands there.
    RealServer* receiver(std::size_t place) const;
    /// [sender]; null where there is none.
    RealServer* sender() const { return sender_; }

    struct Member {
        RealServer* server = nullptr;
        std::uint16_t number = 0;  ///< Under which its events are recorded.
    };
    /// All of them, in the scenario's order, [sender] last.
    const std::vector<Member>& members() const { return members_; }
    /// REQUIRES: there is one.
    const Member& named(std::string_view name) const;

    /// Starts them, [sender] last, since it begins to send. Throws ServerError.
    void start();
    void stop();

    /// Messages in the queues that could be seen, when they were last looked at, and whether each
    /// could be. Any thread may ask.
    std::uint32_t queued() const { return queued_.load(std::memory_order_relaxed); }
    void set_queued(std::uint64_t messages);

private:
    std::vector<std::unique_ptr<RealServer>> servers_;
    std::vector<Member> members_;
    RealServer* sender_ = nullptr;
    std::atomic<std::uint32_t> queued_{0};
};

/// The number of [sender] among the receivers' numbers: one behind them.
std::uint16_t number_of_sender(const Scenario& scenario);

}  // namespace twofifty::harness
