#include "smtp/content_reader.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace twofifty::smtp {
namespace {

std::string message_id_of(std::string_view content) {
    ContentReader reader;
    reader.add(content);
    return reader.message_id();
}

std::uint64_t whole_digest_of(std::string_view content) {
    ContentReader reader;
    reader.add(content);
    return reader.whole_digest();
}

TEST(ContentReader, NamesTheMessageId) {
    EXPECT_EQ(message_id_of("Subject: s\r\nMessage-ID: <a@b>\r\n\r\nbody"), "<a@b>");
}

TEST(ContentReader, TheNameOfTheHeaderHasNoCase) {
    EXPECT_EQ(message_id_of("message-Id:<a@b>\r\n\r\n"), "<a@b>");
}

TEST(ContentReader, AFoldedMessageIdIsUnfolded) {
    EXPECT_EQ(message_id_of("Message-ID:\r\n <a@b>\r\nTo: c\r\n\r\n"), "<a@b>");
    EXPECT_EQ(message_id_of("Message-ID:\r\n\t<a@b>\t\r\n\r\n"), "<a@b>");
}

TEST(ContentReader, TheFirstMessageIdCounts) {
    EXPECT_EQ(message_id_of("Message-ID: <a@b>\r\nMessage-ID: <c@d>\r\n\r\n"), "<a@b>");
}

TEST(ContentReader, WhatLooksLikeAMessageIdInTheBodyIsNone) {
    EXPECT_EQ(message_id_of("Subject: s\r\n\r\nMessage-ID: <a@b>\r\n"), "");
}

TEST(ContentReader, WhatIsLongerThanALineIsNoMessageId) {
    const std::string longest(1001, 'x');
    EXPECT_EQ(message_id_of("Message-ID: " + longest + "\r\n\r\n"), "");
}

TEST(ContentReader, TheMessageIdIsTheSameHoweverItIsSplit) {
    const std::string_view content = "Message-ID:\r\n <a@b>\r\n\r\nbody\r\n";
    for (std::size_t i = 0; i <= content.size(); ++i) {
        ContentReader reader;
        reader.add(content.substr(0, i));
        reader.add(content.substr(i));
        EXPECT_EQ(reader.message_id(), "<a@b>") << i;
        EXPECT_EQ(reader.whole_digest(), whole_digest_of(content)) << i;
    }
}

/// Handed on twice since it was sent; what stands below the token its author wrote.
constexpr std::string_view handed_on =
    "Received: from b by c with ESMTP id C3; now\r\nReceived: from a\r\n by b with ESMTP id B2; "
    "now\r\n"
    "X-Twofifty-Token: run.1\r\nReceived: from x by y with ESMTP id Y1; then\r\nDate: "
    "today\r\n\r\nbody";

TEST(ContentReader, TheFirstQueueIdIsTheLowestAboveTheToken) {
    ContentReader reader;
    reader.add(handed_on);
    EXPECT_EQ(reader.queue_id(), "C3");
    EXPECT_EQ(reader.first_queue_id(), "B2");
    EXPECT_EQ(reader.received_headers(), 3U);
    EXPECT_EQ(reader.date(), "today");
}

TEST(ContentReader, TheTraceIsWhatStandsAboveTheToken) {
    ContentReader reader;
    reader.add(handed_on);
    EXPECT_EQ(reader.trace(),
              (std::vector<std::string>{"Received: from b by c with ESMTP id C3; now",
                                        "Received: from a by b with ESMTP id B2; now"}));
    reader.reset();
    EXPECT_EQ(reader.trace(), std::vector<std::string>{});
    EXPECT_EQ(reader.first_queue_id(), "");
}

TEST(ContentReader, TheWholeDigestKnowsHeadersAndBody) {
    const std::uint64_t digest = whole_digest_of("A: b\r\n\r\nbody");
    EXPECT_NE(digest, whole_digest_of("A: c\r\n\r\nbody"));
    EXPECT_NE(digest, whole_digest_of("A: b\r\n\r\nbodY"));
}

TEST(ContentReader, AReaderThatIsUsedAgainHasForgotten) {
    ContentReader reader;
    reader.add("Message-ID: <a@b>\r\n\r\nbody");
    reader.reset();
    reader.add("A: b\r\n\r\nbody");
    EXPECT_EQ(reader.message_id(), "");
    EXPECT_EQ(reader.whole_digest(), whole_digest_of("A: b\r\n\r\nbody"));
}

}  // namespace
}  // namespace twofifty::smtp
