// TCP parameters as users write them.
#include "netem/tcp_settings.hpp"
#include "tests/support/complaint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace twofifty::netem {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TcpParameters read(const std::string& document) {
    const settings::Value root = settings::parse_toml(document, "f.toml");
    settings::Section section(root, "");
    return read_tcp(section, "tcp");
}

std::string complaint(const std::string& document) {
    return test::complaint_of<settings::Error>([&] { read(document); });
}

TEST(TcpSettings, AreThoseOfLinuxWhereNothingIsWritten) {
    EXPECT_EQ(read(""), TcpParameters{});
    EXPECT_EQ(read("tcp = 'linux'"), TcpParameters{});
    EXPECT_EQ(read("tcp = {}"), TcpParameters{});
}

TEST(TcpSettings, NameAPreset) {
    EXPECT_EQ(read("tcp = 'linux-no-probe'"), (TcpParameters{.tail_loss_probe = false}));
    EXPECT_EQ(read("tcp = 'rfc6298'"), (TcpParameters{.rule = TcpRule::rfc6298,
                                                      .rto_min = 1s,
                                                      .rto_max = 60s,
                                                      .tail_loss_probe = false,
                                                      .retries = 6,
                                                      .orphan_retries = 6}));
}

TEST(TcpSettings, ChangeWhatDiffersFromThePreset) {
    EXPECT_EQ(read("tcp = { preset = 'rfc6298', round_trip = '80ms', retries = 8 }"),
              (TcpParameters{.rule = TcpRule::rfc6298,
                             .round_trip = 80ms,
                             .rto_min = 1s,
                             .rto_max = 60s,
                             .tail_loss_probe = false,
                             .retries = 8,
                             .orphan_retries = 6}));
}

TEST(TcpSettings, SayEverythingThatCanBeSaid) {
    EXPECT_EQ(read("[tcp]\nround_trip = '1ms'\nround_trip_variation = '2ms'\nrto_min = '3ms'\n"
                   "rto_max = '4s'\nrto = '5ms'\ntail_loss_probe = false\nretries = 6\n"
                   "orphaned = true\norphan_retries = 7\n"),
              (TcpParameters{.round_trip = 1ms,
                             .round_trip_variation = 2ms,
                             .rto_min = 3ms,
                             .rto_max = 4s,
                             .rto = 5ms,
                             .tail_loss_probe = false,
                             .retries = 6,
                             .orphaned = true,
                             .orphan_retries = 7}));
}

class WrittenTcp : public testing::TestWithParam<const char*> {};

TEST_P(WrittenTcp, ReadsBackAsItself) {
    const TcpParameters tcp = read(std::string("tcp = ") + GetParam());
    EXPECT_EQ(read("tcp = " + to_toml(tcp)), tcp) << to_toml(tcp);
}

INSTANTIATE_TEST_SUITE_P(Tcp, WrittenTcp,
                         testing::Values("'linux'", "'linux-no-probe'", "'rfc6298'",
                                         "{ preset = 'rfc6298', tail_loss_probe = true }",
                                         "{ rto = '204ms', orphaned = true }",
                                         "{ round_trip = '1m30.5s', retries = 0 }"));

TEST(TcpSettings, AreWrittenWithEveryKey) {
    EXPECT_EQ(to_toml(TcpParameters{}),
              "{ preset = \"linux\", round_trip = \"20ms\", round_trip_variation = \"0s\", "
              "rto_min = \"200ms\", rto_max = \"2m\", tail_loss_probe = true, retries = 15, "
              "orphaned = false, orphan_retries = 8 }");
}

struct Refusal {
    const char* document;
    const char* message;
};

class RefusedTcp : public testing::TestWithParam<Refusal> {};

TEST_P(RefusedTcp, IsNamedWithItsPlaceAndKey) {
    EXPECT_THAT(complaint(GetParam().document), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Tcp, RefusedTcp,
    testing::Values(
        Refusal{"tcp = 'linus'", "f.toml:1:1: tcp: expected one of \"linux\", "},
        Refusal{"tcp = 3", "f.toml:1:1: tcp: expected one of"},
        Refusal{"[tcp]\npreset = 'rfc6289'", "f.toml:2:1: tcp.preset: expected one of"},
        Refusal{"[tcp]\nround_trip = '2h'", "f.toml:2:1: tcp.round_trip: "},
        Refusal{"[tcp]\nrto_min = '0s'", "f.toml:2:1: tcp.rto_min: "},
        Refusal{"[tcp]\nrto_min = '3s'\nrto_max = '2s'", "f.toml:2:1: tcp.rto_min: is above"},
        Refusal{"[tcp]\nrto = '3m'", "f.toml:2:1: tcp.rto: is above rto_max, 2m; expected"},
        Refusal{"[tcp]\nretries = -1", "f.toml:2:1: tcp.retries: "},
        Refusal{"[tcp]\norphan_retries = 0", "f.toml:2:1: tcp.orphan_retries: "},
        Refusal{"[tcp]\nretrys = 3", "f.toml:2:1: tcp.retrys: unknown key; did you mean"}));

}  // namespace
}  // namespace twofifty::netem
