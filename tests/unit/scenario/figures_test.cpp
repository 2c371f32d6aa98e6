// The names of figures and the bounds on them.
#include "harness/scenario/figures.hpp"

#include <gtest/gtest.h>

#include <array>

namespace twofifty::harness {
namespace {

TEST(Figures, EachNameHasItsCanonicalForm) {
    const std::array<std::pair<std::string, std::string>, 16> names{{
        {"duplicated", "verdicts.duplicated"},
        {"verdicts.duplicated", "verdicts.duplicated"},
        {"pending", "verdicts.pending"},
        {"sender_ends.pending", "sender_ends.pending"},
        {"acknowledged", "sender_ends.acknowledged"},
        {"extra_copies", "extra_copies"},
        {"causes.reply_dropped", "causes.reply_dropped"},
        {"routes.next_host", "routes.next_host"},
        {"copies_histogram.2", "copies_histogram.2"},
        {"latency.data_done.p99", "latency_ms.data_done.p99"},
        {"latency_ms.data_done.censored", "latency_ms.data_done.censored"},
        {"time_to_delivery.max", "time_to_delivery_ms.max"},
        {"time_to_acknowledge_ms.p50", "time_to_acknowledge_ms.p50"},
        {"fired.lose-250", "rules.lose-250.fired"},
        {"matched.lose-250", "rules.lose-250.matched"},
        {"rules.lose-250.fired", "rules.lose-250.fired"},
    }};
    for (const auto& [written, canonical] : names)
        EXPECT_EQ(canonical_figure(written), canonical) << written;
}

TEST(Figures, ACanonicalNameIsItsOwn) {
    for (const char* name : {"verdicts.lost", "latency_ms.rcpt.p50", "rules.fired.fired",
                             "rules.matched.fired", "time_to_delivery_ms.p90"})
        EXPECT_EQ(canonical_figure(name), name);
}

TEST(Figures, UnknownNamesHaveNone) {
    for (const char* name :
         {"", "lst", "LOST", "verdicts", "verdicts.", "latency.data_done", "latency.none.p50",
          "latency.other.p50", "latency.data_done.p95", "time_to_delivery.censored", "fired",
          "fired.", "rules..fired", "rules.fired", "copies_histogram.", "copies_histogram.-1",
          "copies_histogram.2x", "copies_histogram.4294967297", "causes.lost"})
        EXPECT_EQ(canonical_figure(name), "") << name;
}

Expectation read(std::string_view figure, std::string_view bound) {
    return read_expectation(figure, bound, {}, {});
}

TEST(Bounds, EachOperatorIsRead) {
    const std::array<std::pair<std::string, Comparison>, 6> bounds{
        {{"== 1", Comparison::equal},
         {"!= 1", Comparison::not_equal},
         {"< 1", Comparison::less},
         {"<= 1", Comparison::less_or_equal},
         {"> 1", Comparison::greater},
         {">=1", Comparison::greater_or_equal}}};
    for (const auto& [bound, comparison] : bounds)
        EXPECT_EQ(
            read("lost", bound),
            (Expectation{.figure = "lost", .bound = bound, .comparison = comparison, .value = 1}));
}

TEST(Bounds, AShareIsAFractionOfOne) {
    EXPECT_EQ(read("duplicated", " <= 2.5 % "),
              (Expectation{.figure = "duplicated",
                           .bound = " <= 2.5 % ",
                           .comparison = Comparison::less_or_equal,
                           .value = 0.025,
                           .percent = true}));
}

TEST(Bounds, ATimeIsInMilliseconds) {
    EXPECT_EQ(read("latency.data_done.p99", "< 1.5s"),
              (Expectation{.figure = "latency.data_done.p99",
                           .bound = "< 1.5s",
                           .comparison = Comparison::less,
                           .value = 1500}));
}

TEST(Bounds, WhatDoesNotFitIsRefused) {
    const std::array<std::pair<const char*, const char*>, 12> bad{
        {{"lost", "== 1.5"},
         {"lost", "== 1e3"},
         {"lost", "== +1"},
         {"lost", "== 1 1"},
         {"lost", "=== 1"},
         {"lost", "== nan%"},
         {"lost", "== %"},
         {"lost", ""},
         {"latency.data_done.censored", "< 1s"},
         {"latency.data_done.p50", "< 1"},
         {"latency.data_done.p50", "< 3%"},
         {"causes.loop", "< 3%"}}};
    for (const auto& [figure, bound] : bad)
        EXPECT_THROW(read(figure, bound), settings::Error) << figure << " " << bound;
}

}  // namespace
}  // namespace twofifty::harness
