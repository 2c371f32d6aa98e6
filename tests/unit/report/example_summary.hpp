// A summary in which every field has a value of its own, and names that try to break each format.
#pragma once

#include "harness/report/summary.hpp"

namespace twofifty::harness {

inline Summary example_summary() {
    Summary summary;
    summary.scenario = "lost-250";
    summary.question = "What does a 2 % loss of the reply to the final dot do?";
    summary.version = "0.1.0";
    summary.seed = 18446744073709551615ULL;
    summary.world = "virtual";
    summary.started_at = "2026-11-23T20:00:00Z";
    summary.duration_s = 14.25;
    summary.digest = "00112233445566778899aabbccddeeff";
    summary.result = Result::passed;
    summary.result_reasons = {"Every expectation held."};
    summary.messages = 2000;
    summary.recipients = 2000;
    summary.attempts = 2043;
    summary.transactions_accepted = 2041;
    summary.copies = 2041;
    summary.copies_queued = 2044;
    summary.copies_suppressed = 3;
    summary.copies_discarded = 5;
    summary.wire_duplicated = 43;
    summary.extra_copies = 41;
    summary.verdicts = {{"once", 1960}, {"duplicated", 40}, {"lost", 0},      {"ghost", 0},
                        {"failed", 0},  {"pending", 0},     {"corrupted", 0}, {"unobserved", 0}};
    summary.sender_ends = {{"acknowledged", 2000}, {"gave_up", 0}, {"pending", 0}};
    summary.causes = {{"reply_dropped", 41}, {"reply_late_server", 0}};
    summary.routes = {{"same_host", 41}, {"next_host", 0}, {"recipient_subset", 0}};
    summary.copies_histogram = {{"1", 1960}, {"2", 39}, {"3", 1}};
    summary.latency = {
        {"connect", {.count = 80, .p50 = 0.21, .p90 = 0.33, .p99 = 0.41, .max = 1.5}},
        {"data_done",
         {.count = 2002, .censored = 41, .p50 = 0.61, .p90 = 0.92, .p99 = 4.75, .max = 13.25}}};
    summary.time_to_acknowledge = {.count = 2000, .p50 = 2.5, .p90 = 3.5, .p99 = 3004, .max = 7012};
    summary.time_to_delivery = {.count = 2000, .p50 = 2.25, .p90 = 3, .p99 = 5, .max = 14};
    summary.observed_at = "the reference receiver";
    summary.rules = {{"lose-250", "{ drop = \"reply\" }", 2043, 41}};
    summary.expectations = {{"duplicated", "<= 3%", 2.0, "%", true},
                            {"lost", "== 0", 0.0, "", true},
                            {"latency.data_done.p99", "< 1s", 4.75, "ms", true}};
    summary.queues = {{.receiver = "domino",
                       .queue = "incoming",
                       .depth_max = 37,
                       .depth_max_at_s = 4800,
                       .oldest_s = 250.5,
                       .samples = {{60, 12}, {4800, 37}, {4860, 0}}}};
    summary.discrepancies = 1;
    summary.discrepancies_named = {{7, "r1@recipient.test", 2, 1}};
    summary.assumptions = {"A reply is late when the sender's timer ended first."};
    summary.examples = {{17,
                         "Message 17: 2 copies; the reply to the final dot was dropped",
                         {{0, "submitted to sender 3, 8192 bytes"},
                          {0.5, "attempt 1 starts"},
                          {2000.5, "sender gave up waiting for the reply to the final dot"}}}};
    return summary;
}

/// Names and texts that a format must not take for its own.
inline constexpr const char* hostile = "a<b>&\"c'|d*_`]]>\x1b";

inline Summary hostile_summary() {
    Summary summary = example_summary();
    summary.scenario = hostile;
    summary.question = hostile;
    summary.result_reasons = {hostile};
    summary.observed_at = hostile;
    summary.rules[0].name = hostile;
    summary.rules[0].effect = hostile;
    summary.expectations[0].figure = hostile;
    summary.expectations[0].held = false;
    summary.result = Result::failed;
    summary.discrepancies_named[0].recipient = hostile;
    summary.queues[0].receiver = hostile;
    summary.assumptions = {hostile};
    summary.examples[0].title = hostile;
    summary.examples[0].timeline[0].text = hostile;
    return summary;
}

}  // namespace twofifty::harness
