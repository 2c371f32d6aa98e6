#include "smtp/command.hpp"

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace twofifty::smtp {

std::ostream& operator<<(std::ostream& out, const PathArgument& path) {
    return out << '<' << path.mailbox << "> " << path.parameters;
}

namespace {

using namespace std::string_view_literals;

std::optional<PathArgument> from(std::string_view argument) {
    return parse_path(argument, "FROM");
}

std::optional<PathArgument> to(std::string_view argument) {
    return parse_path(argument, "TO");
}

/// Reads a copy that ends where its memory does, so that the sanitizer sees one byte too many.
bool is_rejected(std::string_view argument, std::string_view keyword) {
    const std::vector<char> copy(argument.begin(), argument.end());
    return !parse_path({copy.data(), copy.size()}, keyword);
}

/// Whether RCPT TO:<mailbox> is taken, and as that mailbox.
bool is_mailbox(const std::string& mailbox) {
    return to("TO:<" + mailbox + ">") == PathArgument{mailbox, ""};
}

TEST(ParseCommand, KnowsEachVerb) {
    constexpr std::array verbs{
        std::pair{"HELO"sv, Verb::helo}, std::pair{"EHLO"sv, Verb::ehlo},
        std::pair{"LHLO"sv, Verb::lhlo}, std::pair{"STARTTLS"sv, Verb::starttls},
        std::pair{"AUTH"sv, Verb::auth}, std::pair{"MAIL"sv, Verb::mail},
        std::pair{"RCPT"sv, Verb::rcpt}, std::pair{"DATA"sv, Verb::data},
        std::pair{"BDAT"sv, Verb::bdat}, std::pair{"RSET"sv, Verb::rset},
        std::pair{"NOOP"sv, Verb::noop}, std::pair{"QUIT"sv, Verb::quit},
        std::pair{"VRFY"sv, Verb::vrfy}, std::pair{"EXPN"sv, Verb::expn},
        std::pair{"HELP"sv, Verb::help}};
    for (const auto& [text, verb] : verbs) EXPECT_EQ(parse_command(text), (Command{verb, ""}));
}

TEST(ParseCommand, IgnoresCase) {
    EXPECT_EQ(parse_command("mAiL FROM:<>"), (Command{Verb::mail, "FROM:<>"}));
    EXPECT_EQ(parse_command("starttls"), (Command{Verb::starttls, ""}));
}

TEST(ParseCommand, RemovesWhiteSpaceAroundTheArgument) {
    EXPECT_EQ(parse_command("EHLO  \ta.test \t"), (Command{Verb::ehlo, "a.test"}));
}

TEST(ParseCommand, TakesNothingElseForAVerb) {
    for (const std::string_view line :
         {""sv, " "sv, " MAIL"sv, "MAI"sv, "MAILS"sv, "DATA."sv, "\0\0\0\0"sv, "\x0d\x01\x09\x0c"sv,
          "STARTTL5"sv, "\xed\xe1\xe9\xec"sv, "M\0IL"sv})
        EXPECT_EQ(parse_command(line).verb, Verb::unknown) << testing::PrintToString(line);
}

TEST(ParseChunk, ReadsASize) {
    EXPECT_EQ(parse_chunk("1000"), (Chunk{1000, false}));
    EXPECT_EQ(parse_chunk("18446744073709551615"), (Chunk{18446744073709551615U, false}));
}

TEST(ParseChunk, ReadsLastInAnyCase) {
    EXPECT_EQ(parse_chunk("0 LAST"), (Chunk{0, true}));
    EXPECT_EQ(parse_chunk("86  last"), (Chunk{86, true}));
}

TEST(ParseChunk, RejectsAnythingElse) {
    for (const std::string_view argument :
         {""sv, "LAST"sv, "-1"sv, "+1"sv, "1k"sv, "0x10"sv, "1LAST"sv, "1 LAST LAST"sv, "1 2"sv,
          "1 LASTLY"sv, "18446744073709551616"sv, "1\0"sv})
        EXPECT_EQ(parse_chunk(argument), std::nullopt) << testing::PrintToString(argument);
}

TEST(ParsePath, ReadsMailboxAndParameters) {
    EXPECT_EQ(from("FROM:<a@b.test> SIZE=1000 BODY=8BITMIME "),
              (PathArgument{"a@b.test", "SIZE=1000 BODY=8BITMIME"}));
}

TEST(ParsePath, IgnoresTheKeywordsCaseAndASpaceBehindTheColon) {
    EXPECT_EQ(from("from: <a@b.test>"), (PathArgument{"a@b.test", ""}));
}

TEST(ParsePath, ReadsTheNullSender) {
    EXPECT_EQ(from("FROM:<> SIZE=1"), (PathArgument{"", "SIZE=1"}));
}

TEST(ParsePath, TakesNoNullRecipient) {
    EXPECT_EQ(to("TO:<>"), std::nullopt);
}

TEST(ParsePath, TakesPostmasterWithoutADomainAsRecipientOnly) {
    EXPECT_EQ(to("TO:<PostMaster>"), (PathArgument{"PostMaster", ""}));
    EXPECT_EQ(from("FROM:<postmaster>"), std::nullopt);
    EXPECT_EQ(to("TO:<webmaster>"), std::nullopt);
}

TEST(ParsePath, DropsASourceRoute) {
    EXPECT_EQ(to("TO:<@one.test,@[192.0.2.1]:a@b.test>"), (PathArgument{"a@b.test", ""}));
}

TEST(ParsePath, RejectsAMalformedSourceRoute) {
    for (const std::string_view argument :
         {"TO:<@>"sv, "TO:<@one.test>"sv, "TO:<@one.test:>"sv, "TO:<@one.test,a@b.test>"sv,
          "TO:<@one.test,:a@b.test>"sv, "TO:<@:a@b.test>"sv, "TO:<@one.test"sv})
        EXPECT_TRUE(is_rejected(argument, "TO")) << argument;
    EXPECT_EQ(from("FROM:<@one.test:>"), std::nullopt);
}

TEST(ParsePath, TakesTheAddressesThatTheRfcAllows) {
    for (const std::string mailbox :
         {"a@b", "tf.1a2b.7@sender.test", "a+b=c/{d}@b-c.test", "\"\"@b.test", "\"a b\"@b.test",
          "\"a@b>c\"@b.test", "\"a\\\"\\\\b\"@b.test", "a@[192.0.2.1]", "a@[IPv6:2001:db8::1]",
          "\xc3\xa9@b\xc3\xbc.test", "a@my_host"})
        EXPECT_TRUE(is_mailbox(mailbox)) << mailbox;
}

TEST(ParsePath, RejectsMalformedAddresses) {
    for (const std::string& mailbox :
         std::initializer_list<std::string>{"a",
                                            "@b.test",
                                            "a@",
                                            "a@@b.test",
                                            "a@b@c.test",
                                            "a b@c.test",
                                            "a\tb@c.test",
                                            "a@b c.test",
                                            ".a@b.test",
                                            "a.@b.test",
                                            "a..b@c.test",
                                            "a@.b.test",
                                            "a@b..test",
                                            "a@b.test.",
                                            "a@-b.test",
                                            "a@b-.test",
                                            "a@[]",
                                            "a@[192.0.2.1",
                                            "a@192.0.2.1]",
                                            "a@[[1]]",
                                            "\"a@b.test",
                                            "\"a\"b@c.test",
                                            "\"a\\\"@b.test",
                                            "a\"b\"@c.test",
                                            "<a@b.test",
                                            "a(b)@c.test",
                                            "a,b@c.test",
                                            std::string("a\0b@c.test", 10),
                                            std::string("a@b\0c.test", 10),
                                            "a\x7f@b.test",
                                            "\"a\nb\"@c.test",
                                            "a\r@b.test"})
        EXPECT_FALSE(is_mailbox(mailbox)) << testing::PrintToString(mailbox);
}

TEST(ParsePath, RejectsWrongBrackets) {
    for (const std::string_view argument :
         {""sv, "FROM"sv, "FROM:"sv, "FROM: "sv, "FROM:a@b.test"sv, "FROM:<a@b.test"sv, "FROM:<"sv,
          "FROM:a@b.test>"sv, "FROM:<a@b.test>>"sv, "FROM:<a@b.test>SIZE=1"sv, "FROM <a@b.test>"sv,
          "FROM :<a@b.test>"sv, "TO:<a@b.test>"sv, "<a@b.test>"sv, "FROM:< a@b.test>"sv,
          "FROM:<a@b.test >"sv})
        EXPECT_TRUE(is_rejected(argument, "FROM")) << argument;
}

TEST(ParsePath, RejectsAPathThatBreaksOffAnywhere) {
    for (const std::string_view argument :
         {"TO:<@one.test,@[::1]:a.b@c-d.test>"sv, "TO:<\"a\\\" b\"@[192.0.2.1]>"sv})
        for (std::size_t size = 0; size < argument.size(); ++size)
            EXPECT_TRUE(is_rejected(argument.substr(0, size), "TO")) << argument.substr(0, size);
}

TEST(ParsePath, TakesALocalPartOf64BytesAndNoMore) {
    EXPECT_TRUE(is_mailbox(std::string(64, 'a') + "@b.test"));
    EXPECT_FALSE(is_mailbox(std::string(65, 'a') + "@b.test"));
}

TEST(ParsePath, TakesALabelOf63BytesAndNoMore) {
    EXPECT_TRUE(is_mailbox("a@" + std::string(63, 'b') + ".test"));
    EXPECT_FALSE(is_mailbox("a@" + std::string(64, 'b') + ".test"));
}

TEST(ParsePath, TakesAPathOf256BytesAndNoMore) {
    std::string domain;
    while (domain.size() < 248) domain += "bbb.";
    const std::string mailbox_of_254 = "aa@" + domain + "ccc";
    ASSERT_EQ(mailbox_of_254.size(), 254U);
    EXPECT_TRUE(is_mailbox(mailbox_of_254));
    EXPECT_FALSE(is_mailbox("a" + mailbox_of_254));
}

TEST(Parameter, FindsAValueByItsKeyword) {
    EXPECT_EQ(parameter("SIZE=10 BODY=8BITMIME", "SIZE"), "10");
    EXPECT_EQ(parameter("SIZE=10  body=8BITMIME", "BODY"), "8BITMIME");
}

TEST(Parameter, IsEmptyWithoutAValue) {
    EXPECT_EQ(parameter("SMTPUTF8 SIZE=", "SMTPUTF8"), "");
    EXPECT_EQ(parameter("SMTPUTF8 SIZE=", "SIZE"), "");
}

TEST(Parameter, KeepsAnEqualsSignInTheValue) {
    EXPECT_EQ(parameter("ENVID=a=b", "ENVID"), "a=b");
}

TEST(Parameter, IsNothingWhereTheKeywordIsNot) {
    EXPECT_EQ(parameter("SIZE=10", "SIZ"), std::nullopt);
    EXPECT_EQ(parameter("XSIZE=10 SIZES=1 A=SIZE", "SIZE"), std::nullopt);
    EXPECT_EQ(parameter("", "SIZE"), std::nullopt);
}

}  // namespace
}  // namespace twofifty::smtp
