#include "harness/ledger/examples.hpp"

#include <algorithm>

namespace twofifty::harness {

void Examples::keep_better(Best& best, std::uint32_t message, std::uint32_t copies) {
    if (best.message == 0 || copies > best.copies) best = {message, copies};
}

void Examples::offer(std::uint32_t message, std::uint32_t copies, Trigger trigger) {
    keep_better(by_trigger_[static_cast<std::size_t>(trigger)], message, copies);
}

void Examples::offer(std::uint32_t message, std::uint32_t copies, Verdict verdict) {
    // Duplicated ones are offered by their causes.
    if (verdict == Verdict::duplicated) return;
    keep_better(by_verdict_[static_cast<std::size_t>(verdict)], message, copies);
}

std::vector<std::uint32_t> Examples::chosen(std::size_t most) const {
    std::vector<Best> troubles(by_trigger_.begin(), by_trigger_.end());
    for (const Verdict verdict : {Verdict::corrupted, Verdict::ghost, Verdict::lost,
                                  Verdict::unobserved, Verdict::failed, Verdict::pending}) {
        troubles.push_back(by_verdict_[static_cast<std::size_t>(verdict)]);
    }
    std::stable_sort(troubles.begin(), troubles.end(), [](const Best& left, const Best& right) {
        return left.copies > right.copies;
    });

    std::vector<std::uint32_t> messages;
    const auto add = [&](const Best& best) {
        const bool there =
            std::find(messages.begin(), messages.end(), best.message) != messages.end();
        if (best.message != 0 && !there) messages.push_back(best.message);
    };
    for (const Best& best : troubles) {
        if (messages.size() < most) add(best);
    }
    const Best& lost = by_verdict_[static_cast<std::size_t>(Verdict::lost)];
    if (lost.message != 0 && messages.size() == most) {
        if (std::find(messages.begin(), messages.end(), lost.message) == messages.end()) {
            messages.back() = lost.message;
        }
    }
    if (messages.empty()) add(by_verdict_[static_cast<std::size_t>(Verdict::once)]);
    return messages;
}

}  // namespace twofifty::harness
