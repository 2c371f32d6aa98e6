#include "harness/target/forwarder.hpp"

#include "record/check.hpp"
#include "world/deadline.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace twofifty::harness {

using smtp::RecipientResult;
using world::Result;
using world::Task;

namespace {

/// The dialogue of a hop between receivers is not the fleet's: only how it ended is recorded.
class NoRecord final : public Recorder {
public:
    void record(Event) override {}
};

NoRecord no_record;

}  // namespace

Forwarder::Forwarder(ForwarderParts parts, const ReceiverSettings& settings, std::string hostname,
                     std::atomic<std::uint32_t>& count)
    : parts_(std::move(parts)),
      settings_(settings),
      count_(count),
      queue_(parts_.clock, parts_.recorder, parts_.node, "outgoing"),
      tasks_(parts_.clock.ready()) {
    client_.helo = std::move(hostname);
    client_.timeouts[Phase::data_done] = settings.forward_timeout;
}

void Forwarder::know(const std::string& name, const world::Endpoint& endpoint) {
    Destination& destination = destinations_.emplace_back(name, endpoint, parts_.clock.ready());
    tasks_.spawn(serve(destination));
}

void Forwarder::take(const std::string& to, Forwarded message) {
    const auto found = std::ranges::find(destinations_, to, &Destination::name);
    TF_CHECK(found != destinations_.end());
    ++count_;
    queue_.enter(message.queued);
    found->waiting.emplace(message.queued, std::move(message));
    found->arrived.notify_all();
}

Task<> Forwarder::serve(Destination& destination) {
    while (true) {
        if (has_due(destination)) {
            co_await empty(destination);
        } else {
            const auto first = destination.waiting.begin();
            const TimePoint due = first == destination.waiting.end() ? never : first->first;
            co_await world::within(parts_.clock, due, destination.arrived.wait());
        }
    }
}

bool Forwarder::has_due(const Destination& destination) const {
    return !destination.waiting.empty() && destination.waiting.begin()->first <= parts_.clock.now();
}

Forwarded Forwarder::next(Destination& destination) {
    Forwarded message = std::move(destination.waiting.begin()->second);
    destination.waiting.erase(destination.waiting.begin());
    ++message.attempts;
    return message;
}

/// One connection: everything that is due goes over it, as long as it can be used.
Task<> Forwarder::empty(Destination& destination) {
    Forwarded message = next(destination);
    const TimePoint deadline = parts_.clock.now() + client_.timeouts[Phase::connect];
    Result<std::unique_ptr<world::Stream>> stream = co_await world::within(
        parts_.clock, deadline, parts_.network.connect(destination.endpoint));
    if (!stream) {
        const std::vector<RecipientResult> nothing(message.recipients.size());
        settle(destination, std::move(message), nothing);
        co_return;
    }
    smtp::ClientSession session(parts_.clock, std::move(*stream), client_, no_record, 0,
                                parts_.node);
    const std::optional<smtp::ClientSession::Failure> failure = co_await session.open();
    if (failure) {
        std::vector<RecipientResult> refused(message.recipients.size());
        for (RecipientResult& result : refused) result.code = failure->code;
        settle(destination, std::move(message), refused);
    } else {
        bool more = true;
        while (more) {
            const std::vector<RecipientResult> results = co_await hand_over(session, message);
            settle(destination, std::move(message), results);
            more = session.usable() && has_due(destination);
            if (more) message = next(destination);
        }
    }
    co_await session.quit();
}

Task<std::vector<RecipientResult>> Forwarder::hand_over(smtp::ClientSession& session,
                                                        const Forwarded& message) {
    const MadeMessage made = parts_.make(message.ordinal, message.message_id);
    std::string content;
    for (const std::string& header : message.trace) content += header + "\r\n";
    content += made.content;
    smtp::OutgoingMessage outgoing{.ordinal = message.ordinal,
                                   .attempt = message.attempts,
                                   .sender = made.sender,
                                   .content = content,
                                   .eight_bit = made.eight_bit};
    for (const auto& [number, address] : message.recipients)
        outgoing.recipients.push_back({number, address});
    std::vector<RecipientResult> results = co_await session.hand_over(outgoing);
    co_return std::move(results);
}

/// Records how it went for each recipient, and queues the message again for those who are still to
/// be served.
void Forwarder::settle(Destination& destination, Forwarded message,
                       const std::vector<RecipientResult>& results) {
    const TimePoint now = parts_.clock.now();
    std::vector<std::pair<std::uint32_t, std::string>> open;
    for (std::size_t i = 0; i < results.size(); ++i) {
        parts_.recorder.record(Event{.at = now,
                                     .kind = EventKind::forwarded,
                                     .outcome = results[i].outcome,
                                     .code = results[i].code,
                                     .node = parts_.node,
                                     .message = message.ordinal,
                                     .recipient = message.recipients[i].first,
                                     .attempt = message.attempts,
                                     .duration = now - message.queued,
                                     .quantity = message.received_headers,
                                     .text = destination.name});
        const bool settled = results[i].outcome == Outcome::accepted ||
                             results[i].outcome == Outcome::refused_for_good;
        if (!settled) open.push_back(std::move(message.recipients[i]));
    }
    const TimePoint due = now + settings_.forward_retry;
    if (open.empty() || due > message.queued + settings_.forward_lifetime) {
        --count_;
        queue_.leave(message.queued);
        return;
    }
    message.recipients = std::move(open);
    destination.waiting.emplace(due, std::move(message));
}

}  // namespace twofifty::harness
