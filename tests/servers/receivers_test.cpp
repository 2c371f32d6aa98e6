// Real servers as the target, each started by the run. The copies are counted here from the files
// in which each server keeps its mail, and compared message by message with what the layer saw the
// server accept.
#include "tests/servers/real_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <ostream>
#include <stdexcept>

namespace twofifty::servers {
namespace {

using testing::Contains;
using testing::Each;
using testing::Pair;
using testing::SizeIs;

struct Tested {
    const char* server;
    const char* mail;  ///< The folder that holds all mail of everybody.

    friend std::ostream& operator<<(std::ostream& out, const Tested& tested) {
        return out << tested.server;
    }
};

std::string name_of(std::string server) {
    std::erase(server, '-');
    return server;
}

class Receiver : public testing::TestWithParam<Tested> {
protected:
    /// Half of the messages lose their first 250: the sender waits 3 s in vain, and sends again.
    static RealRun lose_250(const std::string& server, int messages, int connections) {
        return RealRun(fmt::format(R"(
name = "lost-250"
seed = 7
target.server = "{}"
[fleet]
senders = 1
messages = {}
connections = {}
rate = "20/s"
timeouts = {{ data_done = "3s" }}
retry = {{ schedule = ["1s"], lifetime = "2m" }}
[[impair]]
name = "lose-250"
when = {{ phase = "data_done", reply = "2xx", attempt = 1, probability = 0.5 }}
effect = {{ drop = "reply" }}
[drain]
quiet_for = "1s"
budget = "40s"
)",
                                   server, messages, connections));
    }
};

int sum_of(const Counts& counts) {
    int sum = 0;
    for (const auto& [token, count] : counts) sum += count;
    return sum;
}

using KeepsAll = Receiver;
using Suppresses = Receiver;

constexpr auto name_of_tested = [](const auto& tested) { return name_of(tested.param.server); };

INSTANTIATE_TEST_SUITE_P(Servers, KeepsAll,
                         testing::Values(Tested{"postfix", "mail"}, Tested{"exim", "mail"},
                                         Tested{"opensmtpd", "mail"}, Tested{"sendmail", "mail"},
                                         Tested{"haraka", "mail"}, Tested{"courier", "mail"},
                                         Tested{"chasquid", "mail"}, Tested{"qpsmtpd", "mail"},
                                         Tested{"aiosmtpd", "mail"},
                                         Tested{"dovecot-lmtp", "mail"}),
                         name_of_tested);

// One copy for each transaction that it accepted, one more than there were messages for each reply
// that nobody read: none is lost, none made up.
TEST_P(KeepsAll, EveryTransactionThatItAcceptedIsACopy) {
    constexpr int messages = 16;
    const RealRun run = lose_250(GetParam().server, messages, 8);
    ASSERT_EQ(run.ended().exit_code, 0) << run.story();
    const Counts found = run.found_below(run.server(GetParam().server) / GetParam().mail);
    EXPECT_EQ(found, run.accepted());
    EXPECT_THAT(found, SizeIs(messages));
    EXPECT_THAT(found, Contains(Pair(testing::_, 2)));
    EXPECT_EQ(run.figure("copies"), sum_of(found));
    EXPECT_EQ(run.figure("extra_copies"), sum_of(found) - messages);
    EXPECT_GE(run.figure("causes.reply_dropped"), 1);
    // A busy machine may be late by itself.
    EXPECT_EQ(run.figure("causes.reply_dropped") + run.figure("causes.reply_late_server"),
              run.figure("extra_copies"));
    EXPECT_EQ(run.figure("verdicts.lost"), 0);
    EXPECT_EQ(run.figure("copies_suppressed"), 0);
    EXPECT_EQ(run.figure("discrepancies"), 0);
}

INSTANTIATE_TEST_SUITE_P(Servers, Suppresses,
                         testing::Values(Tested{"cyrus-lmtp", "spool"},
                                         Tested{"dovecot-sieve", "mail"}),
                         name_of_tested);

// They accept a message twice, and keep it once: on the wire there are duplicates, in the mailbox
// there is none. One connection: Sieve's list of what has come may lose what two deliveries to one
// user add to it at the same moment.
TEST_P(Suppresses, EverybodyHasOneOfWhatWasAcceptedTwice) {
    constexpr int messages = 6;
    const RealRun run = lose_250(GetParam().server, messages, 1);
    ASSERT_EQ(run.ended().exit_code, 0) << run.story();
    const Counts found = run.found_below(run.server(GetParam().server) / GetParam().mail);
    EXPECT_THAT(found, SizeIs(messages));
    EXPECT_THAT(found, Each(Pair(testing::_, 1)));
    const Counts accepted = run.accepted();
    EXPECT_THAT(accepted, Contains(Pair(testing::_, 2)));
    EXPECT_GE(run.figure("wire_duplicated"), 1);
    EXPECT_EQ(run.figure("copies_suppressed"), sum_of(accepted) - messages);
    EXPECT_EQ(run.said(GetParam().server, "suppressed"), run.figure("copies_suppressed"));
    EXPECT_EQ(run.figure("verdicts.once"), messages);
    EXPECT_EQ(run.figure("extra_copies"), 0);
    EXPECT_EQ(run.figure("discrepancies"), 0);
}

/// Four messages, each tried once, to a server that takes 3 s to answer the final dot.
/// That is longer than copies must be quiet: the run waits for what the server owes.
std::string slow_server(const std::string& target, const std::string& patience) {
    return fmt::format(R"(
name = "client-gone"
seed = 7
[target]
{}
[fleet]
senders = 2
messages = 4
rate = "20/s"
timeouts = {{ data_done = "{}" }}
retry = {{ schedule = ["1s"], lifetime = "1s" }}
[drain]
quiet_for = "1s"
budget = "40s"
)",
                       target, patience);
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
    const std::size_t at = text.find(what);
    if (at == std::string::npos) throw std::runtime_error("there is no " + what);
    return text.replace(at, what.size(), by);
}

/// The adapter's configuration with one change: a delay between the end of data and its reply.
std::map<std::string, std::string> slow_exim() {
    std::map<std::string, std::string> files;
    const std::filesystem::path adapter =
        std::filesystem::path(TWOFIFTY_SOURCE_DIR) / "servers/exim";
    for (const auto& entry : std::filesystem::directory_iterator(adapter / "etc"))
        files["slow/etc/" + entry.path().filename().string()] = cli::read_text(entry.path());
    std::string& text = files.at("slow/etc/exim.conf");
    text = replaced(text, "acl_smtp_data = accept_all", "acl_smtp_data = accept_slowly");
    text = replaced(text, "begin routers", "accept_slowly:\n  accept delay = 3s\n\nbegin routers");
    return files;
}

const std::string exim_target = "server = 'exim'\nconfiguration = 'slow'";

// Before Exim answers the final dot it looks whether its client is still there. Where it is not,
// Exim throws the message away, since the client will send it again: RFC 5321 4.2.5 leaves either.
TEST(ClientThatHasGone, EximDiscardsWhatItCannotAcknowledge) {
    const RealRun run(slow_server(exim_target, "1s"), slow_exim());
    ASSERT_EQ(run.ended().exit_code, 0) << run.story();
    EXPECT_THAT(run.found_below(run.server("exim") / "mail"), SizeIs(0));
    EXPECT_EQ(run.figure("transactions_accepted"), 0);
    EXPECT_EQ(run.figure("copies"), 0);
    EXPECT_EQ(run.figure("verdicts.failed"), 4);
    EXPECT_EQ(run.said("exim", "client_gone"), 4);
}

// The control: the same server keeps the mail of a client that waits.
TEST(ClientThatHasGone, EximKeepsTheMailOfOneThatWaits) {
    const RealRun run(slow_server(exim_target, "20s"), slow_exim());
    ASSERT_EQ(run.ended().exit_code, 0) << run.story();
    EXPECT_EQ(run.found_below(run.server("exim") / "mail"), run.accepted());
    EXPECT_EQ(run.figure("verdicts.once"), 4);
    EXPECT_EQ(run.said("exim", "client_gone"), 0);
}

// Postfix does not look: it has taken the message over, and writes its 250 to nobody. The sender
// has given up, and the mail is there.
TEST(ClientThatHasGone, PostfixDeliversAllTheSame) {
    const RealRun run(
        slow_server("server = 'postfix'\n"
                    "options = { smtpd_end_of_data_restrictions = 'sleep 3' }",
                    "1s"));
    ASSERT_EQ(run.ended().exit_code, 0) << run.story();
    const Counts found = run.found_below(run.server("postfix") / "mail");
    EXPECT_EQ(found, run.accepted());
    EXPECT_THAT(found, SizeIs(4));
    EXPECT_EQ(run.figure("verdicts.ghost"), 4);
    EXPECT_EQ(run.figure("sender_ends.gave_up"), 4);
}

}  // namespace
}  // namespace twofifty::servers
