#include "smtp/reply.hpp"
#include "smtp/error.hpp"
#include "smtp/limits.hpp"

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace twofifty::smtp {

std::ostream& operator<<(std::ostream& out, const Reply& reply) {
    return out << reply.code << ' ' << testing::PrintToString(reply.raw);
}

std::ostream& operator<<(std::ostream& out, const EnhancedCode& code) {
    return out << code.kind << '.' << code.subject << '.' << code.detail;
}

namespace {

using namespace std::string_view_literals;

/// What came out of a stream: the replies, and how it ended.
struct Parsed {
    std::vector<Reply> replies;
    boost::system::error_code error;

    bool operator==(const Parsed&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Parsed& parsed) {
    return out << testing::PrintToString(parsed.replies) << ' ' << parsed.error.message();
}

Parsed parse_pieces(const std::vector<std::string_view>& pieces) {
    ReplyParser parser;
    Parsed parsed;
    for (std::string_view rest : pieces) {
        while (!rest.empty()) {
            const boost::system::result<std::size_t> taken = parser.feed(rest);
            if (!taken) {
                parsed.error = taken.error();
                return parsed;
            }
            rest.remove_prefix(*taken);
            if (parser.complete()) parsed.replies.push_back(parser.take());
        }
    }
    return parsed;
}

Parsed parse(std::string_view stream) {
    return parse_pieces({stream});
}

Reply reply(std::uint16_t code, std::string raw) {
    return {code, std::move(raw)};
}

Parsed failed(Error error) {
    return {{}, error};
}

std::string lines_of(std::size_t count) {
    std::string stream;
    for (std::size_t line = 1; line < count; ++line) stream += "250-x\r\n";
    return stream + "250 x\r\n";
}

TEST(ReplyParser, CutsRepliesOutOfAStream) {
    EXPECT_EQ(parse("220 a.test ESMTP\r\n250-a\r\n250-b\r\n250 c\r\n354 go\r\n"),
              (Parsed{{reply(220, "220 a.test ESMTP\r\n"),
                       reply(250, "250-a\r\n250-b\r\n250 c\r\n"), reply(354, "354 go\r\n")},
                      {}}));
}

TEST(ReplyParser, TakesABareLineFeedAsALineEnd) {
    EXPECT_EQ(parse("250-a\n250 b\n"), (Parsed{{reply(250, "250-a\n250 b\n")}, {}}));
}

TEST(ReplyParser, TakesACodeAlone) {
    EXPECT_EQ(parse("250\r\n354\n"), (Parsed{{reply(250, "250\r\n"), reply(354, "354\n")}, {}}));
}

TEST(ReplyParser, EndsAMultiLineReplyAtACodeAlone) {
    EXPECT_EQ(parse("250-a\r\n250\r\n"), (Parsed{{reply(250, "250-a\r\n250\r\n")}, {}}));
}

TEST(ReplyParser, KeepsAnyByteInTheText) {
    const std::string raw("250 a\0b\r\xff\t\r\n", 12);
    EXPECT_EQ(parse(raw), (Parsed{{reply(250, raw)}, {}}));
}

TEST(ReplyParser, TakesAnyThreeDigitCode) {
    EXPECT_EQ(parse("000 a\r\n999 b\r\n"),
              (Parsed{{reply(0, "000 a\r\n"), reply(999, "999 b\r\n")}, {}}));
}

TEST(ReplyParser, HoldsAnUnfinishedReply) {
    ReplyParser parser;
    EXPECT_EQ(parser.feed("250-a\r\n250 b").value(), 12U);
    EXPECT_FALSE(parser.complete());
    EXPECT_EQ(parser.pending(), 12U);
}

TEST(ReplyParser, StopsBehindTheFirstReply) {
    ReplyParser parser;
    EXPECT_EQ(parser.feed("250 a\r\n250 b\r\n").value(), 7U);
    EXPECT_TRUE(parser.complete());
}

TEST(ReplyParser, HoldsNothingAfterTake) {
    ReplyParser parser;
    parser.feed("250 a\r\n").value();
    parser.take();
    EXPECT_EQ(parser.pending(), 0U);
    EXPECT_FALSE(parser.complete());
}

TEST(ReplyParser, RejectsMalformedLines) {
    for (const std::string_view line :
         {"\r\n"sv, "\n"sv, "2\r\n"sv, "25\r\n"sv, "250x\r\n"sv, "250\tx\r\n"sv, "2500 x\r\n"sv,
          " 250 x\r\n"sv, "+25 x\r\n"sv, "-25 x\r\n"sv, "25O x\r\n"sv, "abc\r\n"sv, "\0\0\0\0\n"sv,
          "250\0\r\n"sv, "250\r\r\n"sv, "\xff\xfe\xfd\n"sv, "HTTP/1.1 400 Bad Request\r\n"sv})
        EXPECT_EQ(parse(line), failed(Error::reply_malformed)) << testing::PrintToString(line);
}

TEST(ReplyParser, RejectsAMalformedLineBehindAGoodOne) {
    EXPECT_EQ(parse("250-a\r\n250b\r\n"), failed(Error::reply_malformed));
    EXPECT_EQ(parse("250-a\r\n\r\n"), failed(Error::reply_malformed));
}

TEST(ReplyParser, RejectsAChangeOfCode) {
    EXPECT_EQ(parse("250-a\r\n251 b\r\n"), failed(Error::reply_code_changed));
}

TEST(ReplyParser, KeepsTheRepliesInFrontOfAnError) {
    EXPECT_EQ(parse("250 a\r\nx\r\n"), (Parsed{{reply(250, "250 a\r\n")}, Error::reply_malformed}));
}

TEST(ReplyParser, TakesALineOf512BytesAndNoMore) {
    const std::string line = "250 " + std::string(506, 'a') + "\r\n";
    ASSERT_EQ(line.size(), reply_line_limit);
    EXPECT_EQ(parse(line), (Parsed{{reply(250, line)}, {}}));
    EXPECT_EQ(parse("250 a" + line.substr(4)), failed(Error::reply_line_too_long));
}

TEST(ReplyParser, CountsTheLimitAnewForEachLine) {
    const std::string line = std::string(506, 'a') + "\r\n";
    const std::string raw = "250-" + line + "250 " + line;
    EXPECT_EQ(parse(raw), (Parsed{{reply(250, raw)}, {}}));
}

TEST(ReplyParser, Takes128LinesAndNoMore) {
    EXPECT_EQ(parse(lines_of(128)), (Parsed{{reply(250, lines_of(128))}, {}}));
    EXPECT_EQ(parse(lines_of(129)), failed(Error::reply_too_many_lines));
}

TEST(ReplyParser, HoldsNothingOfAnEndlessLine) {
    ReplyParser parser;
    const std::string block(1 << 16, '2');
    for (int round = 0; round < 3; ++round)
        EXPECT_EQ(parser.feed(block).error(), Error::reply_line_too_long);
    EXPECT_EQ(parser.pending(), 0U);
}

TEST(ReplyParser, NoticesAnEndlessLineThatComesByteByByte) {
    ReplyParser parser;
    for (std::size_t byte = 1; byte < reply_line_limit; ++byte)
        ASSERT_FALSE(parser.feed("2").has_error()) << byte;
    EXPECT_EQ(parser.feed("2").error(), Error::reply_line_too_long);
}

// One who passes on what is no SMTP must lose no byte and repeat none.
TEST(ReplyParser, TakesNoneOfTheBytesThatHoldAnError) {
    for (const std::string_view stream :
         {"250-a\r\n250-b\r\n251 c\r\n"sv, "SSH-2.0-x\r\n"sv, "250-a\r\n250"sv})
        for (std::size_t split = 0; split <= stream.size(); ++split) {
            ReplyParser parser;
            std::string_view rest = stream;
            for (const std::size_t size : {split, stream.size() - split})
                if (const auto taken = parser.feed(rest.substr(0, size)))
                    rest.remove_prefix(*taken);
                else
                    break;
            EXPECT_EQ(parser.take_unfinished() + std::string(rest), stream)
                << testing::PrintToString(stream) << " split at " << split;
        }
}

TEST(ReplyParser, ReadsTheNextReplyBehindBytesThatWereHandedOut) {
    ReplyParser parser;
    parser.feed("250-a\r\n25").value();
    EXPECT_EQ(parser.take_unfinished(), "250-a\r\n25");
    EXPECT_EQ(parser.feed("354 b\r\n").value(), 7U);
    EXPECT_EQ(parser.take(), reply(354, "354 b\r\n"));
}

// A protocol without line ends would else be held back for ever.
TEST(ReplyParser, KnowsAnotherProtocolByItsFirstBytes) {
    const auto error_of = [](std::string_view bytes) {
        ReplyParser parser;
        const auto taken = parser.feed(bytes);
        return taken ? boost::system::error_code{} : taken.error();
    };
    EXPECT_EQ(error_of("25"), boost::system::error_code{});
    EXPECT_EQ(error_of("S"), Error::reply_malformed);
    EXPECT_EQ(error_of("25x"), Error::reply_malformed);
    EXPECT_EQ(error_of("250-a\r\nx"), Error::reply_malformed);
}

TEST(ReplyParser, StaysFailed) {
    ReplyParser parser;
    EXPECT_EQ(parser.feed("x\r\n").error(), Error::reply_malformed);
    EXPECT_EQ(parser.feed("250 a\r\n").error(), Error::reply_malformed);
}

TEST(ReplyParser, GivesTheSameRepliesAtEverySplit) {
    for (const std::string_view stream :
         {"220 a\r\n250-b\r\n250-\r\n250 c\r\n250\r\n451 4.3.0 d\n221 bye\r\n"sv,
          "250-a\r\n250 b\r\n251-c\r\n250 d\r\n"sv, "250\n25x\r\n250 a\r\n"sv})
        for (std::size_t first = 0; first <= stream.size(); ++first)
            for (std::size_t second = first; second <= stream.size(); ++second)
                EXPECT_EQ(
                    parse_pieces({stream.substr(0, first), stream.substr(first, second - first),
                                  stream.substr(second)}),
                    parse(stream))
                    << testing::PrintToString(stream) << " split at " << first << " and " << second;
}

TEST(ReplyParser, GivesTheSameForRandomBytesByteByByte) {
    constexpr std::uint32_t seed = 250;
    std::mt19937 rng(seed);
    for (int round = 0; round < 5000; ++round) {
        std::string stream;
        for (auto left = rng() % 24; left > 0; --left) stream += "250 -\r\n\n"[rng() % 8];
        std::vector<std::string_view> bytes;
        for (const char& c : stream) bytes.emplace_back(&c, 1);
        ASSERT_EQ(parse_pieces(bytes), parse(stream))
            << "seed " << seed << " round " << round << ": " << testing::PrintToString(stream);
    }
}

TEST(Reply, TellsItsClass) {
    const auto classes = [](std::uint16_t code) {
        const Reply r = reply(code, "");
        return std::array{r.positive(), r.transient(), r.permanent()};
    };
    EXPECT_EQ(classes(199), (std::array{false, false, false}));
    EXPECT_EQ(classes(200), (std::array{true, false, false}));
    EXPECT_EQ(classes(354), (std::array{false, false, false}));
    EXPECT_EQ(classes(499), (std::array{false, true, false}));
    EXPECT_EQ(classes(500), (std::array{false, false, true}));
    EXPECT_EQ(classes(600), (std::array{false, false, false}));
}

TEST(Reply, GivesTheTextsOfItsLines) {
    EXPECT_EQ(reply(250, "250-a.test\r\n250-\r\n250\r\n").lines(),
              (std::vector<std::string_view>{"a.test", "", ""}));
    EXPECT_EQ(reply(250, "250-a\n250 SIZE 10\n").lines(),
              (std::vector<std::string_view>{"a", "SIZE 10"}));
}

TEST(Reply, GivesTheTextOfItsFirstLine) {
    EXPECT_EQ(reply(250, "250-a b\r\n250 c\r\n").text(), "a b");
    EXPECT_EQ(reply(250, "250\r\n").text(), "");
}

TEST(EnhancedCode, StandsAtTheStartOfTheText) {
    EXPECT_EQ(reply(250, "250 2.1.5 Ok\r\n").enhanced_code(), (EnhancedCode{2, 1, 5}));
    EXPECT_EQ(reply(451, "451-4.7.500 a\r\n451 4.0.0 b\r\n").enhanced_code(),
              (EnhancedCode{4, 7, 500}));
    EXPECT_EQ(reply(550, "550 5.1.1\r\n").enhanced_code(), (EnhancedCode{5, 1, 1}));
}

TEST(EnhancedCode, IsNothingWhereItsClassIsNotTheCodes) {
    EXPECT_EQ(reply(250, "250 5.1.1 a\r\n").enhanced_code(), std::nullopt);
    EXPECT_EQ(reply(354, "354 3.0.0 a\r\n").enhanced_code(), std::nullopt);
}

TEST(EnhancedCode, IsNothingWhereTheTextIsOther) {
    for (const std::string text :
         {"", "2", "2.", "2.1", "2.1.", "2.1.5x", "2.1.5.1", "2.1.5678 a", "2.1234.5 a", "2..5 a",
          "2.-1.5 a", "22.1.5 a", "Ok 2.1.5", "2.1,5 a", " 2.1.5 a"})
        EXPECT_EQ(reply(250, "250 " + text + "\r\n").enhanced_code(), std::nullopt) << text;
}

TEST(QueueId, IsFoundInTheWordsOfEachServer) {
    const auto id = [](const std::string& text) {
        const Reply r = reply(250, "250 " + text + "\r\n");
        return std::string(queue_id(r));
    };
    EXPECT_EQ(id("2.0.0 Ok: queued as 4Xk2Zt1YJ0z9v"), "4Xk2Zt1YJ0z9v");
    EXPECT_EQ(id("OK id=1tEfGh-00000001abc-0XyZ"), "1tEfGh-00000001abc-0XyZ");
    EXPECT_EQ(id("2.0.0 4ANKiXyZ012345 Message accepted for delivery"), "4ANKiXyZ012345");
    EXPECT_EQ(id("2.0.0 0a1b2c3d Message accepted for delivery"), "0a1b2c3d");
    EXPECT_EQ(id("Message Queued (7F7C3C4E-1234-4A5B-8C9D-0123456789AB.1)"),
              "7F7C3C4E-1234-4A5B-8C9D-0123456789AB.1");
    EXPECT_EQ(id("ok 1700000000 qp 12345"), "12345");
}

TEST(QueueId, IsFoundInALaterLine) {
    const Reply r = reply(250, "250-2.0.0 thanks\r\n250 2.0.0 Ok: queued as ABC123\r\n");
    EXPECT_EQ(queue_id(r), "ABC123");
}

TEST(QueueId, EndsInFrontOfTheSentencesEnd) {
    const Reply r = reply(250, "250 Ok: queued as ABC123.\r\n");
    EXPECT_EQ(queue_id(r), "ABC123");
}

TEST(QueueId, IsEmptyWhereNoneIsNamed) {
    for (const std::string text :
         {"", "Ok", "2.0.0 Ok", "2.0.0 Message accepted for delivery", "Message accepted",
          "queued as ", "Message Queued ()", "OK id=", "ok 1 qp ", "Requested action okay"}) {
        const Reply r = reply(250, "250 " + text + "\r\n");
        EXPECT_EQ(queue_id(r), "") << text;
    }
}

TEST(QueueId, IsEmptyInARefusal) {
    const Reply r = reply(451, "451 4.3.0 not queued as ABC123\r\n");
    EXPECT_EQ(queue_id(r), "");
}

}  // namespace
}  // namespace twofifty::smtp
