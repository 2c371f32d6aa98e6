// A sweep is carried out in virtual time; a small one is carried out on sockets too, and each cell
// must come to the same verdicts.
#include "tests/cli/child.hpp"

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

namespace twofifty {
namespace {

/// A ladder in small: timers of 300 and 1500 ms against replies after 50, 700 and 2500 ms, so that
/// no reply comes near a timer and a busy machine changes nothing.
constexpr std::string_view ladder = R"(# Who duplicates?
name = "ladder"
[fleet]
senders = 4
messages = 12
rate = "20/s"
connections = 12
retry = { schedule = ["300ms"], most_failures = 3 }
[target.reference]
service_time = "50ms"
[drain]
quiet_for = "200ms"
budget = "30s"
[sweep]
seeds = 1
[[sweep.axis]]
key = "target.reference.service_time"
values = ["50ms", "700ms", "2500ms"]
[[sweep.axis]]
key = "fleet.timeouts.data_done"
values = ["300ms", "1500ms"]
)";

/// Of each cell: its values, and what became of its mail, without times.
std::vector<std::string> verdicts(const std::vector<std::string>& options) {
    const cli::TempFolder folder;
    std::vector<std::string> arguments{"sweep",   folder.write("ladder.toml", ladder),
                                       "--quiet", "--yes",
                                       "--out",   (folder / "results").string()};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const cli::Ended ended = cli::twofifty(arguments, folder.path(), {}, std::chrono::seconds{100});
    EXPECT_EQ(ended.exit_code, 0) << ended.story();
    if (ended.exit_code != 0) return {};
    std::istringstream csv(cli::read_text(folder / "results/latest-sweep/sweep.csv"));
    std::vector<std::string> cells;
    for (std::string line; std::getline(csv, line);) {
        // Up to the first figure that is a share or a time.
        std::size_t end = 0;
        for (int column = 0; column < 16 && end != std::string::npos; ++column)
            end = line.find(',', end + 1);
        cells.push_back(line.substr(0, end));
    }
    return cells;
}

TEST(SweepCells, ComeToTheSameVerdictsOnSocketsAndInVirtualTime) {
    const std::vector<std::string> in_virtual_time = verdicts({});
    ASSERT_EQ(in_virtual_time.size(), 7U);  // The heading, and six cells.
    EXPECT_EQ(verdicts({"--real"}), in_virtual_time);
}

}  // namespace
}  // namespace twofifty
