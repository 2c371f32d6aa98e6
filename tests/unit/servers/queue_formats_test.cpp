// What the queue commands of real servers print, from samples of theirs in tests/servers/samples.
#include "harness/servers/queue_formats.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>

namespace twofifty::harness {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

std::string sample(const std::string& name) {
    std::ifstream file(fs::path(TWOFIFTY_SOURCE_DIR) / "tests/servers/samples" / name);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::ostream& show(std::ostream& out, const std::optional<QueueLook>& look) {
    if (!look) return out << "nothing";
    return out << look->messages << " messages, " << look->deferred << " deferred, oldest "
               << look->oldest / 1s << " s";
}

void expect_look(const std::optional<QueueLook>& look, const QueueLook& expected) {
    std::ostringstream text;
    show(text, look);
    EXPECT_TRUE(look == std::optional(expected)) << text.str();
}

TEST(QueueFormats, PostfixTellsOfEachMessageAndItsQueue) {
    expect_look(read_queue_output(QueueFormat::postqueue, sample("postqueue.txt"), 1795994280),
                {.messages = 3, .deferred = 3, .oldest = 10s});
}

TEST(QueueFormats, EximTellsAgesInWholeMinutes) {
    expect_look(read_queue_output(QueueFormat::exim, sample("exim.txt"), 0), {.messages = 3});
    expect_look(read_queue_output(QueueFormat::exim,
                                  "25m  2.9K 0t5C6f-0000c8-00 <a@x.test>\n          b@x.test\n\n"
                                  " 3h   333 1xXnzh-00000F-30 <>\n          b@x.test\n",
                                  0),
                {.messages = 2, .oldest = 3h});
}

TEST(QueueFormats, SendmailLeavesTheYearOut) {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
    constexpr std::time_t arrival = 1795993800;  // Sun Nov 29 23:10 of 2026.
    expect_look(read_queue_output(QueueFormat::sendmail, sample("sendmail.txt"), arrival + 300),
                {.messages = 3, .deferred = 3, .oldest = 5min});
    // Looked at in January, it came last year.
    constexpr std::time_t days = 33 * 86'400;
    expect_look(read_queue_output(QueueFormat::sendmail, sample("sendmail.txt"), arrival + days),
                {.messages = 3, .deferred = 3, .oldest = 33 * 24h});
}

TEST(QueueFormats, OpenSmtpdTellsOfEachEnvelope) {
    const std::string text = sample("smtpctl.txt");
    expect_look(read_queue_output(QueueFormat::smtpctl, text, 1795994160),
                {.messages = 3, .deferred = 3, .oldest = 6s});
    // A second envelope of one message is no second message.
    const std::string first = text.substr(0, text.find('\n') + 1);
    expect_look(read_queue_output(QueueFormat::smtpctl, first + first, 1795994160),
                {.messages = 1, .deferred = 1, .oldest = 6s});
}

class QueueFolder : public testing::Test {
protected:
    QueueFolder() {
        std::string pattern = (fs::temp_directory_path() / "queue-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
    }
    ~QueueFolder() override {
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
    }
    void add(const std::string& name) const {
        fs::create_directories((folder_ / name).parent_path());
        std::ofstream(folder_ / name) << "x";
    }

    fs::path folder_;
};

TEST_F(QueueFolder, HarakasFilesSayInTheirNamesWhenTheyCame) {
    std::istringstream names(sample("haraka.txt"));
    for (std::string name; std::getline(names, name);) add(name);
    add("__tmp__1795990000000_1795990000000_0_7_NdrH0z_13_haraka.test");
    expect_look(read_queue_folder(QueueFormat::haraka, folder_, 1795994013),
                {.messages = 3, .deferred = 3, .oldest = 10s});
}

TEST_F(QueueFolder, OtherFilesAreCountedAtAnyDepth) {
    add("msgs/1");
    add("msgs/a/2");
    EXPECT_EQ(read_queue_folder(QueueFormat::files, folder_, std::time(nullptr)).messages, 2U);
}

TEST_F(QueueFolder, OneThatIsMissingIsEmpty) {
    expect_look(read_queue_folder(QueueFormat::files, folder_ / "none", 0), {});
}

TEST(QueueFormats, AnEmptyQueueIsOne) {
    expect_look(read_queue_output(QueueFormat::postqueue, "", 0), {});
    expect_look(read_queue_output(QueueFormat::exim, "", 0), {});
    expect_look(read_queue_output(QueueFormat::smtpctl, "", 0), {});
    expect_look(read_queue_output(QueueFormat::sendmail,
                                  "/run/twofifty/queue is empty\n\t\tTotal requests: 0\n", 0),
                {});
}

// A server that is down says so in words: that is no queue with nothing in it.
TEST(QueueFormats, WhatIsNoQueueIsNone) {
    EXPECT_FALSE(
        read_queue_output(QueueFormat::postqueue, "postqueue: fatal: mail system is down\n", 0));
    EXPECT_FALSE(read_queue_output(QueueFormat::smtpctl, "smtpctl: could not connect\n", 0));
    EXPECT_FALSE(read_queue_output(QueueFormat::none, "", 0));
}

}  // namespace
}  // namespace twofifty::harness
