#include "netem/foreign_identities.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace twofifty::netem {
namespace {

using testing::ElementsAre;

struct Seen final : Newcomers {
    void message(ForeignMessage message) override { messages.push_back(message.message_id); }
    void recipient(std::uint32_t, std::string_view address) override {
        recipients.emplace_back(address);
    }
    void full() override { ++told_full; }

    std::vector<std::string> messages;
    std::vector<std::string> recipients;
    int told_full = 0;
};

class ForeignIdentitiesTest : public testing::Test {
protected:
    std::uint32_t number(std::string_view sender, std::string_view content) {
        smtp::ContentReader reader;
        reader.add(content);
        return identities_.message_of_content(sender, reader);
    }

    Seen seen_;
    ForeignIdentities identities_{seen_, 3};
};

TEST_F(ForeignIdentitiesTest, OneMessageIdAndSenderIsOneMessage) {
    EXPECT_EQ(number("a@x", "Message-ID: <1@x>\r\n\r\nhello"), 1U);
    EXPECT_EQ(number("a@x", "Message-ID: <2@x>\r\n\r\nhello"), 2U);
    EXPECT_EQ(number("a@x", "Date: later\r\nMessage-ID: <1@x>\r\n\r\nbuilt anew"), 1U);
    EXPECT_THAT(seen_.messages, ElementsAre("<1@x>", "<2@x>"));
}

TEST_F(ForeignIdentitiesTest, AnotherSenderIsAnotherMessage) {
    EXPECT_EQ(number("a@x", "Message-ID: <1@x>\r\n\r\n"), 1U);
    EXPECT_EQ(number("b@x", "Message-ID: <1@x>\r\n\r\n"), 2U);
}

TEST_F(ForeignIdentitiesTest, WithoutAMessageIdTheContentTells) {
    EXPECT_EQ(number("a@x", "Subject: s\r\n\r\nhello"), 1U);
    EXPECT_EQ(number("a@x", "Subject: s\r\n\r\nhello"), 1U);
    EXPECT_EQ(number("a@x", "Subject: t\r\n\r\nhello"), 2U);
    EXPECT_EQ(number("b@x", "Subject: s\r\n\r\nhello"), 3U);
}

TEST_F(ForeignIdentitiesTest, RecipientsAreNumberedAsTheyAppearWhateverTheirCase) {
    EXPECT_EQ(identities_.recipient("bob@y"), 1U);
    EXPECT_EQ(identities_.recipient("ann@y"), 2U);
    EXPECT_EQ(identities_.recipient("Bob@Y"), 1U);
    EXPECT_EQ(identities_.recipient(""), 0U);
    EXPECT_THAT(seen_.recipients, ElementsAre("bob@y", "ann@y"));
}

TEST_F(ForeignIdentitiesTest, WhatIsTooMuchIsToldOnceAndTheKnownStayKnown) {
    for (const char* id : {"1", "2", "3"})
        number("a@x", "Message-ID: <" + std::string(id) + ">\r\n\r\n");
    EXPECT_EQ(number("a@x", "Message-ID: <4>\r\n\r\n"), 0U);
    EXPECT_EQ(number("a@x", "Message-ID: <5>\r\n\r\n"), 0U);
    EXPECT_EQ(number("a@x", "Message-ID: <2>\r\n\r\n"), 2U);
    EXPECT_EQ(seen_.told_full, 1);
}

TEST(FleetIdentities, AttemptsAreCountedMessageByMessage) {
    const AddressBook recipients;
    FleetIdentities identities("run", recipients);
    EXPECT_EQ(identities.count_attempt(7), 1U);
    EXPECT_EQ(identities.count_attempt(7), 2U);
    EXPECT_EQ(identities.count_attempt(100'000), 1U);
    EXPECT_EQ(identities.count_attempt(7), 3U);
}

}  // namespace
}  // namespace twofifty::netem
