// The scenario of each effect, and those after incidents: each keeps the promise of its header.
#include "tests/support/virtual_run.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace twofifty {
namespace {

namespace files = std::filesystem;

std::vector<std::string> scenarios() {
    std::vector<std::string> names;
    for (const char* folder : {"effects", "incidents"}) {
        const files::path place = files::path(TWOFIFTY_SOURCE_DIR) / "scenarios" / folder;
        for (const auto& entry : files::directory_iterator(place))
            names.push_back(std::string(folder) + "/" + entry.path().filename().string());
    }
    std::ranges::sort(names);
    return names;
}

class EffectScenario : public testing::TestWithParam<std::string> {};

TEST_P(EffectScenario, KeepsItsPromise) {
    const test::VirtualRun run = test::run_virtual(test::source_file("scenarios/" + GetParam()));
    EXPECT_EQ(run.ended, world::virtual_world::Ended::finished);
    EXPECT_EQ(run.summary.result, harness::Result::passed)
        << testing::PrintToString(run.summary.result_reasons);
    EXPECT_EQ(run.judgement.counts.copies, run.judgement.counts.transactions_accepted);
}

INSTANTIATE_TEST_SUITE_P(All, EffectScenario, testing::ValuesIn(scenarios()),
                         [](const auto& tested) {
                             std::string name = files::path(tested.param).stem().string();
                             std::ranges::replace(name, '-', '_');
                             return name;
                         });

}  // namespace
}  // namespace twofifty
