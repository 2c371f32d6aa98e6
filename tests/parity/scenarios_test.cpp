// Every scenario that is shipped keeps the promise of its header, on sockets and in virtual time.
#include "harness/report/format.hpp"
#include "tests/cli/child.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <string>
#include <vector>

namespace twofifty {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> shipped_scenarios() {
    const fs::path root = TWOFIFTY_SOURCE_DIR;
    std::vector<std::string> paths;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root / "scenarios"))
        // Those with real servers know no virtual time: tests/servers/shipped_test.cpp.
        if (entry.path().extension() == ".toml" &&
            entry.path().parent_path() != root / "scenarios/servers")
            paths.push_back(fs::relative(entry.path(), root).string());
    std::ranges::sort(paths);
    return paths;
}

/// "scenarios/effects/drip.toml" is the test effects_drip.
std::string test_name(const testing::TestParamInfo<std::string>& info) {
    const fs::path path = fs::path(info.param).lexically_relative("scenarios");
    std::string name = (path.parent_path() / path.stem()).string();
    std::ranges::replace_if(
        name, [](unsigned char c) { return !std::isalnum(c); }, '_');
    return name;
}

/// A scenario whose virtual run lasts longer than this is not run on sockets too: they would take
/// as long. Those are the ones about real servers' minutes and days.
constexpr double longest_on_sockets_s = 45;

class Scenario : public testing::TestWithParam<std::string> {
protected:
    /// Expects it to pass. Yields how long the run was on its own clock.
    static double run(std::vector<std::string> options) {
        const cli::TempFolder folder;
        const fs::path results = folder / "results";
        options.insert(options.begin(),
                       {"run", (fs::path(TWOFIFTY_SOURCE_DIR) / GetParam()).string(), "--out",
                        results.string()});
        const cli::Ended ended =
            cli::twofifty(options, folder.path(), {}, std::chrono::seconds{100});
        EXPECT_EQ(ended.exit_code, 0) << ended.story();
        if (ended.exit_code != 0) return 0;
        return harness::read_json(cli::read_text(results / "latest" / "summary.json"),
                                  "summary.json")
            .duration_s;
    }
};

TEST_P(Scenario, PassesInVirtualTime) {
    run({"--virtual"});
}

TEST_P(Scenario, PassesOnSockets) {
    const double seconds = run({"--virtual"});
    if (seconds > longest_on_sockets_s) return;
    run({});
}

INSTANTIATE_TEST_SUITE_P(Shipped, Scenario, testing::ValuesIn(shipped_scenarios()), test_name);

}  // namespace
}  // namespace twofifty
