#include "harness/ledger/pair_story.hpp"

#include <algorithm>
#include <tuple>

namespace twofifty::harness {

namespace {

struct Found {
    std::uint32_t attempt = 0;
    bool inferred = true;
};

/// What the layer saw on one of its connections belongs to the attempt of that message that was
/// begun last before it on the same connection. Without such a one (a sender that is not ours)
/// there is only the layer's own count.
template <class Seen>
Found attempt_of(const History& history, const std::vector<AttemptBegun>& attempts,
                 const Seen& seen) {
    Found found{.attempt = seen.layer_attempt, .inferred = true};
    const std::uint32_t connection = history.connections.fleet_connection(seen.layer_connection);
    if (connection == 0) return found;
    for (const AttemptBegun& attempt : attempts) {
        if (attempt.connection != connection || attempt.at > seen.at) continue;
        found = {.attempt = attempt.attempt, .inferred = false};
    }
    return found;
}

template <class Record>
void order(std::vector<Joined<Record>>& records) {
    std::stable_sort(records.begin(), records.end(), [](const auto& left, const auto& right) {
        return std::tie(left.attempt, left.record.at) < std::tie(right.attempt, right.record.at);
    });
}

/// Joins the copies of one pair, best evidence first. An id settles a copy whatever the others
/// are; those without one then share the transactions that no id has claimed.
class CopyJoin {
public:
    CopyJoin(const MessageStory& message, PairStory& story)
        : message_(message), story_(story), taken_(story.transactions.size(), false) {}

    void run() {
        for (Joined<Copy>& copy : story_.copies) by_id(copy);
        for (Joined<Copy>& copy : story_.copies) {
            if (copy.attempt == 0) by_time(copy);
        }
        by_count();
    }

private:
    void by_id(Joined<Copy>& copy) {
        if (copy.record.id == 0) return;
        // A server may use an id again: one that is not yet taken goes first.
        for (const bool again : {false, true}) {
            for (std::size_t i = 0; i < taken_.size(); ++i) {
                const Joined<Transaction>& transaction = story_.transactions[i];
                if (transaction.record.id != copy.record.id || taken_[i] != again) continue;
                taken_[i] = true;
                settle(copy, transaction.attempt, transaction.inferred);
                return;
            }
        }
        for (const FinalReply& reply : message_.replies) {
            if (reply.id != copy.record.id) continue;
            if (reply.recipient != 0 && reply.recipient != story_.recipient) continue;
            settle(copy, reply.attempt, false);
            return;
        }
    }

    /// Only the receiver itself knows when it had all of the data; another observer finds a copy
    /// at any time after that.
    void by_time(Joined<Copy>& copy) {
        if (copy.record.commit <= Duration{}) return;
        const TimePoint data_ended = copy.record.at - copy.record.commit;
        std::uint32_t attempt = 0;
        for (const AttemptBegun& begun : message_.attempts) {
            if (begun.at <= data_ended && may_have_delivered(begun.attempt)) {
                attempt = begun.attempt;
            }
        }
        if (attempt == 0) return;
        take_transaction_of(attempt);
        settle(copy, attempt, true);
    }

    /// The k-th copy that is left belongs to the k-th transaction that is left. Where those are too
    /// few, an attempt that ended without a reply may have been accepted unseen.
    void by_count() {
        std::vector<Joined<Copy>*> left;
        for (Joined<Copy>& copy : story_.copies) {
            if (copy.attempt == 0) left.push_back(&copy);
        }
        std::vector<std::uint32_t> free;
        for (std::size_t i = 0; i < taken_.size(); ++i) {
            if (!taken_[i]) free.push_back(story_.transactions[i].attempt);
        }
        if (left.size() > free.size()) {
            for (const AttemptBegun& begun : message_.attempts) {
                const bool known =
                    has(story_.transactions, begun.attempt) || has(story_.copies, begun.attempt);
                if (!known && may_have_delivered(begun.attempt)) free.push_back(begun.attempt);
            }
            std::sort(free.begin(), free.end());
        }
        for (std::size_t i = 0; i < left.size(); ++i) {
            // More copies than that: the receiver multiplied one, and which cannot be told.
            settle(*left[i], i < free.size() ? free[i] : last_accepted(), true);
        }
    }

    std::uint32_t last_accepted() const {
        std::uint32_t last = 0;
        for (const auto& transaction : story_.transactions) {
            last = std::max(last, transaction.attempt);
        }
        for (const Joined<Copy>& copy : story_.copies) last = std::max(last, copy.attempt);
        return last;
    }

    /// The attempt was about this pair, and nothing says that it came to nothing.
    bool may_have_delivered(std::uint32_t attempt) const {
        std::uint32_t last_ended = 0;
        for (const AttemptEnd& end : story_.ends) {
            if (end.attempt == attempt) return can_deliver(end.outcome);
            last_ended = std::max(last_ended, end.attempt);
        }
        return attempt > last_ended;
    }

    static bool can_deliver(Outcome outcome) {
        return outcome == Outcome::accepted || outcome == Outcome::unknown;
    }

    template <class Record>
    static bool has(const std::vector<Joined<Record>>& records, std::uint32_t attempt) {
        return std::any_of(records.begin(), records.end(),
                           [&](const Joined<Record>& record) { return record.attempt == attempt; });
    }

    void take_transaction_of(std::uint32_t attempt) {
        for (std::size_t i = 0; i < taken_.size(); ++i) {
            if (taken_[i] || story_.transactions[i].attempt != attempt) continue;
            taken_[i] = true;
            return;
        }
    }

    static void settle(Joined<Copy>& copy, std::uint32_t attempt, bool inferred) {
        copy.attempt = attempt;
        copy.inferred = inferred;
    }

    const MessageStory& message_;
    PairStory& story_;
    std::vector<bool> taken_;
};

}  // namespace

MessageStory message_story(const History& history, const MessageHistory& message) {
    MessageStory story;
    history.attempts.collect(message.attempts, story.attempts);
    std::stable_sort(
        story.attempts.begin(), story.attempts.end(),
        [](const auto& left, const auto& right) { return left.attempt < right.attempt; });
    history.replies.collect(message.replies, story.replies);
    history.interferences.for_each(message.interferences, [&](const Interfered& seen) {
        const Found found = attempt_of(history, story.attempts, seen);
        story.interferences.push_back({seen, found.attempt, found.inferred});
    });
    for (const AttemptBegun& attempt : story.attempts) {
        for (const Interfered& seen : history.stream_firings.on(attempt.connection))
            story.interferences.push_back({seen, attempt.attempt, false});
    }
    return story;
}

PairStory pair_story(const History& history, const MessageStory& message, const Pair& pair) {
    PairStory story{.recipient = pair.recipient};
    history.ends.collect(pair.ends, story.ends);
    history.transactions.for_each(pair.transactions, [&](const Transaction& seen) {
        const Found found = attempt_of(history, message.attempts, seen);
        story.transactions.push_back({seen, found.attempt, found.inferred});
    });
    order(story.transactions);
    history.copies.for_each(pair.copies, [&](const Copy& copy) {
        story.copies.push_back({copy, 0, false});
    });
    order(story.copies);
    CopyJoin(message, story).run();
    order(story.copies);
    return story;
}

}  // namespace twofifty::harness
