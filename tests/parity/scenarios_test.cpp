// Every scenario that is shipped keeps the promise of its header, on sockets and in virtual time.
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
        if (entry.path().extension() == ".toml")
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

class Scenario : public testing::TestWithParam<std::string> {
protected:
    static void expect_passed(std::vector<std::string> options) {
        const cli::TempFolder folder;
        options.insert(options.begin(),
                       {"run", (fs::path(TWOFIFTY_SOURCE_DIR) / GetParam()).string(), "--out",
                        (folder / "results").string()});
        const cli::Ended ended =
            cli::twofifty(options, folder.path(), {}, std::chrono::seconds{100});
        EXPECT_EQ(ended.exit_code, 0) << ended.story();
    }
};

TEST_P(Scenario, PassesInVirtualTime) {
    expect_passed({"--virtual"});
}

TEST_P(Scenario, PassesOnSockets) {
    expect_passed({});
}

INSTANTIATE_TEST_SUITE_P(Shipped, Scenario, testing::ValuesIn(shipped_scenarios()), test_name);

}  // namespace
}  // namespace twofifty
