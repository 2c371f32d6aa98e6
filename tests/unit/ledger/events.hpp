// Histories for tests, told in the words of the trade: each step of one message's way adds the
// events that fleet, layer, receiver and observer would write.
#pragma once

#include "harness/ledger/judge.hpp"
#include "record/event.hpp"

#include <algorithm>
#include <chrono>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace twofifty::harness {

using namespace std::chrono_literals;

/// The way of one message to one recipient, alone in its attempts: those for another recipient of
/// the message have other numbers, as a sender that splits a message numbers them. Each attempt has
/// a connection of its own, known to fleet and layer by different numbers and one endpoint.
class Mail {
public:
    explicit Mail(std::uint32_t message, std::uint32_t recipient = 1, TimePoint start = at(1s))
        : message_(message), recipient_(recipient), attempt_((recipient - 1) * 10), now_(start) {}

    Mail& submitted(Duration late = {}) {
        return add({.kind = EventKind::submitted, .duration = late, .digest = digest()});
    }
    Mail& attempt() {
        ++attempt_;
        now_ += 1s;
        const std::string endpoint = "127.0.0.1:" + std::to_string(fleet_connection());
        add({.kind = EventKind::attempt_started, .attempt = attempt_});
        if (layer_) {
            append({.kind = EventKind::layer_connected,
                    .connection = layer_connection(),
                    .text = endpoint});
        }
        append({.kind = EventKind::connection_opened,
                .connection = fleet_connection(),
                .duration = 1ms,
                .text = endpoint});
        return add({.kind = EventKind::content_sent,
                    .attempt = attempt_,
                    .connection = fleet_connection(),
                    .duration = 2ms});
    }
    /// The server says 250 within `gap`, and the layer sees it.
    Mail& accepted_by_receiver(Duration gap = 3ms) {
        now_ += gap;
        gap_ = gap;
        id_ = "Q" + std::to_string(message_) + "." + std::to_string(recipient_) + "." +
              std::to_string(attempt_);
        if (!layer_) return *this;
        return add({.kind = EventKind::transaction_accepted,
                    .code = 250,
                    .attempt = attempt_,
                    .connection = layer_connection(),
                    .duration = gap,
                    .text = ids_ ? id_ : ""});
    }
    /// A rule acts on the reply to the final dot of this attempt.
    Mail& fault(std::string_view effect, Duration asked = {}, std::uint32_t rule = 1) {
        return add({.kind = EventKind::rule_fired,
                    .phase = Phase::data_done,
                    .code = 250,
                    .attempt = attempt_,
                    .connection = layer_connection(),
                    .rule = rule,
                    .duration = asked,
                    .text = std::string(effect)},
                   false);
    }
    Mail& achieved(std::string_view ending, Duration time, std::uint32_t rule = 1) {
        return add({.kind = EventKind::rule_achieved,
                    .phase = Phase::data_done,
                    .code = 250,
                    .attempt = attempt_,
                    .connection = layer_connection(),
                    .rule = rule,
                    .duration = time,
                    .text = std::string(ending)},
                   false);
    }
    /// An effect on the stream acts on the connection of this attempt.
    Mail& stream_fault(std::string_view effect, Duration asked = {}, std::uint32_t rule = 1) {
        stream_fault_at_ = now_;
        return append({.kind = EventKind::rule_fired,
                       .connection = layer_connection(),
                       .rule = rule,
                       .duration = asked,
                       .text = std::string(effect)});
    }
    Mail& stream_released(std::uint32_t rule = 1) {
        return append({.kind = EventKind::rule_achieved,
                       .connection = layer_connection(),
                       .rule = rule,
                       .duration = now_ - stream_fault_at_,
                       .text = "released"});
    }
    Mail& server_gone() {
        return add({.kind = EventKind::server_gone,
                    .phase = Phase::data_done,
                    .attempt = attempt_,
                    .connection = layer_connection(),
                    .text = "end_of_stream"},
                   false);
    }
    /// The copy of what the receiver accepted last is found.
    Mail& delivered(std::int64_t received_headers = 1) { return copy(digest(), received_headers); }
    Mail& delivered_damaged() { return copy(digest() + 1, 1); }

    /// The receiver has it already, and keeps this copy out of the mailbox.
    Mail& suppressed() {
        copy(digest(), 1);
        events_.back().kind = EventKind::copy_suppressed;
        return *this;
    }
    /// The receiver has read it, and throws it away.
    Mail& discarded() { return add({.kind = EventKind::copy_discarded, .text = "deadline"}); }

    Mail& acknowledged() { return replied(250, Outcome::accepted); }
    Mail& refused() { return replied(451, Outcome::refused_for_now); }
    Mail& refused_for_good() { return replied(554, Outcome::refused_for_good); }
    Mail& timed_out(Duration waited = 2s) {
        now_ += waited;
        return ended(Outcome::unknown, 0, waited, "timed_out");
    }
    /// It says QUIT behind its dot and closes its direction, as Exim does.
    Mail& gave_up_unseen() { return ended(Outcome::unknown, 0, 1ms, "unseen"); }
    Mail& connection_lost() { return ended(Outcome::unknown, 0, 5ms, "connection_reset"); }
    Mail& canceled() { return ended(Outcome::unknown, 0, 5ms, "canceled"); }
    Mail& not_sent() { return ended(Outcome::not_sent, 0, 5ms, "connection_reset"); }
    Mail& gave_up() {
        return add({.kind = EventKind::gave_up, .attempt = attempt_, .text = "lifetime"});
    }

    Mail& without_layer() {
        layer_ = false;
        return *this;
    }
    /// The server names no queue ids.
    Mail& without_ids() {
        ids_ = false;
        return *this;
    }
    /// Copies are found by the receiver itself, which knows how long the commit took.
    Mail& observed_by_receiver() {
        commit_known_ = true;
        return *this;
    }
    Mail& pause(Duration time) {
        now_ += time;
        return *this;
    }

    TimePoint now() const { return now_; }
    std::uint64_t digest() const { return 0x1000 + message_; }
    std::uint32_t fleet_connection() const { return message_ * 1000 + recipient_ * 100 + attempt_; }
    std::uint32_t layer_connection() const { return 4'000'000 - fleet_connection(); }
    const std::vector<Event>& events() const { return events_; }

private:
    Mail& add(Event event, bool of_recipient = true) {
        event.message = message_;
        const bool whole_message = event.kind == EventKind::attempt_started ||
                                   event.kind == EventKind::content_sent ||
                                   event.kind == EventKind::reply_seen;
        if (of_recipient && !whole_message) event.recipient = recipient_;
        return append(std::move(event));
    }
    Mail& append(Event event) {
        event.at = now_;
        now_ += 1us;
        events_.push_back(std::move(event));
        return *this;
    }
    Mail& copy(std::uint64_t digest, std::int64_t received_headers) {
        return add({.kind = EventKind::copy_found,
                    .duration = commit_known_ ? gap_ : Duration{},
                    .quantity = received_headers,
                    .digest = digest,
                    .text = ids_ ? id_ : ""});
    }
    Mail& replied(std::uint16_t code, Outcome outcome) {
        add({.kind = EventKind::reply_seen,
             .phase = Phase::data_done,
             .code = code,
             .attempt = attempt_,
             .connection = fleet_connection(),
             .duration = 4ms,
             .text = ids_ ? id_ : ""});
        return ended(outcome, code, 4ms, "");
    }
    Mail& ended(Outcome outcome, std::uint16_t code, Duration waited, std::string_view why) {
        return add({.kind = EventKind::attempt_ended,
                    .phase = Phase::data_done,
                    .outcome = outcome,
                    .code = code,
                    .attempt = attempt_,
                    .connection = fleet_connection(),
                    .duration = waited,
                    .text = std::string(why)});
    }

    std::uint32_t message_;
    std::uint32_t recipient_;
    std::uint32_t attempt_;
    TimePoint now_;
    TimePoint stream_fault_at_{};
    Duration gap_{};
    std::string id_;
    bool layer_ = true;
    bool ids_ = true;
    bool commit_known_ = false;
    std::vector<Event> events_;
};

/// A copy of something the fleet never sent.
inline Event stranger(TimePoint when) {
    return {.at = when, .kind = EventKind::copy_found, .digest = 99, .text = "no token"};
}

/// Load and drain ended as they should.
inline std::vector<Event> run_ended(TimePoint when) {
    return {{.at = when, .kind = EventKind::load_ended, .text = "planned"},
            {.at = when, .kind = EventKind::queues_seen_empty},
            {.at = when, .kind = EventKind::drain_ended, .text = "quiet"}};
}

/// The histories told at once: all events by time, each mail's own in their order, and a run that
/// ended well after them.
inline std::vector<Event> history(const std::vector<Mail>& mails,
                                  const std::vector<Event>& others = {}) {
    std::vector<Event> events;
    for (const Mail& mail : mails) {
        events.insert(events.end(), mail.events().begin(), mail.events().end());
    }
    events.insert(events.end(), others.begin(), others.end());
    std::stable_sort(events.begin(), events.end(),
                     [](const Event& left, const Event& right) { return left.at < right.at; });
    const TimePoint last = events.empty() ? at(0s) : events.back().at;
    for (Event& event : run_ended(last + 1s)) events.push_back(std::move(event));
    return events;
}

inline Judgement judged(const std::vector<Mail>& mails, const std::vector<Event>& others = {}) {
    return judge(history(mails, others), {.rules = {{"a-rule", "{ drop = \"reply\" }"}}});
}

/// What a failed comparison shows.
inline void PrintTo(const Counts& counts, std::ostream* out) {
    *out << "messages " << counts.messages << ", recipients " << counts.recipients << ", attempts "
         << counts.attempts << ", copies " << counts.copies << ", extra " << counts.extra_copies
         << ", suppressed " << counts.copies_suppressed << ", discarded " << counts.copies_discarded
         << ", twice on the wire " << counts.wire_duplicated << ", unexpected " << counts.unexpected
         << ", transactions " << counts.transactions_accepted;
    const auto each = [&](const auto& tally, const auto& names) {
        for (std::size_t i = 0; i < names.size(); ++i) {
            using Value = typename std::decay_t<decltype(tally)>::Value;
            const std::uint64_t count = tally[static_cast<Value>(i)];
            if (count > 0) *out << ", " << names[i] << " " << count;
        }
    };
    each(counts.verdicts, verdict_names);
    each(counts.sender_ends, sender_end_names);
    each(counts.causes, trigger_names);
    each(counts.routes, route_names);
    for (const auto& [copies, pairs] : counts.copies_histogram) {
        *out << ", " << pairs << " x " << copies;
    }
}

inline void PrintTo(const TimeSpread& spread, std::ostream* out) {
    *out << spread.count << " times, p50 " << spread.p50.count() << ", p90 " << spread.p90.count()
         << ", p99 " << spread.p99.count() << ", max " << spread.max.count() << ", censored "
         << spread.censored;
}

inline void PrintTo(const ExtraCopy& extra, std::ostream* out) {
    *out << "message " << extra.message << ", recipient " << extra.recipient << ", copy "
         << extra.copy << ", attempt " << extra.attempt << ", " << to_string(extra.trigger) << ", "
         << to_string(extra.route) << (extra.inferred ? ", inferred" : "") << ", gaps "
         << extra.server_gap.value_or(-1ns).count() << " "
         << extra.network_gap.value_or(-1ns).count();
}

inline Counts counted(const std::vector<Mail>& mails, const std::vector<Event>& others = {}) {
    return judged(mails, others).counts;
}

}  // namespace twofifty::harness
