#include "harness/ledger/attribution.hpp"

#include <algorithm>
#include <initializer_list>

namespace twofifty::harness {

namespace {

/// Everything known about the attempt that the receiver accepted although it was made again.
class AcceptedAttempt {
public:
    AcceptedAttempt(const MessageStory& message, const PairStory& pair, std::uint32_t attempt,
                    bool layer_seen)
        : message_(message), pair_(pair), attempt_(attempt), layer_seen_(layer_seen) {
        for (const AttemptEnd& end : pair.ends) {
            if (end.attempt == attempt) end_ = &end;
        }
        for (const Joined<Transaction>& transaction : pair.transactions) {
            if (transaction.attempt == attempt) transaction_ = &transaction.record;
        }
    }

    /// Sets trigger, route and gaps.
    void explain(ExtraCopy& extra) const {
        extra.server_gap = server_gap();
        extra.network_gap = network_gap();
        if (end_ == nullptr) return;
        switch (end_->outcome) {
            case Outcome::accepted:
                // The sender knew, and sent again: to a recipient that needed it no more.
                extra.route = Route::recipient_subset;
                break;
            case Outcome::refused_for_now:
            case Outcome::refused_for_good:
                extra.trigger = met({Interference::replace, Interference::corrupt})
                                    ? Trigger::reply_replaced
                                    : Trigger::reply_misread;
                break;
            case Outcome::unknown: extra.trigger = trigger_of_unknown(); break;
            case Outcome::not_sent:
            case Outcome::none: break;
        }
    }

private:
    std::optional<Duration> server_gap() const {
        if (transaction_ != nullptr) return transaction_->server_gap;
        for (const Joined<Copy>& copy : pair_.copies) {
            if (copy.attempt == attempt_ && copy.record.commit > Duration{}) {
                return copy.record.commit;
            }
        }
        return std::nullopt;
    }

    std::optional<Duration> network_gap() const {
        for (const FinalReply& reply : message_.replies) {
            const bool ours = reply.recipient == 0 || reply.recipient == pair_.recipient;
            if (reply.attempt != attempt_ || !ours || transaction_ == nullptr) continue;
            return std::max(Duration{}, reply.at - transaction_->at);
        }
        for (const Joined<Interfered>& seen : message_.interferences) {
            const bool of_reply = seen.record.phase != Phase::none;
            if (of_reply && concerns(seen) && seen.record.achieved >= Duration{})
                return seen.record.achieved;
        }
        return std::nullopt;
    }

    Trigger trigger_of_unknown() const {
        const bool timed_out =
            end_->no_reply == NoReply::timed_out && end_->phase == Phase::data_done;
        const std::optional<Duration> gap = server_gap();
        if (timed_out && gap && *gap >= end_->waited) return Trigger::reply_late_server;
        const bool lost = end_->no_reply == NoReply::connection_lost;
        // A reply that is kept keeps those behind it, so with LMTP what met another recipient's may
        // explain this one's; what met its own comes first.
        for (const Whose whose : {Whose::own, Whose::any}) {
            const std::optional<Trigger> trigger = trigger_of_rules(whose, lost);
            if (trigger) return *trigger;
        }
        if (lost || met({Interference::server_gone})) return Trigger::receiver_died;
        // The server's reply was in time and no rule touched it: what was between, or a busy
        // sender, cost the rest.
        if (timed_out && gap) return Trigger::reply_late_network;
        // The layer watched, and no reply of the server came by in all that time.
        if (timed_out && layer_seen_) return Trigger::reply_late_server;
        return Trigger::unattributed;
    }

    enum class Whose : std::uint8_t { own, any };

    /// Where several rules acted on one reply, the one that kept it for good decides; a cut decides
    /// before it where the connection was what the sender lost.
    std::optional<Trigger> trigger_of_rules(Whose whose, bool lost) const {
        if (lost && met({Interference::cut}, whose)) return Trigger::connection_cut;
        if (met({Interference::drop, Interference::hold_forever}, whose) ||
            met({Interference::swallow}, Whose::own)) {
            return Trigger::reply_dropped;
        }
        if (met({Interference::cut}, whose)) return Trigger::connection_cut;
        // What is left of it came, and was no reply; that it also came late made no difference.
        if (met({Interference::truncate}, whose)) return Trigger::reply_misread;
        const bool unreadable = end_->no_reply == NoReply::other;
        if (unreadable && met({Interference::corrupt, Interference::duplicate}, whose))
            return Trigger::reply_misread;
        if (met({Interference::delay, Interference::hold_for_a_time}, whose)) {
            return Trigger::reply_late_network;
        }
        if (met({Interference::corrupt, Interference::duplicate}, whose))
            return Trigger::reply_misread;
        // With LMTP the reply to this recipient was read as the one that another's swallowed.
        if (met({Interference::swallow}, whose)) return Trigger::reply_misread;
        return std::nullopt;
    }

    bool concerns(const Joined<Interfered>& seen, Whose whose = Whose::own) const {
        return seen.attempt == attempt_ && met_the_reply(seen.record) &&
               (whose == Whose::any || seen.record.recipient == 0 ||
                seen.record.recipient == pair_.recipient);
    }

    /// What an effect on the stream did after the attempt, or had let go before the server
    /// answered, explains nothing of it.
    bool met_the_reply(const Interfered& seen) const {
        if (seen.phase != Phase::none) return true;
        if (end_ != nullptr && seen.at > end_->at) return false;
        const bool over = seen.achieved >= Duration{};
        return !over || transaction_ == nullptr || seen.at + seen.achieved >= transaction_->at;
    }

    bool met(std::initializer_list<Interference> kinds, Whose whose = Whose::own) const {
        return std::any_of(message_.interferences.begin(), message_.interferences.end(),
                           [&](const Joined<Interfered>& seen) {
                               return concerns(seen, whose) &&
                                      std::find(kinds.begin(), kinds.end(), seen.record.what) !=
                                          kinds.end();
                           });
    }

    const MessageStory& message_;
    const PairStory& pair_;
    std::uint32_t attempt_;
    bool layer_seen_;
    const AttemptEnd* end_ = nullptr;
    const Transaction* transaction_ = nullptr;
};

/// The latest attempt before `copy` that the receiver had accepted: the copy in front of it shows
/// one, a transaction whose copy was suppressed may show a later one.
std::uint32_t accepted_before(const PairStory& pair, const Joined<Copy>& previous,
                              const Joined<Copy>& copy) {
    std::uint32_t attempt = previous.attempt;
    for (const Joined<Transaction>& transaction : pair.transactions) {
        if (transaction.attempt < copy.attempt) attempt = std::max(attempt, transaction.attempt);
    }
    return attempt;
}

/// Which receiver an attempt turned to; 0: not known.
std::uint16_t receiver_of(const MessageStory& message, std::uint32_t attempt) {
    for (const AttemptBegun& begun : message.attempts)
        if (begun.attempt == attempt) return begun.receiver;
    return 0;
}

/// The receiver had a copy of the same attempt already, and this one has come further. A copy that
/// one receiver kept and another got from it is no loop.
bool came_back(const PairStory& pair, std::size_t place) {
    const Joined<Copy>& copy = pair.copies[place];
    return std::any_of(pair.copies.begin(),
                       pair.copies.begin() + static_cast<std::ptrdiff_t>(place),
                       [&](const Joined<Copy>& earlier) {
                           return earlier.attempt == copy.attempt &&
                                  earlier.record.receiver == copy.record.receiver &&
                                  earlier.record.received_headers < copy.record.received_headers;
                       });
}

}  // namespace

std::vector<ExtraCopy> explain_extra_copies(const MessageStory& message, const PairStory& pair,
                                            bool layer_seen) {
    std::vector<ExtraCopy> extras;
    for (std::size_t i = 1; i < pair.copies.size(); ++i) {
        const Joined<Copy>& previous = pair.copies[i - 1];
        const Joined<Copy>& copy = pair.copies[i];
        ExtraCopy extra{.recipient = pair.recipient,
                        .copy = static_cast<std::uint32_t>(i + 1),
                        .attempt = copy.attempt,
                        .inferred = copy.inferred || previous.inferred};
        if (copy.attempt == 0) {
            extra.trigger = Trigger::unattributed;
        } else if (copy.attempt == previous.attempt) {
            extra.trigger = came_back(pair, i) ? Trigger::loop : Trigger::receiver_itself;
        } else {
            const std::uint32_t accepted = accepted_before(pair, previous, copy);
            AcceptedAttempt(message, pair, accepted, layer_seen).explain(extra);
            const std::uint16_t first_host = receiver_of(message, accepted);
            const bool elsewhere =
                first_host != 0 && receiver_of(message, copy.attempt) != first_host;
            if (elsewhere && extra.route == Route::same_host) extra.route = Route::next_host;
        }
        extras.push_back(extra);
    }
    return extras;
}

}  // namespace twofifty::harness
