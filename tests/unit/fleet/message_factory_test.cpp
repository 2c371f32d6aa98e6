// A message is a function of its ordinal: exactly so long, the same on each call, and it carries
// its token where a server may look for it.
#include "harness/fleet/message_factory.hpp"

#include "record/content_digest.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <stdexcept>

namespace twofifty::harness {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::uint64_t seed = 5;
constexpr std::int64_t date = 1'700'000'000;

std::string body_of(const Message& message) {
    return message.content.substr(message.content.find("\r\n\r\n") + 4);
}

std::size_t count_of(std::string_view part, std::string_view text) {
    std::size_t count = 0;
    for (std::size_t place = text.find(part); place != std::string_view::npos;
         place = text.find(part, place + 1))
        ++count;
    return count;
}

class Messages : public testing::Test {
protected:
    MessageFactory factory() { return {settings, book, seed, "run1", date}; }
    MessageFactory factory_of_size(std::size_t size) {
        settings.size.a = static_cast<double>(size);
        return factory();
    }

    MessageSettings settings;
    AddressBook book = make_address_book(settings);
};

/// A folder for one test, with the files of a corpus in it.
class Corpus : public Messages {
protected:
    void SetUp() override {
        const auto* const info = testing::UnitTest::GetInstance()->current_test_info();
        folder_ = std::filesystem::path(testing::TempDir()) /
                  fmt::format("twofifty-corpus-{}", info->name());
        std::filesystem::remove_all(folder_);
        std::filesystem::create_directories(folder_);
        settings.corpus = folder_.string();
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }
    void write(const std::string& name, const std::string& text) {
        std::ofstream(folder_ / name, std::ios::binary) << text;
    }

private:
    std::filesystem::path folder_;
};

TEST_F(Messages, AreExactlyAsLongAsAsked) {
    const std::size_t least = factory_of_size(1).make(7).content.size();
    for (std::size_t size = least; size < least + 400; ++size)
        ASSERT_EQ(factory_of_size(size).make(7).content.size(), size);
    for (const std::size_t size : {8192UL, 65536UL, 1'000'003UL})
        ASSERT_EQ(factory_of_size(size).make(7).content.size(), size);
}

TEST_F(Messages, BelowTheLeastSizeAreWholeAllTheSame) {
    const Message message = factory_of_size(1).make(7);
    EXPECT_THAT(body_of(message), StartsWith("twofifty token run1.7\r\n"));
    EXPECT_EQ(message.content, factory_of_size(message.content.size()).make(7).content);
}

TEST_F(Messages, HoldNoLineThatMailMayNotHold) {
    for (const std::size_t size : {1UL, 500UL, 577UL, 100'000UL}) {
        const std::string content = factory_of_size(size).make(3).content;
        EXPECT_THAT(content, EndsWith("\r\n"));
        EXPECT_EQ(count_of("\r", content), count_of("\r\n", content));
        EXPECT_EQ(count_of("\n", content), count_of("\r\n", content));
        std::size_t begin = 0;
        for (std::size_t end = content.find("\r\n"); end != std::string::npos;
             end = content.find("\r\n", begin)) {
            EXPECT_LE(end - begin, 998U) << "RFC 5321 4.5.3.1.6";
            begin = end + 2;
        }
    }
}

TEST_F(Messages, AreTheSameOnEachCallAndInEachFactory) {
    settings.size = {.shape = world::Shape::lognormal, .a = 4000, .b = 1};
    const MessageFactory one = factory();
    const MessageFactory other = factory();
    for (const std::uint32_t ordinal : {3U, 1U, 2U, 3U}) {
        EXPECT_EQ(one.make(ordinal).content, other.make(ordinal).content);
        EXPECT_EQ(one.make(ordinal).content, one.make(ordinal).content);
    }
}

TEST_F(Messages, DifferFromEachOtherInHeadersAndBody) {
    const MessageFactory messages = factory();
    std::set<std::string> bodies;
    std::set<std::uint64_t> digests;
    for (std::uint32_t ordinal = 1; ordinal <= 100; ++ordinal) {
        bodies.insert(body_of(messages.make(ordinal)));
        digests.insert(messages.make(ordinal).body_digest);
    }
    EXPECT_EQ(bodies.size(), 100U);
    EXPECT_EQ(digests.size(), 100U);
}

TEST_F(Messages, CarryTheTokenInEnvelopeHeaderAndBody) {
    const Message message = factory().make(42);
    EXPECT_EQ(message.sender, "tf.run1.42@sender.test");
    EXPECT_THAT(message.content, HasSubstr("X-Twofifty-Token: run1.42\r\n"));
    EXPECT_THAT(body_of(message), StartsWith("twofifty token run1.42\r\n"));
}

TEST_F(Messages, OfOneSenderCarryTheTokenBehindTheEnvelope) {
    settings.sender = "app@known.test";
    const Message message = factory().make(42);
    EXPECT_EQ(message.sender, "app@known.test");
    EXPECT_THAT(message.content, HasSubstr("\r\nFrom: <app@known.test>\r\n"));
    EXPECT_THAT(message.content, HasSubstr("X-Twofifty-Token: run1.42\r\n"));
    EXPECT_THAT(body_of(message), StartsWith("twofifty token run1.42\r\n"));
}

TEST_F(Messages, NameTheDigestOfTheirBody) {
    const Message message = factory().make(42);
    EXPECT_EQ(message.body_digest, content_digest(body_of(message)));
    EXPECT_THAT(message.content,
                HasSubstr(fmt::format("X-Twofifty-Digest: {:016x}\r\n", message.body_digest)));
}

TEST_F(Messages, NameTheirRecipients) {
    settings.to = {"a@b.test", "c@b.test", "d@b.test"};
    settings.recipients = 2;
    book = make_address_book(settings);
    EXPECT_THAT(factory().make(1).content, HasSubstr("\r\nTo: <a@b.test>,\r\n <c@b.test>\r\n"));
    EXPECT_THAT(factory().make(2).content, HasSubstr("\r\nTo: <d@b.test>,\r\n <a@b.test>\r\n"));
}

TEST_F(Messages, SizesFollowTheSeed) {
    settings.size = {.shape = world::Shape::uniform, .a = 1000, .b = 100'000};
    const MessageFactory one(settings, book, 1, "run1", date);
    const MessageFactory other(settings, book, 2, "run1", date);
    EXPECT_NE(one.make(1).content.size(), other.make(1).content.size());
}

// A defect of some senders: nothing at the receiver can know the copies for one message.
TEST_F(Messages, OfAnotherVariantDifferInTheirMessageIdAlone) {
    const std::string first = factory().make(7).content;
    std::string second = factory().make(7, 2).content;
    const std::size_t mark = second.find(".v2@");
    ASSERT_NE(mark, std::string::npos);
    second.erase(mark, 3);
    EXPECT_EQ(second, first);
}

TEST_F(Corpus, LineEndsAreMadeCrlf) {
    write("a.eml", "Subject: x\nTo: y\r\n\rone\rtwo\nthree");
    const Message message = factory().make(1);
    EXPECT_THAT(message.content, HasSubstr("Subject: x\r\nTo: y\r\n\r\none\r\ntwo\r\nthree\r\n"));
    EXPECT_EQ(message.body_digest, content_digest(body_of(message)));
}

TEST_F(Corpus, TheMessageIdIsReplacedWithItsContinuation) {
    write("a.eml", "Subject: x\nMESSAGE-ID:\n <old@x>\nTo: y\n\nbody\n");
    const std::string content = factory().make(9).content;
    EXPECT_THAT(content, Not(HasSubstr("old@x")));
    EXPECT_EQ(count_of("Message-ID: <run1.9@twofifty.test>\r\n", content), 1U);
    EXPECT_THAT(content, HasSubstr("\r\nSubject: x\r\nTo: y\r\n\r\nbody\r\n"));
}

TEST_F(Corpus, CarriesTheTokenThreeTimes) {
    write("a.eml", "Subject: x\n\nbody\n");
    const Message message = factory().make(9);
    EXPECT_EQ(message.sender, "tf.run1.9@sender.test");
    EXPECT_THAT(message.content, HasSubstr("X-Twofifty-Token: run1.9\r\n"));
    EXPECT_THAT(body_of(message), EndsWith("twofifty token run1.9\r\n"));
}

TEST_F(Corpus, FilesAreUsedInTurnByTheirNames) {
    write("b.eml", "Subject: second\n\nbody\n");
    write("a.eml", "Subject: first\n\nbody \xC3\xA4\n");
    write("c.txt", "Subject: none\n\nbody\n");
    const MessageFactory messages = factory();
    EXPECT_THAT(messages.make(1).content, HasSubstr("Subject: first"));
    EXPECT_THAT(messages.make(2).content, HasSubstr("Subject: second"));
    EXPECT_THAT(messages.make(3).content, HasSubstr("Subject: first"));
    EXPECT_TRUE(messages.make(1).eight_bit);
    EXPECT_FALSE(messages.make(2).eight_bit);
}

TEST_F(Corpus, WithoutAMessageIsAnError) {
    EXPECT_THROW(factory(), std::runtime_error);
    write("a.eml", "no headers end here\n");
    EXPECT_THROW(factory(), std::runtime_error);
}

}  // namespace
}  // namespace twofifty::harness
