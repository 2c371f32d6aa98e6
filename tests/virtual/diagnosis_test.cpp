// Does a diagnosis find the cause that a scenario planted? It is given what an operator would have:
// the events of rules are taken out, and the scenario is not shown. Each variant of the case of six
// copies runs with twenty seeds.
#include "harness/diagnose/diagnose.hpp"
#include "tests/support/virtual_run.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace twofifty::test {
namespace {

using harness::Cause;
using harness::Diagnosis;

/// What nobody in a real incident has.
bool tells_of_a_rule(const Event& event) {
    return event.kind == EventKind::rule_fired || event.kind == EventKind::rule_achieved ||
           event.kind == EventKind::rule_matched;
}

Diagnosis diagnosed(VirtualRun run) {
    std::erase_if(run.events, tells_of_a_rule);
    for (Event& event : run.events) event.rule = 0;
    return harness::diagnose(run.events, {.receivers = {"domino", "communigate", "ibm-i"}});
}

/// The text with one thing in place of another, which must be there.
std::string with(std::string text, const std::string& old, const std::string& replacement) {
    const std::size_t place = text.find(old);
    EXPECT_NE(place, std::string::npos) << old;
    if (place != std::string::npos) text.replace(place, old.size(), replacement);
    return text;
}

struct Variant {
    const char* name;
    Cause cause;
};

class SixCopies : public testing::TestWithParam<Variant> {};

TEST_P(SixCopies, AreTracedToTheirCauseWithTwentySeeds) {
    // A smaller day is as telling.
    const std::string text =
        with(source_file(fmt::format("scenarios/six-copies/{}.toml", GetParam().name)),
             "rate = \"2000/h\"", "rate = \"100/h\"");
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const Diagnosis diagnosis =
            diagnosed(run_virtual(text, {.seed = seed, .short_read_chance = 0}));
        EXPECT_EQ(to_string(diagnosis.cause), to_string(GetParam().cause)) << "seed " << seed;
        EXPECT_LE(diagnosis.causes.size(), 1U) << "seed " << seed << ": one cause was planted";
    }
}

INSTANTIATE_TEST_SUITE_P(Planted, SixCopies,
                         testing::Values(Variant{"congested-border", Cause::congested_network},
                                         Variant{"busy-servers", Cause::busy_servers},
                                         Variant{"mail-loop", Cause::mail_loop},
                                         Variant{"all-well", Cause::nothing_wrong}),
                         [](const testing::TestParamInfo<Variant>& variant) {
                             std::string name = variant.param.name;
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name;
                         });

// The letter itself: border and servers act together, and both are found; six copies at each
// server. The first four hours have two standstills of each.
TEST(SixCopiesLetter, HasBothCausesAndSixCopiesAtEachServer) {
    const std::string text =
        with(source_file("scenarios/six-copies.toml"), "duration = \"10h\"", "duration = \"4h\"");
    const Diagnosis diagnosis = diagnosed(run_virtual(text, {.seed = 6, .short_read_chance = 0}));
    std::vector<Cause> causes;
    for (const harness::CauseShare& share : diagnosis.causes) causes.push_back(share.cause);
    EXPECT_THAT(causes,
                testing::UnorderedElementsAre(Cause::busy_servers, Cause::congested_network));
    ASSERT_EQ(diagnosis.receivers.size(), 3U);
    for (const harness::ReceiverSeen& receiver : diagnosis.receivers)
        EXPECT_EQ(receiver.copies_most, 6U) << receiver.name;
}

}  // namespace
}  // namespace twofifty::test
