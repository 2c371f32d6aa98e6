// A disk that is full while results are written: said so, exit 4, and what was stored before can be
// judged.
#include "tests/cli/child.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <algorithm>
#include <csignal>

namespace twofifty::cli {
namespace {

using testing::AnyOf;
using testing::HasSubstr;
using testing::MatchesRegex;

constexpr const char* scenario = "name = \"s\"\nfleet.messages = 20000\n";

/// No file may grow beyond this. The signal that comes with the refusal is ignored: a full disk
/// sends none.
void limit_files(rlim_t bytes) {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{bytes, bytes};
    setrlimit(RLIMIT_FSIZE, &limit);
}

/// The folder "disk" becomes a file system of half a MiB, for this process alone. Where that is not
/// allowed, files are limited instead.
void tiny_disk() {
    if (unshare(CLONE_NEWNS) == 0 &&
        mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
        mount("tmpfs", "disk", "tmpfs", 0, "size=512k") == 0)
        return;
    limit_files(512 * 1024);
}

TEST(DiskFull, DuringTheRunItIsSaidAndTheExitCodeIsFour) {
    const TempFolder folder;
    folder.write("s.toml", scenario);
    std::filesystem::create_directory(folder / "disk");
    for (const char* world : {"--virtual", "--quiet"}) {
        const Ended ended =
            twofifty({"run", world, "s.toml", "--out", "disk"}, folder.path(), tiny_disk);
        EXPECT_EQ(ended.exit_code, 4) << ended.story();
        EXPECT_THAT(ended.err, HasSubstr("cannot write the ledger disk/s/"));
        // A limit on files, where the tiny disk is not allowed, is an I/O error to SQLite.
        EXPECT_THAT(ended.err, AnyOf(HasSubstr("the disk is full"), HasSubstr("disk I/O error")));
        EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1) << ended.err;
    }
}

TEST(DiskFull, WhatWasStoredBeforeIsJudgedAsIncomplete) {
    const TempFolder folder;
    folder.write("s.toml", scenario);
    const Ended run =
        twofifty({"run", "--virtual", "s.toml"}, folder.path(), [] { limit_files(512 * 1024); });
    EXPECT_EQ(run.exit_code, 4) << run.story();
    const Ended report = twofifty({"report", "results/latest"}, folder.path());
    EXPECT_EQ(report.exit_code, 2) << report.story();
    EXPECT_THAT(report.out, HasSubstr("The run stopped before"));
}

TEST(DiskFull, BeforeTheFirstEventItIsSaidToo) {
    const TempFolder folder;
    folder.write("s.toml", scenario);
    const Ended ended =
        twofifty({"run", "--virtual", "s.toml"}, folder.path(), [] { limit_files(16 * 1024); });
    EXPECT_EQ(ended.exit_code, 4) << ended.story();
    EXPECT_THAT(ended.err, HasSubstr("the ledger results/s/"));
}

TEST(DiskFull, WhileAReportIsWrittenItIsSaid) {
    const TempFolder folder;
    folder.write("s.toml", "name = \"s\"\nfleet.messages = 2\n");
    const Ended ended =
        twofifty({"run", "--virtual", "s.toml", "--junit", "/dev/full"}, folder.path());
    EXPECT_EQ(ended.exit_code, 4) << ended.story();
    EXPECT_THAT(ended.err, HasSubstr("cannot write /dev/full: No space left on device\n"));
}

}  // namespace
}  // namespace twofifty::cli
