// How deep the receivers' queues were over a run: their worst moments, and a line to draw that does
// not grow with the run.
#pragma once

#include "record/event.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace twofifty::harness {

struct QueueSample {
    Duration at{};
    std::uint64_t depth = 0;

    bool operator==(const QueueSample&) const = default;
};

struct QueueAccount {
    std::uint16_t receiver = 0;
    std::string queue{};  ///< incoming or outgoing.
    std::uint64_t most = 0;
    Duration most_at{};  ///< When it was so deep first.
    Duration oldest{};   ///< The greatest age that a message was seen at.
    /// At most samples_most of them; of several in a row that are told as one, the deepest.
    std::vector<QueueSample> samples{};

    bool operator==(const QueueAccount&) const = default;
};

class QueueHistory {
public:
    static constexpr std::size_t samples_most = 500;

    void add(const Event& sampled);

    /// By receiver, incoming before outgoing.
    std::vector<QueueAccount> accounts() const;

private:
    struct Queue {
        QueueAccount account;
        std::uint64_t stride = 1;   ///< So many samples are told as one.
        std::uint64_t in_last = 0;  ///< Of them, in the last one so far.
    };

    std::map<std::pair<std::uint16_t, std::string>, Queue> queues_;
};

}  // namespace twofifty::harness
