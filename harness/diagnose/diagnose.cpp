#include "harness/diagnose/diagnose.hpp"

#include "harness/diagnose/extra_copies.hpp"
#include "harness/diagnose/sender_book.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <tuple>

namespace twofifty::harness {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t slices_most = 24;

Duration slice_of(Duration span) {
    constexpr std::array<Duration, 10> widths{1s, 10s, 1min, 5min, 15min, 30min, 1h, 2h, 6h, 24h};
    for (const Duration width : widths)
        if (span / width < slices_most) return width;
    return 24h * (span / (24h * slices_most) + 1);
}

/// Goes through what the witness saw, pair by pair, and adds up.
class Reckoning {
public:
    Reckoning(const Witness& witness, const DiagnosisFacts& facts)
        : witness_(witness), facts_(facts) {}

    Diagnosis run() {
        look_around();
        witness_.history.for_each_message(
            [&](std::uint32_t ordinal, const MessageHistory& message) {
                const MessageStory story = message_story(witness_.history, message);
                bool any = false;
                witness_.history.for_each_pair(message, [&](const Pair& pair) {
                    any = true;
                    add_pair(ordinal, story, pair);
                });
                found().messages += any ? 1 : 0;
            });
        conclude();
        return std::move(result_);
    }

private:
    /// How messages came back to a receiver by one way.
    struct Return {
        std::uint64_t copies = 0;
        std::uint32_t headers = 0;  ///< The fewest Received headers.
    };

    Counted& found() { return result_.found; }

    /// What must be known before a pair can be judged.
    void look_around() {
        surroundings_.layer_seen = witness_.history.connections.layer_seen();
        TimeSpreadRecorder path;
        TimePoint last_planned{};
        witness_.history.for_each_message([&](std::uint32_t, const MessageHistory& message) {
            witness_.history.for_each_pair(message, [&](const Pair& pair) {
                last_planned = std::max(last_planned, pair.planned);
                copies_seen_ = copies_seen_ || !pair.copies.empty();
                add_path(pair, path);
            });
        });
        surroundings_.usual_path = path.spread().p50;
        result_.pattern.slice = slice_of(last_planned.time_since_epoch());
    }

    /// Of a message that was handed over at the first attempt there is nothing to join.
    void add_path(const Pair& pair, TimeSpreadRecorder& path) const {
        std::vector<AttemptEnd> ends;
        std::vector<Transaction> transactions;
        witness_.history.ends.collect(pair.ends, ends);
        witness_.history.transactions.collect(pair.transactions, transactions);
        if (ends.size() != 1 || transactions.size() != 1) return;
        if (ends[0].outcome == Outcome::accepted)
            path.add(ends[0].waited - transactions[0].server_gap);
    }

    void add_pair(std::uint32_t ordinal, const MessageStory& message, const Pair& pair) {
        PairStory story = pair_story(witness_.history, message, pair);
        const auto hops = witness_.hops.find({ordinal, pair.recipient});
        const bool was_passed_on = hops != witness_.hops.end();
        // Where nobody looked into a mailbox, and of a message that came to none since servers hand
        // it on and on, what a server accepted is the copy.
        if (story.copies.empty() && (!copies_seen_ || was_passed_on)) {
            for (const Joined<Transaction>& seen : story.transactions)
                story.copies.push_back(
                    {{.at = seen.record.at, .receiver = receiver_of(message, seen.attempt)},
                     seen.attempt,
                     true});
            if (was_passed_on) add_hops(hops->second, story);
        }
        ++found().pairs;
        found().transactions += story.transactions.size();
        found().copies += story.copies.size();
        ++found().histogram[story.copies.size()];
        for (const Joined<Copy>& copy : story.copies) {
            found().inferred += copy.inferred ? 1 : 0;
            found().suppressed += copy.record.suppressed ? 1 : 0;
        }
        const auto extras = find_extra_copies(message, story, surroundings_);
        found().extra_copies += extras.size();
        found().duplicated += extras.empty() ? 0 : 1;
        senders_.pair(pair.sender, !extras.empty());
        add_time(pair, !extras.empty());
        add_waits(pair, story);
        add_receivers(story, extras);
        add_headers(story, extras);
        for (const ExtraCopyFound& extra : extras) add_extra(story, extra);
    }

    static std::uint16_t receiver_of(const MessageStory& message, std::uint32_t attempt) {
        const auto begun = std::ranges::find(message.attempts, attempt, &AttemptBegun::attempt);
        return begun == message.attempts.end() ? 0 : begun->receiver;
    }

    void add_hops(const std::vector<Hop>& hops, PairStory& story) const {
        for (const Hop& hop : hops) {
            const auto to = std::ranges::find(facts_.receivers, hop.to);
            const auto number =
                to == facts_.receivers.end() ? 0 : to - facts_.receivers.begin() + 1;
            story.copies.push_back({{.at = hop.at,
                                     .received_headers = hop.received_headers,
                                     .receiver = static_cast<std::uint16_t>(number)}});
        }
    }

    void add_time(const Pair& pair, bool duplicated) {
        const Duration since_start = std::max(Duration{}, pair.planned.time_since_epoch());
        const auto place = static_cast<std::size_t>(since_start / result_.pattern.slice);
        std::vector<Share>& slices = result_.pattern.by_time;
        if (place >= slices.size()) slices.resize(place + 1);
        ++slices[place].whole;
        slices[place].part += duplicated ? 1 : 0;
    }

    void add_waits(const Pair& pair, const PairStory& story) {
        for (const Joined<Transaction>& seen : story.transactions)
            server_.add(seen.record.server_gap);
        for (const AttemptEnd& end : story.ends) {
            if (end.phase != Phase::data_done) continue;
            const AttemptSeen seen = look_at(story, end.attempt);
            if (seen.accepted == nullptr && seen.server_gap) server_.add(*seen.server_gap);
            if (end.outcome == Outcome::unknown) {
                add_vain_wait(pair, seen);
                continue;
            }
            sender_.add(end.waited);
            if (seen.server_gap) path_.add(end.waited - *seen.server_gap);
            senders_.answered(pair.sender, end.waited);
            patience_.answered(end.waited);
        }
    }

    void add_vain_wait(const Pair& pair, const AttemptSeen& seen) {
        const AttemptEnd& end = *seen.end;
        sender_.add_censored();
        if (end.no_reply == NoReply::unseen) {
            if (seen.server_gap) path_.add_censored();
            ++found().given_up;
            return;
        }
        const std::optional<Duration> needed = wait_needed(seen);
        if (seen.server_gap && !needed) path_.add_censored();
        if (needed) {
            patience_.answered(*needed);
        } else {
            patience_.unanswered(end.waited);
        }
        if (end.no_reply != NoReply::timed_out) return;
        ++found().given_up;
        senders_.gave_up(pair.sender, end.waited);
    }

    /// How long the sender would have had to wait, where it was the server that was late.
    std::optional<Duration> wait_needed(const AttemptSeen& seen) const {
        if (!seen.server_gap || *seen.server_gap + surroundings_.usual_path < seen.end->waited)
            return std::nullopt;
        Duration needed = *seen.server_gap + surroundings_.usual_path;
        if (seen.accepted != nullptr) {
            const TimePoint sent = seen.end->at - seen.end->waited;
            needed = std::max(needed, seen.accepted->at - sent + surroundings_.usual_path);
        }
        return std::max(needed, seen.end->waited + 1ms);
    }

    void add_receivers(const PairStory& story, const std::vector<ExtraCopyFound>& extras) {
        std::uint32_t least = UINT32_MAX;
        std::map<std::uint16_t, std::uint64_t> here;
        for (const Joined<Copy>& copy : story.copies) {
            least = std::min(least, copy.record.received_headers);
            ++here[copy.record.receiver];
        }
        for (const auto& [receiver, copies] : here) {
            ReceiverSeen& seen = receivers_[receiver];
            seen.copies += copies;
            seen.copies_most = std::max(seen.copies_most, copies);
            Share& share = receiver_shares_[receiver];
            ++share.whole;
            share.part += copies > 1 ? 1 : 0;
        }
        for (const ExtraCopyFound& extra : extras)
            ++receivers_[static_cast<std::uint16_t>(extra.receiver)].extra_copies;
        for (const Joined<Copy>& copy : story.copies)
            if (copy.record.received_headers == least) add_depth(story, copy, extras);
    }

    /// Whether the transaction began while the queue there was deep, and came to a duplicate.
    void add_depth(const PairStory& story, const Joined<Copy>& copy,
                   const std::vector<ExtraCopyFound>& extras) {
        const std::uint16_t receiver = copy.record.receiver;
        if (!witness_.queues.grew(receiver)) return;
        const AttemptSeen seen = look_at(story, copy.attempt);
        const TimePoint began = seen.accepted != nullptr
                                    ? seen.accepted->at - seen.accepted->server_gap
                                    : copy.record.at - copy.record.commit;
        const bool guilty =
            copy.attempt != 0 && std::any_of(extras.begin(), extras.end(), [&](const auto& extra) {
                return extra.culprit == copy.attempt;
            });
        Pattern& pattern = result_.pattern;
        Share& share =
            witness_.queues.deep(receiver, began) ? pattern.while_deep : pattern.otherwise;
        ++share.whole;
        share.part += guilty ? 1 : 0;
    }

    void add_headers(const PairStory& story, const std::vector<ExtraCopyFound>& extras) {
        const bool loops = std::any_of(extras.begin(), extras.end(), [](const auto& extra) {
            return extra.reason == Reason::came_back;
        });
        std::uint32_t least = UINT32_MAX;
        std::uint32_t most = 0;
        for (const Joined<Copy>& copy : story.copies) {
            least = std::min(least, copy.record.received_headers);
            most = std::max(most, copy.record.received_headers);
        }
        if (story.copies.empty()) return;
        Prevention& prevention = result_.prevention;
        prevention.headers_most = std::max(prevention.headers_most, most);
        prevention.headers_normal = std::max(prevention.headers_normal, loops ? least : most);
    }

    void add_extra(const PairStory& story, const ExtraCopyFound& extra) {
        ++result_.reasons[extra.reason];
        if (extra.had_it) add_return(extra);
        if (!is_about_waiting(extra.reason)) return;
        const AttemptSeen seen = look_at(story, extra.culprit);
        patience_.in_vain(seen.end->waited, wait_needed(seen));
    }

    void add_return(const ExtraCopyFound& extra) {
        std::uint32_t& headers = result_.prevention.headers_of_return;
        headers = headers == 0 ? extra.headers : std::min(headers, extra.headers);
        const std::string to = receiver_name(extra.receiver);
        std::uint32_t from = extra.from;
        // One that handed it on without keeping it left no copy, but its log says so.
        for (const auto& [way, forwards] : witness_.forwards)
            if (from == 0 && way.second == to && forwards.headers.contains(extra.headers))
                from = way.first;
        Return& way = edges_[{from, extra.receiver}];
        way.headers = way.copies++ == 0 ? extra.headers : std::min(way.headers, extra.headers);
    }

    void conclude() {
        result_.times = {server_.spread(), path_.spread(), sender_.spread()};
        result_.prevention.timeout = patience_.advise();
        result_.prevention.shortest_timer = senders_.shortest_timer();
        result_.senders = senders_.kinds(facts_.senders);
        name_receivers();
        name_edges();
        test_patterns();
        describe_scope();
        name_cause();
    }

    std::string receiver_name(std::uint32_t receiver) const {
        if (receiver >= 1 && receiver <= facts_.receivers.size())
            return facts_.receivers[receiver - 1];
        return receiver == 0 ? "a receiver" : fmt::format("receiver {}", receiver);
    }

    void name_receivers() {
        for (const auto& [key, count] : witness_.discarded)
            receivers_[key.first].discarded += count;
        for (auto& [number, receiver] : receivers_) {
            receiver.name = receiver_name(number);
            receiver.incoming = witness_.queues.facts(number, "incoming");
            receiver.outgoing = witness_.queues.facts(number, "outgoing");
            result_.receivers.push_back(receiver);
        }
    }

    /// The way by which most came back first; of two that are alike, the one that was first.
    void name_edges() {
        using Way = std::pair<std::pair<std::uint32_t, std::uint32_t>, Return>;
        std::vector<Way> ways(edges_.begin(), edges_.end());
        std::stable_sort(ways.begin(), ways.end(), [](const Way& left, const Way& right) {
            return std::tuple(right.second.copies, left.second.headers) <
                   std::tuple(left.second.copies, right.second.headers);
        });
        for (const auto& [edge, way] : ways)
            result_.prevention.edges.push_back(
                {receiver_name(edge.first), receiver_name(edge.second), way.copies});
    }

    void test_patterns() {
        Pattern& pattern = result_.pattern;
        pattern.senders = senders_.test_senders();
        pattern.within_kinds = senders_.test_within_kinds(facts_.senders);
        std::vector<Share> shares;
        for (const auto& [receiver, share] : receiver_shares_) shares.push_back(share);
        pattern.receivers = test_one_share(shares);
        pattern.times = test_one_share(pattern.by_time);
        pattern.deep = test_one_share(std::array{pattern.while_deep, pattern.otherwise});
    }

    void describe_scope() {
        Scope& scope = result_.scope;
        scope.layer_seen = surroundings_.layer_seen;
        scope.copies_seen = copies_seen_;
        scope.queues_seen = witness_.queues.sampled();
        scope.foreign = facts_.foreign;
        scope.ended = witness_.ended;
        scope.kinds_are_groups = !facts_.senders.empty();
        scope.opaque_connections = witness_.opaque;
        for (const auto& [way, forwards] : witness_.forwards)
            scope.unanswered_forwards += forwards.unanswered;
        found().unexpected = witness_.unexpected;
    }

    void name_cause() {
        CauseTally causes;
        for (std::size_t i = 0; i < reason_names.size(); ++i) {
            const auto reason = static_cast<Reason>(i);
            causes[cause_of(reason)] += result_.reasons[reason];
        }
        for (std::size_t i = 0; i < cause_names.size(); ++i) {
            const auto cause = static_cast<Cause>(i);
            if (causes[cause] > 0) result_.causes.push_back({cause, causes[cause]});
        }
        std::stable_sort(result_.causes.begin(), result_.causes.end(),
                         [](const auto& left, const auto& right) {
                             return left.extra_copies > right.extra_copies;
                         });
        if (!result_.causes.empty()) {
            result_.cause = result_.causes.front().cause;
        } else {
            result_.cause = found().copies > 0 ? Cause::nothing_wrong : Cause::cannot_tell;
        }
    }

    const Witness& witness_;
    const DiagnosisFacts& facts_;
    Surroundings surroundings_;
    bool copies_seen_ = false;
    TimeSpreadRecorder server_;
    TimeSpreadRecorder path_;
    TimeSpreadRecorder sender_;
    Patience patience_;
    SenderBook senders_;
    std::map<std::uint16_t, ReceiverSeen> receivers_;
    std::map<std::uint16_t, Share> receiver_shares_;
    std::map<std::pair<std::uint32_t, std::uint32_t>, Return> edges_;  ///< From and to.
    Diagnosis result_;
};

}  // namespace

Diagnosis Diagnostician::finish() {
    witness_.finish();
    return Reckoning(witness_, facts_).run();
}

Diagnosis diagnose(std::span<const Event> events, const DiagnosisFacts& facts) {
    Diagnostician diagnostician(facts);
    for (const Event& event : events) diagnostician.add(event);
    return diagnostician.finish();
}

}  // namespace twofifty::harness
