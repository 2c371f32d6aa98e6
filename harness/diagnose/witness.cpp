#include "harness/diagnose/witness.hpp"

#include <algorithm>

namespace twofifty::harness {

void Witness::add(const Event& event) {
    last = std::max(last, event.at);
    history.add(event);
    switch (event.kind) {
        case EventKind::copy_found:
            if (!names_pair(event)) ++unexpected;
            break;
        case EventKind::copy_suppressed:
            if (names_pair(event))
                history.add_copy(event);
            else
                ++unexpected;
            break;
        case EventKind::server_gone: add_server_gone(event); break;
        case EventKind::copy_discarded: ++discarded[{event.node, event.text}]; break;
        case EventKind::forwarded: add_forward(event); break;
        case EventKind::queue_sampled: queues.add(event); break;
        case EventKind::layer_not_following: ++opaque; break;
        case EventKind::drain_ended: ended = true; break;
        // The rest the history knows, or nobody in a real incident does.
        default: break;
    }
}

void Witness::finish() {
    history.connections.join();
    queues.finish(last);
}

void Witness::add_forward(const Event& event) {
    Forwards& way = forwards[{event.node, event.text}];
    ++way.count;
    way.headers.insert(event.quantity);
    if (event.outcome == Outcome::unknown) ++way.unanswered;
    if (event.outcome != Outcome::accepted || !names_pair(event)) return;
    std::vector<Hop>& pair = hops[{event.message, event.recipient}];
    if (pair.size() < hops_most)
        pair.push_back({event.at,
                        static_cast<std::uint32_t>(std::max<std::int64_t>(0, event.quantity)),
                        event.text});
}

void Witness::add_server_gone(const Event& event) {
    if (event.message == 0) return;
    if (event.phase != Phase::data_xfer && event.phase != Phase::data_done) return;
    MessageHistory& message = history.message(event.message);
    history.interferences.append(message.interferences, {.at = event.at,
                                                         .layer_attempt = event.attempt,
                                                         .layer_connection = event.connection,
                                                         .phase = event.phase,
                                                         .what = Interference::server_gone});
}

}  // namespace twofifty::harness
