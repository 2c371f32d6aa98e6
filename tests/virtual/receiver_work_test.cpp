// What a receiver does before its 250, in virtual time and so exactly: how long it works, when it
// commits, what it throws away, whom it refuses.
#include "harness/target/recently_seen.hpp"
#include "harness/target/workers.hpp"
#include "tests/virtual/one_message.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <utility>

namespace twofifty {
namespace {

using namespace std::chrono_literals;
using harness::SizePoint;
using harness::Stalls;
using harness::time_for_size;
using harness::work_end;
using test::one_message;
using test::run_virtual;
using test::times_of;
using test::VirtualRun;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

const std::vector<SizePoint> points{{.size = 50'000, .time = 29s}, {.size = 100'000, .time = 55s}};

TEST(TimeForSize, LiesOnTheLineBetweenThePoints) {
    EXPECT_EQ(time_for_size(points, 50'000), 29s);
    EXPECT_EQ(time_for_size(points, 75'000), 42s);
    EXPECT_EQ(time_for_size(points, 100'000), 55s);
}

TEST(TimeForSize, GoesOnBeyondThePointsAndNeverBelowNothing) {
    EXPECT_EQ(time_for_size(points, 150'000), 81s);
    EXPECT_EQ(time_for_size(points, 25'000), 16s);
    const std::vector<SizePoint> steep{{.size = 1000, .time = 1s}, {.size = 2000, .time = 5s}};
    EXPECT_EQ(time_for_size(steep, 500), 0s);
    EXPECT_EQ(time_for_size({}, 500), 0s);
}

const std::optional<Stalls> three_of_ten{Stalls{.every = 10s, .lasting = 3s, .first = 20s}};

TEST(WorkEnd, IsNotDelayedByAStallThatHasNotBegun) {
    EXPECT_EQ(work_end(at(15s), 5s, three_of_ten), at(20s));
    EXPECT_EQ(work_end(at(23s), 7s, three_of_ten), at(30s));
    EXPECT_EQ(work_end(at(1s), 2s, std::nullopt), at(3s));
}

TEST(WorkEnd, IsLaterByEachStallOnItsWay) {
    EXPECT_EQ(work_end(at(15s), 6s, three_of_ten), at(24s));
    EXPECT_EQ(work_end(at(15s), 5s + 7s, three_of_ten), at(30s));
    EXPECT_EQ(work_end(at(15s), 5s + 7s + 1s, three_of_ten), at(34s));
    EXPECT_EQ(work_end(at(0s), 20s + 7s * 1000, three_of_ten), at(20s + 10s * 1000));
}

TEST(WorkEnd, OfWorkThatWouldBeginInAStallIsAfterIt) {
    EXPECT_EQ(work_end(at(20s), 0s, three_of_ten), at(23s));
    EXPECT_EQ(work_end(at(31s), 2s, three_of_ten), at(35s));
    EXPECT_EQ(work_end(at(33s), 0s, three_of_ten), at(33s));
}

/// Several messages at once over a network without latency, each on its own connection.
std::string at_once(int messages, std::string_view rest) {
    return fmt::format(
        "[fleet]\nmessages = {0}\nconnections = {0}\n{1}\n[virtual]\nlatency = '0s'\n", messages,
        rest);
}

TEST(ReceiverWork, TakesLongerForALargerMessage) {
    const VirtualRun run = run_virtual(one_message(R"(
[message]
size = "75kB"
[target.reference]
service_time = "1s"
service_by_size = [["50kB", "29s"], ["100kB", "55s"]]
)"));
    EXPECT_THAT(times_of(run, EventKind::copy_found), ElementsAre(43s));
}

TEST(ReceiverWork, WaitsForAWorkerInTheOrderOfArrival) {
    const VirtualRun run = run_virtual(at_once(4, R"(
[target.reference]
service_time = "10s"
workers = 2
)"));
    EXPECT_THAT(times_of(run, EventKind::copy_found, 1), ElementsAre(10s));
    EXPECT_THAT(times_of(run, EventKind::copy_found, 2), ElementsAre(10s));
    EXPECT_THAT(times_of(run, EventKind::copy_found, 3), ElementsAre(20s));
    EXPECT_THAT(times_of(run, EventKind::copy_found, 4), ElementsAre(20s));
}

TEST(ReceiverWork, IsProlongedByAStall) {
    const VirtualRun run = run_virtual(one_message(R"(
[target.reference]
service_time = "30s"
stalls = { every = "1h", lasting = "3m", first = "10s" }
)"));
    EXPECT_THAT(times_of(run, EventKind::copy_found), ElementsAre(3min + 30s));
}

TEST(ReceiverWork, CommitsBeforeItWhereItIsToldTo) {
    const VirtualRun run = run_virtual(one_message(R"(
[target.reference]
service_time = "30s"
commit = "before_work"
)"));
    EXPECT_THAT(times_of(run, EventKind::copy_found), ElementsAre(0s));
    EXPECT_THAT(times_of(run, EventKind::attempt_ended), ElementsAre(30s));
}

/// The sender waits 20 s for a receiver that works 30 s, and tries again after a minute.
std::string impatient(std::string_view receiver) {
    return one_message(fmt::format(R"(
timeouts = {{ data_done = "20s" }}
retry = {{ schedule = ["1m"], lifetime = "100s" }}
[target.reference]
service_time = "30s"
{}
)",
                                   receiver));
}

TEST(GoneClient, HasItsMessageDeliveredByMostServers) {
    const VirtualRun run = run_virtual(impatient(""));
    EXPECT_THAT(times_of(run, EventKind::copy_found), ElementsAre(30s, 110s));
    EXPECT_EQ(run.cause("reply_late_server"), 1U);
}

TEST(GoneClient, HasItsMessageDiscardedByAServerThatLooks) {
    const VirtualRun run = run_virtual(impatient("gone_client = 'discards'"));
    EXPECT_THAT(times_of(run, EventKind::copy_found), IsEmpty());
    EXPECT_THAT(times_of(run, EventKind::copy_discarded), ElementsAre(30s, 110s));
    EXPECT_EQ(run.of_kind(EventKind::copy_discarded).front().text, "client_gone");
    EXPECT_EQ(run.verdict("failed"), 1U);
}

TEST(GoneClient, ThatIsThereGetsItsReply) {
    const VirtualRun run = run_virtual(one_message(R"(
[target.reference]
service_time = "30s"
gone_client = "discards"
)"));
    EXPECT_THAT(times_of(run, EventKind::copy_found), ElementsAre(30s));
    EXPECT_EQ(run.verdict("once"), 1U);
}

TEST(Deadline, WorkThatTookLongerIsRefusedAndDiscarded) {
    const VirtualRun run = run_virtual(one_message(R"(
retry = { schedule = ["1m"], lifetime = "0s" }
[target.reference]
service_time = "6m"
deadline = "5m"
)"));
    const std::vector<Event> discarded = run.of_kind(EventKind::copy_discarded);
    ASSERT_EQ(discarded.size(), 1U);
    EXPECT_EQ(discarded[0].at, at(6min));
    EXPECT_EQ(discarded[0].text, "deadline");
    EXPECT_EQ(run.of_kind(EventKind::attempt_ended).front().code, 451);
    EXPECT_EQ(run.verdict("failed"), 1U);
}

TEST(Deadline, WorkThatTookAsLongIsAccepted) {
    const VirtualRun run = run_virtual(one_message(R"(
[target.reference]
service_time = "5m"
deadline = "5m"
)"));
    EXPECT_EQ(run.verdict("once"), 1U);
}

/// Phase and code of each attempt's end, in the order of the messages.
std::vector<std::pair<Phase, int>> ends(const VirtualRun& run) {
    std::vector<std::pair<Phase, int>> found;
    for (std::uint32_t message = 1; message <= 3; ++message)
        for (const Event& event : run.of_kind(EventKind::attempt_ended))
            if (event.message == message) found.emplace_back(event.phase, event.code);
    return found;
}

std::string crowd(std::string_view phase, std::string_view reply) {
    return fmt::format(R"(
[fleet]
messages = 3
rate = "1/s"
connections = 3
retry = {{ schedule = ["1m"], lifetime = "0s" }}
[target.reference]
service_time = "1m"
refuse = {{ waiting = 2, phase = "{}", reply = "{}" }}
[virtual]
latency = "0s"
)",
                       phase, reply);
}

TEST(RefusalUnderLoad, MayGreetWithIt) {
    const VirtualRun run = run_virtual(crowd("connect", "421 4.3.2 full"));
    EXPECT_THAT(ends(run), ElementsAre(Pair(Phase::data_done, 250), Pair(Phase::data_done, 250),
                                       Pair(Phase::greeting, 421)));
}

TEST(RefusalUnderLoad, MayAnswerMailWithIt) {
    const VirtualRun run = run_virtual(crowd("mail", "451 4.3.2 full"));
    EXPECT_THAT(ends(run), ElementsAre(Pair(Phase::data_done, 250), Pair(Phase::data_done, 250),
                                       Pair(Phase::mail, 451)));
}

TEST(RefusalUnderLoad, MayAnswerTheFinalDotWithIt) {
    const VirtualRun run = run_virtual(crowd("data_done", "452 4.3.1 full"));
    EXPECT_THAT(ends(run), ElementsAre(Pair(Phase::data_done, 250), Pair(Phase::data_done, 250),
                                       Pair(Phase::data_done, 452)));
}

TEST(Greylist, RefusesAPairUntilItsDelayIsOver) {
    const VirtualRun run = run_virtual(one_message(R"(
retry = { schedule = ["2m"], lifetime = "1h" }
[target.reference]
greylist = { delay = "5m" }
)"));
    EXPECT_THAT(times_of(run, EventKind::attempt_ended), ElementsAre(0s, 2min, 4min, 6min));
    EXPECT_THAT(times_of(run, EventKind::copy_found), ElementsAre(6min));
    EXPECT_EQ(run.of_kind(EventKind::attempt_ended).front().phase, Phase::rcpt);
    EXPECT_EQ(run.of_kind(EventKind::attempt_ended).front().code, 451);
}

TEST(Greylist, ForgetsAPairThatDidNotComeBackInItsWindow) {
    const VirtualRun run = run_virtual(one_message(R"(
retry = { schedule = ["20m", "6m"], lifetime = "1h" }
[target.reference]
greylist = { delay = "5m", window = "10m" }
[drain]
budget = "1h"
)"));
    EXPECT_THAT(times_of(run, EventKind::copy_found), ElementsAre(26min));
}

/// A message that says that two servers have handed it on.
std::string twice_handed_on() {
    const std::string path = testing::TempDir() + "twice-handed-on.eml";
    std::ofstream(path) << "Received: from b by c; now\r\nReceived: from a by b; now\r\n"
                           "Subject: far\r\n\r\ntext\r\n";
    return fmt::format("[message]\ncorpus = '{}'\n", path);
}

TEST(HopLimit, RefusesForGoodWhatWentFurther) {
    const VirtualRun run =
        run_virtual(one_message(twice_handed_on() + "[target.reference]\nhop_limit = 1\n"));
    EXPECT_EQ(run.of_kind(EventKind::attempt_ended).front().code, 554);
    EXPECT_EQ(run.verdict("failed"), 1U);
}

TEST(HopLimit, TakesWhatWentAsFar) {
    const VirtualRun run =
        run_virtual(one_message(twice_handed_on() + "[target.reference]\nhop_limit = 2\n"));
    EXPECT_EQ(run.verdict("once"), 1U);
}

TEST(ClientTimeout, EndsAConnectionOnWhichNothingIsSaidForSoLong) {
    const VirtualRun run = run_virtual(one_message(R"(
retry = { schedule = ["1m"], lifetime = "0s" }
[target.reference]
client_timeout = "90s"
[[impair]]
name = "slow"
when = { direction = "to_server" }
effect = { latency = "2m" }
)"));
    const Event ended = run.of_kind(EventKind::attempt_ended).front();
    EXPECT_EQ(ended.at, at(90s));
    EXPECT_EQ(ended.phase, Phase::helo);
    EXPECT_EQ(ended.code, 421);
}

/// A receiver that suppresses; the first 250 is lost.
std::string with_lost_250(std::string_view receiver, std::string_view fleet = "") {
    return one_message(fmt::format(R"(
timeouts = {{ data_done = "1m" }}
retry = {{ schedule = ["9m"], lifetime = "1h" }}
{}
[target.reference]
{}
[[impair]]
name = "lose-250"
when = {{ phase = "data_done", attempt = 1 }}
effect = {{ drop = "reply" }}
[drain]
budget = "1h"
)",
                                   fleet, receiver));
}

TEST(Suppression, RecordsASecondCopyAndKeepsItOutOfTheMailbox) {
    const VirtualRun run = run_virtual(with_lost_250("suppress = { key = 'message_id' }"));
    EXPECT_THAT(times_of(run, EventKind::copy_found), ElementsAre(0s));
    EXPECT_THAT(times_of(run, EventKind::copy_suppressed), ElementsAre(10min));
    EXPECT_EQ(run.of_kind(EventKind::copy_suppressed).front().text, "0000000002");
}

TEST(Suppression, EndsWithItsWindow) {
    const VirtualRun run =
        run_virtual(with_lost_250("suppress = { key = 'message_id', window = '10m' }"));
    EXPECT_THAT(times_of(run, EventKind::copy_found), ElementsAre(0s, 10min));
}

TEST(Suppression, DoesNotKnowAMessageUnderANewMessageId) {
    const VirtualRun run = run_virtual(
        with_lost_250("suppress = { key = 'message_id_and_date' }", "message_id = 'new'"));
    EXPECT_THAT(times_of(run, EventKind::copy_found), ElementsAre(0s, 10min));
}

TEST(RecentlySeen, ForgetsWhatWasNotTouchedWithinTheWindow) {
    harness::RecentlySeen<int, int> seen(10s);
    seen.touch(1, 11, at(0s));
    seen.touch(2, 22, at(1s));
    seen.touch(1, 12, at(5s));
    EXPECT_EQ(*seen.find(1, at(14s)), 12);
    EXPECT_EQ(seen.find(2, at(14s)), nullptr);
    EXPECT_EQ(seen.find(1, at(15s)), nullptr);
    EXPECT_EQ(seen.size(), 0U);
}

}  // namespace
}  // namespace twofifty
