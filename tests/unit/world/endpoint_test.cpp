#include "world/endpoint.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace twofifty::world {

void PrintTo(const Endpoint& endpoint, std::ostream* out) {
    *out << to_string(endpoint);
}

namespace {

TEST(Endpoint, IsReadWithItsPort) {
    EXPECT_EQ(parse_endpoint("127.0.0.1:25"), (Endpoint{"127.0.0.1", 25}));
    EXPECT_EQ(parse_endpoint("mail.example:65535"), (Endpoint{"mail.example", 65535}));
    EXPECT_EQ(parse_endpoint("[::1]:2525"), (Endpoint{"::1", 2525}));
    EXPECT_EQ(parse_endpoint("127.0.0.1:0"), (Endpoint{"127.0.0.1", 0}));
}

TEST(Endpoint, WithoutAHostIsThisMachine) {
    EXPECT_EQ(parse_endpoint(":25"), (Endpoint{"127.0.0.1", 25}));
}

TEST(Endpoint, IsNothingWhereThePortIsMissingOrOutOfRange) {
    for (const char* const text : {"", "127.0.0.1", "host:", ":", "host:65536", "host:-1",
                                   "host:+25", "host:2 5", "host:25x", "host:0x19", "host: 25"})
        EXPECT_EQ(parse_endpoint(text), std::nullopt) << '"' << text << '"';
}

TEST(Endpoint, IsNothingWhereBracketsAreWrong) {
    for (const char* const text : {"::1:25", "[::1]", "[]:25", "[host]:25", "[::1:25", "::1]:25"})
        EXPECT_EQ(parse_endpoint(text), std::nullopt) << '"' << text << '"';
}

TEST(Endpoint, IsWrittenAsItIsRead) {
    for (const char* const text : {"127.0.0.1:25", "[::1]:25", "mail.example:587"}) {
        const std::optional<Endpoint> endpoint = parse_endpoint(text);
        ASSERT_TRUE(endpoint) << text;
        EXPECT_EQ(to_string(*endpoint), text);
    }
}

TEST(PrivateAddress, HoldsTheEdgesOfEachRange) {
    for (const char* const host :
         {"127.0.0.1", "127.255.255.255", "10.0.0.0", "10.255.255.255", "172.16.0.0",
          "172.31.255.255", "192.168.0.0", "192.168.255.255", "169.254.0.1", "::1", "fc00::1",
          "fdff::1", "fe80::1", "febf::1", "FE80::1", "::ffff:127.0.0.1", "::ffff:192.168.1.1"})
        EXPECT_TRUE(is_private_address(host)) << host;
}

TEST(PrivateAddress, EndsAtTheEdgesOfEachRange) {
    for (const char* const host :
         {"126.255.255.255", "128.0.0.1",       "9.255.255.255", "11.0.0.0",    "172.15.255.255",
          "172.32.0.0",      "192.167.255.255", "192.169.0.0",   "169.253.0.1", "169.255.0.1",
          "0.0.0.0",         "255.255.255.255", "8.8.8.8",       "::",          "::2",
          "fbff::1",         "fe00::1",         "fec0::1",       "ff02::1",     "2001:db8::1",
          "::ffff:8.8.8.8"})
        EXPECT_FALSE(is_private_address(host)) << host;
}

TEST(PrivateAddress, IsNoHostNameAndNothingMalformed) {
    for (const char* const host : {"", "localhost", "10.example", "10.0.0", "10.0.0.1.2",
                                   "10.0.0.256", "10.0.0.1 ", "fc00", "fe80", "::ffff:10.0.0"})
        EXPECT_FALSE(is_private_address(host)) << '"' << host << '"';
}

}  // namespace
}  // namespace twofifty::world
