#include "harness/ledger/history.hpp"

#include "record/check.hpp"

#include <algorithm>

namespace twofifty::harness {

namespace {

/// How far ahead of the messages known so far an ordinal may be to stand in the row. Messages come
/// nearly in order; the first ones of many senders come together.
constexpr std::uint32_t ordinals_ahead = 100'000;

}  // namespace

MessageHistory& History::message(std::uint32_t ordinal) {
    TF_CHECK(ordinal != 0);
    const auto known = near_.size();
    if (ordinal <= known) return near_[ordinal - 1];
    if (const auto found = far_.find(ordinal); found != far_.end()) return found->second;
    if (ordinal > known + ordinals_ahead) return far_[ordinal];
    near_.resize(ordinal);
    // Those that were too far ahead until now.
    while (!far_.empty() && far_.begin()->first <= ordinal) {
        near_[far_.begin()->first - 1] = far_.begin()->second;
        far_.erase(far_.begin());
    }
    return near_[ordinal - 1];
}

Pair& History::pair(std::uint32_t ordinal, std::uint32_t recipient) {
    std::uint32_t* link = &message(ordinal).pair;
    while (*link != Chain::end) {
        Pair& pair = pairs_[*link];
        if (pair.recipient == recipient) return pair;
        link = &pair.next;
    }
    *link = static_cast<std::uint32_t>(pairs_.size());
    pairs_.push_back({});
    pairs_.back().recipient = recipient;
    return pairs_.back();
}

AttemptBegun& History::attempt(const Event& event) {
    MessageHistory& of = message(event.message);
    // A message may be tried a thousand times: that an attempt is new is seen from its number.
    AttemptBegun* known = nullptr;
    if (event.attempt <= of.last_attempt) {
        known = attempts.find_last(of.attempts, [&](const AttemptBegun& candidate) {
            return candidate.attempt == event.attempt;
        });
    }
    if (known == nullptr) {
        known = &attempts.append(of.attempts, {.at = event.at, .attempt = event.attempt});
        of.last_attempt = std::max(of.last_attempt, event.attempt);
    }
    // An attempt may begin before it has a connection; what follows names it.
    if (event.connection != 0) known->connection = event.connection;
    return *known;
}

}  // namespace twofifty::harness
