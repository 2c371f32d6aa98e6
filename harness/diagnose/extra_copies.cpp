#include "harness/diagnose/extra_copies.hpp"

#include <algorithm>

namespace twofifty::harness {
namespace {

using Copies = std::vector<const Joined<Copy>*>;

std::uint32_t least_headers(const PairStory& pair) {
    std::uint32_t least = UINT32_MAX;
    for (const Joined<Copy>& copy : pair.copies)
        least = std::min(least, copy.record.received_headers);
    return least;
}

/// A receiver that holds copies with different numbers of Received headers had the message, and got
/// it again from somebody who had it from there. To be passed on along a line is no loop.
bool comes_back(const PairStory& pair) {
    for (std::size_t i = 0; i < pair.copies.size(); ++i) {
        for (std::size_t k = 0; k < i; ++k) {
            const Copy& one = pair.copies[i].record;
            const Copy& other = pair.copies[k].record;
            if (one.receiver == other.receiver && one.received_headers != other.received_headers)
                return true;
        }
    }
    return false;
}

/// Whether that receiver had a copy with fewer Received headers.
bool had_one(const PairStory& pair, const Copy& copy) {
    return std::any_of(pair.copies.begin(), pair.copies.end(), [&](const Joined<Copy>& other) {
        return other.record.receiver == copy.receiver &&
               other.record.received_headers < copy.received_headers;
    });
}

/// Where a copy with so many Received headers came from: the receiver of one that has one fewer.
std::uint32_t handed_on_by(const PairStory& pair, const Copy& copy) {
    for (const Joined<Copy>& other : pair.copies) {
        if (other.record.received_headers + 1 == copy.received_headers)
            return other.record.receiver;
    }
    return 0;
}

bool server_broke_off(const MessageStory& message, std::uint32_t attempt) {
    return std::any_of(message.interferences.begin(), message.interferences.end(),
                       [&](const Joined<Interfered>& seen) {
                           return seen.attempt == attempt &&
                                  seen.record.what == Interference::server_gone;
                       });
}

Reason reason_of_silence(const MessageStory& message, const AttemptSeen& seen,
                         const Surroundings& surroundings) {
    const AttemptEnd& end = *seen.end;
    if (end.no_reply == NoReply::other) return Reason::misread;
    // Whoever withheld a reply so long that its reader gave up unseen, it was not the server.
    if (end.no_reply == NoReply::unseen && seen.server_gap) return Reason::reply_missing;
    const bool timed_out = end.no_reply == NoReply::timed_out && end.phase == Phase::data_done;
    if (timed_out) {
        // Late is also what would have been late on an ordinary path.
        if (seen.server_gap)
            return *seen.server_gap + surroundings.usual_path >= end.waited ? Reason::server_late
                                                                            : Reason::reply_missing;
        if (server_broke_off(message, end.attempt)) return Reason::server_broke_off;
        return surroundings.layer_seen ? Reason::server_silent : Reason::unexplained;
    }
    if (seen.server_gap) return Reason::connection_lost;
    if (server_broke_off(message, end.attempt)) return Reason::server_broke_off;
    return surroundings.layer_seen ? Reason::connection_lost : Reason::unexplained;
}

Reason reason_of(const MessageStory& message, const AttemptSeen& seen,
                 const Surroundings& surroundings) {
    if (seen.end == nullptr) return Reason::unexplained;
    switch (seen.end->outcome) {
        case Outcome::accepted: return Reason::acknowledged;
        case Outcome::refused_for_now:
        case Outcome::refused_for_good: return Reason::misread;
        case Outcome::unknown: return reason_of_silence(message, seen, surroundings);
        case Outcome::not_sent:
        case Outcome::none: break;
    }
    return Reason::unexplained;
}

/// The latest attempt before `copy` that the receiver had accepted.
std::uint32_t accepted_before(const PairStory& pair, const Joined<Copy>& previous,
                              const Joined<Copy>& copy) {
    std::uint32_t attempt = previous.attempt;
    for (const Joined<Transaction>& transaction : pair.transactions)
        if (transaction.attempt < copy.attempt) attempt = std::max(attempt, transaction.attempt);
    return attempt;
}

}  // namespace

AttemptSeen look_at(const PairStory& pair, std::uint32_t attempt) {
    AttemptSeen seen;
    for (const AttemptEnd& end : pair.ends)
        if (end.attempt == attempt) seen.end = &end;
    for (const Joined<Transaction>& transaction : pair.transactions)
        if (transaction.attempt == attempt) seen.accepted = &transaction.record;
    if (seen.accepted != nullptr) {
        seen.server_gap = seen.accepted->server_gap;
        return seen;
    }
    // Nobody watched the dialogue, but a receiver that reports its own copies knows its time.
    for (const Joined<Copy>& copy : pair.copies) {
        if (copy.attempt != attempt || copy.record.commit <= Duration{}) continue;
        seen.server_gap = copy.record.commit;
        break;
    }
    return seen;
}

namespace {

/// Of the copies with the fewest Received headers, each beyond the first: a sender brought it.
std::vector<ExtraCopyFound> brought_again(const MessageStory& message, const PairStory& pair,
                                          const Surroundings& surroundings, std::uint32_t least) {
    std::vector<ExtraCopyFound> extras;
    const Joined<Copy>* previous = nullptr;
    for (const Joined<Copy>& copy : pair.copies) {
        if (copy.record.received_headers > least) continue;
        if (previous == nullptr) {
            previous = &copy;
            continue;
        }
        ExtraCopyFound extra{.receiver = copy.record.receiver};
        if (copy.attempt != 0 && copy.attempt == previous->attempt) {
            extra.reason = Reason::multiplied;
        } else if (copy.attempt != 0) {
            extra.culprit = accepted_before(pair, *previous, copy);
            extra.reason = reason_of(message, look_at(pair, extra.culprit), surroundings);
        }
        extras.push_back(extra);
        previous = &copy;
    }
    return extras;
}

/// How many of the copies before this one lie at the same receiver with as many headers.
std::size_t alike_before(const PairStory& pair, const Joined<Copy>& copy) {
    std::size_t alike = 0;
    for (const Joined<Copy>& other : pair.copies) {
        if (&other == &copy) break;
        alike += other.record.receiver == copy.record.receiver &&
                         other.record.received_headers == copy.record.received_headers
                     ? 1
                     : 0;
    }
    return alike;
}

}  // namespace

std::vector<ExtraCopyFound> find_extra_copies(const MessageStory& message, const PairStory& pair,
                                              const Surroundings& surroundings) {
    if (pair.copies.size() < 2) return {};
    const std::uint32_t least = least_headers(pair);
    const bool loops = comes_back(pair);
    std::vector<ExtraCopyFound> extras = brought_again(message, pair, surroundings, least);
    const std::size_t brought = extras.size();
    for (const Joined<Copy>& copy : pair.copies) {
        if (copy.record.received_headers == least) continue;
        ExtraCopyFound extra{.reason = loops ? Reason::came_back : Reason::passed_on,
                             .from = handed_on_by(pair, copy.record),
                             .receiver = copy.record.receiver,
                             .headers = copy.record.received_headers,
                             .had_it = loops && had_one(pair, copy.record)};
        // What a sender brought twice is also passed on twice, for the same reason.
        const std::size_t alike = alike_before(pair, copy);
        if (!loops && alike > 0 && alike <= brought) {
            extra.reason = extras[alike - 1].reason;
            extra.from = 0;
        }
        extras.push_back(extra);
    }
    return extras;
}

}  // namespace twofifty::harness
