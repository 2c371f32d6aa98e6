#include "harness/ledger/queue_history.hpp"

#include <algorithm>

namespace twofifty::harness {
namespace {

/// Two in a row become one: half as many, and none of them lies about the depth.
void halve(std::vector<QueueSample>& samples) {
    std::vector<QueueSample> kept;
    for (std::size_t i = 0; i < samples.size(); i += 2) {
        kept.push_back(samples[i]);
        if (i + 1 < samples.size() && samples[i + 1].depth > kept.back().depth)
            kept.back() = samples[i + 1];
    }
    samples = std::move(kept);
}

}  // namespace

void QueueHistory::add(const Event& sampled) {
    Queue& queue = queues_[{sampled.node, sampled.text}];
    QueueAccount& account = queue.account;
    account.receiver = sampled.node;
    account.queue = sampled.text;
    const QueueSample sample{
        sampled.at.time_since_epoch(),
        static_cast<std::uint64_t>(std::max<std::int64_t>(0, sampled.quantity))};
    if (sample.depth > account.most) {
        account.most = sample.depth;
        account.most_at = sample.at;
    }
    account.oldest = std::max(account.oldest, sampled.duration);
    if (queue.in_last == queue.stride || account.samples.empty()) {
        account.samples.push_back(sample);
        queue.in_last = 1;
    } else {
        if (sample.depth > account.samples.back().depth) account.samples.back() = sample;
        ++queue.in_last;
    }
    if (account.samples.size() <= samples_most) return;
    // The last one stands alone now, and is half of one.
    halve(account.samples);
    queue.stride *= 2;
}

std::vector<QueueAccount> QueueHistory::accounts() const {
    std::vector<QueueAccount> accounts;
    for (const auto& [key, queue] : queues_) accounts.push_back(queue.account);
    return accounts;
}

}  // namespace twofifty::harness
