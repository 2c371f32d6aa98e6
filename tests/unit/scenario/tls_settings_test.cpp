// fleet.tls and target.reference.tls: what they mean, what they default to, how they are wrong.
#include "harness/scenario/read_scenario.hpp"
#include "harness/scenario/write_scenario.hpp"
#include "tests/support/complaint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace twofifty::harness {
namespace {

namespace files = std::filesystem;
using smtp::TlsUse;
using testing::StartsWith;

constexpr tls::Versions only_1_2{tls::Version::tls_1_2, tls::Version::tls_1_2};
constexpr tls::Versions only_1_3{tls::Version::tls_1_3, tls::Version::tls_1_3};

Scenario parse(const std::string& rest) {
    return parse_scenario("fleet.messages = 1\n" + rest, "/mail/s.toml");
}

std::string complaint(const std::string& rest) {
    return test::complaint_of<settings::Error>([&] { parse(rest); });
}

TEST(TlsSettings, AreNoneWhereNothingIsSaid) {
    EXPECT_EQ(parse("").fleet.tls, FleetTls{});
    EXPECT_EQ(parse("").target.reference.tls, ReferenceTls{});
}

TEST(TlsSettings, AModeMayStandAloneAndIsOfferedByTheReferenceReceiver) {
    const FleetTls opportunistic{.use = TlsUse::opportunistic, .server_name = "receiver.test"};
    EXPECT_EQ(parse("fleet.tls = 'opportunistic'").fleet.tls, opportunistic);
    EXPECT_EQ(parse("fleet.tls = 'opportunistic'").target.reference.tls.use, TlsUse::starttls);
    EXPECT_EQ(parse("fleet.tls = 'starttls'").target.reference.tls.use, TlsUse::starttls);
    EXPECT_EQ(parse("fleet.tls = 'implicit'").target.reference.tls.use, TlsUse::implicit);
    EXPECT_EQ(
        parse("fleet.tls = 'starttls'\ntarget.reference.tls = 'none'").target.reference.tls.use,
        TlsUse::none);
    EXPECT_EQ(
        parse("fleet.tls = 'starttls'\ntarget.reference.ehlo = false").target.reference.tls.use,
        TlsUse::none);
}

TEST(TlsSettings, ATableHoldsWhatGoesWithTheMode) {
    const Scenario scenario = parse(R"(
[fleet.tls]
mode = "starttls"
verify = "certs/ca.pem"
server_name = "mx.example.test"
version = "1.3"
[target.reference.tls]
mode = "starttls"
certificate = "certs/mx.pem"
key = "/keys/mx.pem"
version = "1.2"
)");
    const FleetTls fleet{.use = TlsUse::starttls,
                         .verify = "/mail/certs/ca.pem",
                         .server_name = "mx.example.test",
                         .versions = only_1_3};
    const ReferenceTls reference{.use = TlsUse::starttls,
                                 .certificate = "/mail/certs/mx.pem",
                                 .key = "/keys/mx.pem",
                                 .versions = only_1_2};
    EXPECT_EQ(scenario.fleet.tls, fleet);
    EXPECT_EQ(scenario.target.reference.tls, reference);
    EXPECT_EQ(parse_scenario(to_toml(scenario), "/elsewhere/s.toml"), scenario);
}

TEST(TlsSettings, ACertificateMayHoldItsKey) {
    const ReferenceTls reference =
        parse("target.reference.tls = { mode = 'starttls', certificate = 'mx.pem' }")
            .target.reference.tls;
    EXPECT_EQ(reference.key, "/mail/mx.pem");
}

TEST(TlsSettings, TheServerIsNamedAfterTheTargetsAddress) {
    EXPECT_EQ(parse("fleet.tls = 'starttls'\ntarget.address = 'mx.example.test:25'")
                  .fleet.tls.server_name,
              "mx.example.test");
    EXPECT_EQ(parse("fleet.tls = 'starttls'\ntarget.address = '[::1]:25'").fleet.tls.server_name,
              "::1");
}

TEST(TlsSettings, EachModeSurvivesTheWayToTomlAndBack) {
    for (const std::string mode : {"none", "opportunistic", "starttls", "implicit"}) {
        for (const std::string target : {"", "\ntarget.address = '127.0.0.1:25'"}) {
            const Scenario scenario = parse("fleet.tls = '" + mode + "'" + target);
            EXPECT_EQ(parse_scenario(to_toml(scenario), "/mail/s.toml"), scenario) << mode;
        }
    }
}

struct BadTls {
    const char* toml;
    const char* message;
};

class BadTlsSettings : public testing::TestWithParam<BadTls> {};

TEST_P(BadTlsSettings, AreRefusedInOneLineWithTheirPlace) {
    EXPECT_THAT(complaint(GetParam().toml),
                StartsWith(std::string("/mail/s.toml:2:") + GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Each, BadTlsSettings,
    testing::Values(
        BadTls{"fleet.tls = 'startls'",
               "7: fleet.tls: expected one of \"none\", \"opportunistic\", \"starttls\", "
               "\"implicit\"; did you mean \"starttls\"?"},
        BadTls{"fleet.tls = true",
               "7: fleet.tls: expected one of \"none\", \"opportunistic\", \"starttls\", "
               "\"implicit\", or a table such as { mode = \"starttls\" }, found "},
        BadTls{"fleet.tls = { verify = 'ca.pem' }", "7: fleet.tls.mode: missing; expected one of"},
        BadTls{"fleet.tls = { mode = 'none', verify = 'ca.pem' }",
               "30: fleet.tls.verify: contradicts mode = \"none\""},
        BadTls{"fleet.tls = { mode = 'starttls', verify = '' }",
               "34: fleet.tls.verify: is empty; expected the path"},
        BadTls{"fleet.tls = { mode = 'starttls', verfy = 'ca.pem' }",
               "34: fleet.tls.verfy: unknown key; did you mean \"verify\"?"},
        BadTls{"fleet.tls = { mode = 'starttls', version = '1.1' }",
               "34: fleet.tls.version: expected one of \"1.2\", \"1.3\""},
        BadTls{"fleet.tls = { mode = 'starttls', server_name = 'a b' }",
               "34: fleet.tls.server_name: \"a b\" is no host name"},
        BadTls{"target.reference.tls = 'opportunistic'",
               "18: target.reference.tls: expected one of \"none\", \"starttls\", \"implicit\""},
        BadTls{"target.reference.tls = { mode = 'starttls', key = 'k.pem' }",
               "45: target.reference.tls.key: needs the certificate"},
        BadTls{"target.reference = { ehlo = false, tls = 'starttls' }",
               "36: target.reference.tls: contradicts ehlo = false"},
        BadTls{"target.reference.tls = 'implicit'",
               "18: target.reference.tls: \"implicit\" contradicts fleet.tls = \"none\""},
        BadTls{"target.reference.tls = 'starttls'\nfleet.tls = 'implicit'",
               "18: target.reference.tls: \"starttls\" contradicts fleet.tls = \"implicit\""}));

TEST(BadTlsFiles, AreNamedWithThePlaceOfTheirKey) {
    const files::path file =
        files::temp_directory_path() / ("twofifty-" + std::to_string(getpid()) + ".toml");
    const auto load = [&](const std::string& rest) {
        std::ofstream(file) << "fleet.messages = 1\n" << rest;
        try {
            load_scenario(file.string());
        } catch (const settings::Error& error) {
            return std::string(error.what());
        }
        return std::string("no error");
    };
    EXPECT_EQ(load("fleet.tls = { mode = 'starttls', verify = '/nowhere/ca.pem' }"),
              file.string() +
                  ":2:34: fleet.tls.verify: cannot read /nowhere/ca.pem: No such file "
                  "or directory");
    EXPECT_EQ(
        load("target.reference.tls = { mode = 'starttls', certificate = '" + file.string() + "' }"),
        file.string() + ":2:45: target.reference.tls.certificate: " + file.string() +
            " holds no certificate in PEM form");
    files::remove(file);
}

}  // namespace
}  // namespace twofifty::harness
