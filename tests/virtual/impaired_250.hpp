// What tests of effects share: a rule on the 250 of message 1, and the events that it makes.
#pragma once

#include "tests/virtual/proxy_bench.hpp"

#include <string>
#include <utility>
#include <vector>

namespace twofifty::test {

inline const std::string accepted_reply = "{ phase = 'data_done', reply = '2xx' }";
inline constexpr const char* heard_250 = "250 2.0.0 Ok: queued as A1|";

/// A firing on the 250 of message 1, as rule_fired; achieved() makes its rule_achieved.
inline Event fired(std::string text, Duration asked = {}, TimePoint when = {}) {
    return {.at = when,
            .kind = EventKind::rule_fired,
            .phase = Phase::data_done,
            .code = 250,
            .message = 1,
            .attempt = 1,
            .connection = 1,
            .rule = 1,
            .duration = asked,
            .text = std::move(text)};
}

inline Event achieved(std::string how, TimePoint when, Duration duration) {
    Event event = fired(std::move(how), duration, when);
    event.kind = EventKind::rule_achieved;
    return event;
}

inline std::vector<Event> firings(const ProxyBench& bench) {
    std::vector<Event> events;
    for (const Event& event : bench.recorder.events)
        if (event.kind == EventKind::rule_fired || event.kind == EventKind::rule_achieved)
            events.push_back(event);
    return events;
}

/// Message 1 up to its final dot, and then the server's 250, at the start of time.
inline void answer_message(ProxyBench& bench) {
    bench.greet();
    bench.send_message();
    bench.server.says(queued);
}

}  // namespace twofifty::test
