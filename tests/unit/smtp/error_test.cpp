#include "smtp/error.hpp"

#include "tls/error.hpp"
#include "world/result.hpp"

#include <gtest/gtest.h>

namespace twofifty::smtp {
namespace {

TEST(Error, HasANameForTheLedger) {
    EXPECT_EQ(to_string(Error::reply_malformed), "reply_malformed");
    EXPECT_EQ(to_string(Error::protocol_violation), "protocol_violation");
}

TEST(Error, ExplainsItselfInASentence) {
    const boost::system::error_code ec = Error::reply_too_many_lines;
    EXPECT_EQ(ec.message(), "A reply has more than 128 lines.");
}

TEST(Error, IsNoSuccess) {
    EXPECT_TRUE(make_error_code(Error::reply_malformed).failed());
}

TEST(Error, KeepsTheNamesOfTlsAndOfTheWorld) {
    EXPECT_EQ(name_of(Error::tls_not_available), "tls_not_available");
    EXPECT_EQ(smtp::name_of(tls::Error::certificate_untrusted), "certificate_untrusted");
    EXPECT_EQ(smtp::name_of(world::Error::timed_out), "timed_out");
}

TEST(Error, NamesAnUnknownNumber) {
    const boost::system::error_code ec(99, make_error_code(Error::reply_malformed).category());
    EXPECT_EQ(ec.message(), "Unknown SMTP error 99.");
}

}  // namespace
}  // namespace twofifty::smtp
