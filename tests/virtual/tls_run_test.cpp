// Whole runs over TLS, without the layer between fleet and receiver.
#include "tests/support/virtual_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <map>

namespace twofifty {
namespace {

using test::run_virtual;
using test::VirtualRun;
using testing::ElementsAre;

std::string direct(std::string_view fleet, std::string_view target = "") {
    return fmt::format(R"(
[fleet]
messages = 20
connections = 2
messages_per_connection = 4
retry = {{ schedule = ["1s"], lifetime = "3s" }}
{}
[message]
size = "40KiB"
[target]
direct = true
{}
)",
                       fleet, target);
}

/// How often each error ended an attempt: "3 x not_sent starttls tls_not_available".
std::vector<std::string> ends_of_attempts(const VirtualRun& run) {
    std::map<std::string, int> counts;
    for (const Event& event : run.of_kind(EventKind::attempt_ended))
        ++counts[fmt::format("{} {} {}", to_string(event.outcome), to_string(event.phase),
                             event.text)];
    std::vector<std::string> result;
    for (const auto& [end, count] : counts) result.push_back(fmt::format("{} x {}", count, end));
    return result;
}

std::size_t replies_in(const VirtualRun& run, Phase phase) {
    std::size_t count = 0;
    for (const Event& event : run.of_kind(EventKind::reply_seen))
        if (event.phase == phase) ++count;
    return count;
}

TEST(TlsRun, DeliversEachMessageOnceInEachMode) {
    for (const std::string_view mode : {"opportunistic", "starttls", "implicit"}) {
        for (const std::string_view version : {"1.2", "1.3"}) {
            SCOPED_TRACE(fmt::format("{} {}", mode, version));
            const VirtualRun run = run_virtual(
                direct(fmt::format(R"(tls = {{ mode = "{}", version = "{}" }})", mode, version)),
                {.short_read_chance = 0.5, .buffer_size = 4096});
            EXPECT_EQ(run.verdict("once"), 20U);
            const std::size_t connections = run.of_kind(EventKind::connection_opened).size();
            EXPECT_EQ(replies_in(run, Phase::starttls), mode == "implicit" ? 0 : connections);
            EXPECT_EQ(replies_in(run, Phase::helo),
                      mode == "implicit" ? connections : 2 * connections);
        }
    }
}

TEST(TlsRun, RepeatsToTheByteThoughEachHasAKeyOfItsOwn) {
    for (const std::string_view mode : {"starttls", "implicit"}) {
        const std::string scenario = direct(fmt::format("tls = \"{}\"", mode));
        EXPECT_EQ(run_virtual(scenario).summary.digest, run_virtual(scenario).summary.digest);
    }
}

TEST(TlsRun, SpeaksLmtpAndAuthenticatesInside) {
    const VirtualRun run = run_virtual(direct(R"(tls = "starttls"
chunking = true
auth = { user = "u", password = "secret" })",
                                              R"(protocol = "lmtp"
reference.auth = { user = "u", password = "secret" })"));
    EXPECT_EQ(run.verdict("once"), 20U);
    EXPECT_EQ(replies_in(run, Phase::auth), run.of_kind(EventKind::connection_opened).size());
}

TEST(TlsRun, WithoutAnOfferMailGoesInPlainTextOrNotAtAll) {
    const VirtualRun opportunistic =
        run_virtual(direct("tls = \"opportunistic\"", "reference.tls = \"none\""));
    EXPECT_EQ(opportunistic.verdict("once"), 20U);
    const VirtualRun strict = run_virtual(direct("tls = \"starttls\"", "reference.tls = \"none\""));
    EXPECT_EQ(strict.verdict("failed"), 20U);
    EXPECT_THAT(ends_of_attempts(strict),
                ElementsAre(testing::EndsWith("x not_sent starttls tls_not_available")));
}

TEST(TlsRun, SidesWithoutACommonVersionSaySoInTheLedger) {
    for (const std::string_view mode : {"opportunistic", "starttls", "implicit"}) {
        const VirtualRun run =
            run_virtual(direct(fmt::format(R"(tls = {{ mode = "{}", version = "1.2" }})", mode),
                               fmt::format(R"(reference.tls = {{ mode = "{}", version = "1.3" }})",
                                           mode == "implicit" ? mode : "starttls")));
        EXPECT_EQ(run.verdict("failed"), 20U);
        EXPECT_THAT(ends_of_attempts(run),
                    ElementsAre(testing::EndsWith("x not_sent starttls no_common_version")));
    }
}

}  // namespace
}  // namespace twofifty
