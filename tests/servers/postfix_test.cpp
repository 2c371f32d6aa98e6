// A real Postfix as the target. The copies are counted here from the files in its Maildirs, by code
// that knows nothing of the harness, and compared message by message with what the ledger predicts.
#include "harness/ledger/ledger.hpp"
#include "tests/cli/child.hpp"
#include "tests/cli/scripted_target.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>

namespace twofifty {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using cli::Ended;
using testing::HasSubstr;

const fs::path here = fs::path(TWOFIFTY_SOURCE_DIR) / "tests/servers";

/// How many there are of each message, by "run-id.ordinal".
using Counts = std::map<std::string, int>;

class Postfix {
public:
    Postfix() {
        // Somebody may take a port between its being found free and its being used.
        Ended ended;
        for (int attempt = 0; attempt < 3 && ended.exit_code != 0; ++attempt) {
            address_ = cli::unused_address();
            const std::string port = address_.substr(address_.find(':') + 1);
            ended = script({"start", (folder_ / "postfix").string(), port});
        }
        if (ended.exit_code != 0) throw std::runtime_error(ended.story());
    }
    ~Postfix() { script({"stop", (folder_ / "postfix").string()}); }
    Postfix(const Postfix&) = delete;
    Postfix& operator=(const Postfix&) = delete;

    const std::string& address() const { return address_; }
    fs::path mail(const std::string& box) const { return folder_ / "postfix/mail" / box; }
    fs::path results() const { return folder_ / "results/latest"; }

    Ended run(const fs::path& scenario, const fs::path& maildir,
              std::vector<std::string> more = {}) const {
        std::vector<std::string> arguments{"run",    scenario.string(), "--target",
                                           address_, "--maildir",       maildir.string()};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return cli::twofifty(std::move(arguments), folder_.path(), {}, 110s);
    }

    /// The copies in a Maildir, each by the token in its header.
    Counts copies(const std::string& box) const {
        Counts counts;
        for (const fs::directory_entry& entry : fs::directory_iterator(mail(box) / "new")) {
            std::ifstream file(entry.path());
            std::string token = "none in " + entry.path().string();
            for (std::string line; std::getline(file, line) && !line.empty();) {
                constexpr std::string_view header = "X-Twofifty-Token: ";
                if (line.starts_with(header)) token = line.substr(header.size());
            }
            ++counts[token];
        }
        return counts;
    }

    /// The transactions that the layer saw Postfix accept, by the ledger; for one recipient, or, 0,
    /// for all together.
    Counts accepted(std::uint32_t recipient = 0) const {
        const auto ledger = harness::Ledger::open((results() / "ledger.sqlite").string());
        const std::string run_id = ledger.run("run_id");
        Counts counts;
        ledger.for_each_event([&](const Event& event) {
            if (event.kind != EventKind::transaction_accepted) return;
            if (recipient != 0 && event.recipient != recipient) return;
            ++counts[run_id + "." + std::to_string(event.message)];
        });
        return counts;
    }

    std::string summary() const { return cli::read_text(results() / "summary.json"); }

private:
    static Ended script(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), (here / "postfix").string());
        return cli::Child(arguments, "/").wait();
    }

    cli::TempFolder folder_;
    std::string address_;
};

struct Sums {
    std::size_t messages = 0;
    int copies = 0;
    int duplicated = 0;
};

Sums sums_of(const Counts& counts) {
    Sums sums{counts.size()};
    for (const auto& [token, count] : counts) {
        sums.copies += count;
        sums.duplicated += count > 1 ? 1 : 0;
    }
    return sums;
}

std::string json(const std::string& key, int value) {
    return "\"" + key + "\": " + std::to_string(value) + ",";
}

TEST(PostfixTarget, DeliversTwiceWhatTheLedgerPredictsWhenRepliesAreLost) {
    const Postfix postfix;
    const Ended run = postfix.run(here / "postfix-lost-250.toml", postfix.mail("box"));
    ASSERT_EQ(run.exit_code, 0) << run.story();
    const Counts found = postfix.copies("box");
    EXPECT_EQ(found, postfix.accepted());
    const Sums sums = sums_of(found);
    EXPECT_EQ(sums.messages, 60U);
    EXPECT_GT(sums.duplicated, 0);
    const std::string summary = postfix.summary();
    EXPECT_THAT(summary, HasSubstr(json("copies", sums.copies)));
    EXPECT_THAT(summary, HasSubstr(json("duplicated", sums.duplicated)));
    EXPECT_THAT(summary, HasSubstr(json("reply_dropped", sums.copies - 60)));
    EXPECT_THAT(summary, HasSubstr(json("discrepancies", 0)));
}

TEST(PostfixTarget, DeliversOnceWhenConnectionsBreakBeforeTheFinalDot) {
    const Postfix postfix;
    const Ended run = postfix.run(here / "postfix-cut-before-dot.toml", postfix.mail("box"));
    ASSERT_EQ(run.exit_code, 0) << run.story();
    const Counts found = postfix.copies("box");
    EXPECT_EQ(found, postfix.accepted());
    const Sums sums = sums_of(found);
    EXPECT_EQ(sums.messages, 60U);
    EXPECT_EQ(sums.copies, 60);
}

/// Twenty messages to two recipients each: what several recipients add is whose a copy is.
std::vector<std::string> two_recipients(const std::string& to = "") {
    std::vector<std::string> options{"--set", "fleet.messages=20", "--set", "message.recipients=2"};
    if (!to.empty()) options.insert(options.end(), {"--set", "message.to=" + to});
    return options;
}

// One Maildir holds the copies of both: Delivered-To tells them apart.
TEST(PostfixTarget, CopiesOfTwoRecipientsInOneMaildirAreToldApart) {
    const Postfix postfix;
    const Ended run =
        postfix.run(here / "postfix-lost-250.toml", postfix.mail("box"), two_recipients());
    ASSERT_EQ(run.exit_code, 0) << run.story();
    EXPECT_EQ(postfix.copies("box"), postfix.accepted());
    EXPECT_EQ(postfix.accepted(1), postfix.accepted(2));
    EXPECT_EQ(sums_of(postfix.copies("box")).messages, 20U);
    EXPECT_THAT(postfix.summary(), HasSubstr(json("discrepancies", 0)));
}

TEST(PostfixTarget, EachRecipientMayHaveAMaildirOfItsOwn) {
    const Postfix postfix;
    const Ended run = postfix.run(here / "postfix-lost-250.toml", postfix.mail("{user}"),
                                  two_recipients("[\"ann@each.test\", \"bob@each.test\"]"));
    ASSERT_EQ(run.exit_code, 0) << run.story();
    EXPECT_EQ(postfix.copies("ann"), postfix.accepted(1));
    EXPECT_EQ(postfix.copies("bob"), postfix.accepted(2));
    EXPECT_EQ(sums_of(postfix.copies("ann")).messages, 20U);
    EXPECT_THAT(postfix.summary(), HasSubstr(json("discrepancies", 0)));
}

}  // namespace
}  // namespace twofifty
