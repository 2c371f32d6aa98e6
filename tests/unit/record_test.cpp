#include "record/address_book.hpp"
#include "record/content_digest.hpp"
#include "record/event.hpp"
#include "record/outcome.hpp"
#include "record/phase.hpp"
#include "record/token.hpp"

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace twofifty {

std::ostream& operator<<(std::ostream& out, const Token& token) {
    return out << testing::PrintToString(token.run_id) << " and " << token.ordinal;
}

namespace {

using namespace std::string_view_literals;

TEST(Token, IsWrittenAsRunIdAndOrdinal) {
    EXPECT_EQ(to_string(Token{"1a2b", 7}), "1a2b.7");
}

TEST(Token, IsReadBackAsItWasWritten) {
    for (const std::uint32_t ordinal : {1U, 10U, 4294967295U})
        EXPECT_EQ(parse_token(to_string(Token{"1a2b", ordinal})), (Token{"1a2b", ordinal}));
}

TEST(Token, IsReadFromNothingElse) {
    for (const std::string_view text :
         {""sv, "."sv, "7"sv, "1a2b"sv, "1a2b."sv, ".7"sv, "1a2b.0"sv, "1a2b.07"sv, "1a2b.-7"sv,
          "1a2b.+7"sv, "1a2b. 7"sv, "1a2b.7 "sv, "1a2b.7x"sv, "1a2b.0x7"sv, "1a2b.4294967296"sv,
          "1a2b.99999999999999999999"sv, "1a2b.7\0"sv})
        EXPECT_EQ(parse_token(text), std::nullopt) << testing::PrintToString(text);
}

TEST(SenderOfToken, IsItsLocalPart) {
    EXPECT_EQ(sender_local_part(Token{"1a2b", 7}), "tf.1a2b.7");
}

TEST(OrdinalOfSender, IsReadWhateverTheDomain) {
    EXPECT_EQ(ordinal_of_sender("tf.1a2b.7@sender.test", "1a2b"), 7U);
    EXPECT_EQ(ordinal_of_sender("tf.1a2b.4294967295@[192.0.2.1]", "1a2b"), 4294967295U);
}

TEST(OrdinalOfSender, IsZeroForForeignSenders) {
    for (const std::string_view mailbox :
         {""sv, "@"sv, "a@sender.test"sv, "tf"sv, "tf."sv, "tf.@sender.test"sv, "tf@1a2b.7"sv,
          "tf.7@sender.test"sv, "tf..7@sender.test"sv, "tf.1a2b@7.7"sv, "tf.1a2b.0@sender.test"sv,
          "tf.1a2b.7x@sender.test"sv, "xtf.1a2b.7@sender.test"sv, "TF.1a2b.7@sender.test"sv,
          "tf.1a2b.4294967296@sender.test"sv})
        EXPECT_EQ(ordinal_of_sender(mailbox, "1a2b"), 0U) << mailbox;
}

TEST(OrdinalOfSender, IsZeroForAnotherRunAndForStrangers) {
    EXPECT_EQ(ordinal_of_sender("tf.1a2b.7@sender.test", "1a2c"), 0U);
    EXPECT_EQ(ordinal_of_sender("tf.1a2b.7@sender.test", "1a2"), 0U);
    EXPECT_EQ(ordinal_of_sender("a@sender.test", "1a2b"), 0U);
    EXPECT_EQ(ordinal_of_sender("", ""), 0U);
}

TEST(AddressBook, NumbersAddressesInTheirOrder) {
    const std::array<std::string, 3> addresses{"b@x.test", "a@x.test", "c@x.test"};
    const AddressBook book(addresses);
    EXPECT_EQ((std::array{book.number_of("b@x.test"), book.number_of("a@x.test"),
                          book.number_of("c@x.test"), book.size()}),
              (std::array{1U, 2U, 3U, 3U}));
}

TEST(AddressBook, KnowsAnAddressInAnyCase) {
    const std::array<std::string, 1> addresses{"Bob@X.test"};
    EXPECT_EQ(AddressBook(addresses).number_of("bOB@x.TEST"), 1U);
}

TEST(AddressBook, KeepsTheFirstNumberAndSpellingOfARepeatedAddress) {
    const std::array<std::string, 3> addresses{"a@x.test", "A@x.test", "b@x.test"};
    const AddressBook book(addresses);
    EXPECT_EQ((std::array{book.number_of("A@x.test"), book.number_of("b@x.test"), book.size()}),
              (std::array{1U, 2U, 2U}));
    EXPECT_EQ(book.address_of(1), "a@x.test");
    EXPECT_EQ(book.address_of(2), "b@x.test");
}

TEST(AddressBook, HasNoNumberForAStranger) {
    const std::array<std::string, 1> addresses{"a@x.test"};
    const AddressBook book(addresses);
    EXPECT_EQ((std::array{book.number_of("a@x.tes"), book.number_of("a@x.testt"),
                          book.number_of(""), AddressBook().number_of("a@x.test")}),
              (std::array{0U, 0U, 0U, 0U}));
}

TEST(AddressBookDeathTest, StopsAtANumberThatIsNotInIt) {
    const std::array<std::string, 1> addresses{"a@x.test"};
    const AddressBook book(addresses);
    EXPECT_DEATH(static_cast<void>(book.address_of(0)), "broken invariant");
    EXPECT_DEATH(static_cast<void>(book.address_of(2)), "broken invariant");
}

// XXH3_64bits of nothing with seed 0, as the algorithm's reference gives it: a digest that is
// stored today must mean the same on every machine.
TEST(ContentDigest, IsXxh3) {
    EXPECT_EQ(content_digest(""), 0x2d06800538d394c2U);
}

TEST(ContentDigest, DoesNotDependOnThePieces) {
    std::string body;
    for (int line = 0; line < 40; ++line) body += "line " + std::to_string(line) + "\r\n";
    const std::string_view view = body;
    for (std::size_t split = 0; split <= view.size(); ++split) {
        ContentDigest digest;
        digest.add(view.substr(0, split));
        digest.add(view.substr(split));
        EXPECT_EQ(digest.value(), content_digest(body)) << "split at " << split;
    }
}

TEST(ContentDigest, StartsAnewAfterReset) {
    ContentDigest digest;
    digest.add("abc");
    digest.reset();
    digest.add("d");
    EXPECT_EQ(digest.value(), content_digest("d"));
}

TEST(ContentDigest, DiffersWhereOneByteDoes) {
    EXPECT_NE(content_digest("a\r\n"), content_digest("a\n"));
}

TEST(OutcomeOf, IsAcceptedForThe2xxOnly) {
    EXPECT_EQ((std::array{outcome_of(199), outcome_of(200), outcome_of(299), outcome_of(300)}),
              (std::array{Outcome::refused_for_now, Outcome::accepted, Outcome::accepted,
                          Outcome::refused_for_now}));
}

TEST(OutcomeOf, IsRefusedForGoodForThe5xxOnly) {
    EXPECT_EQ((std::array{outcome_of(499), outcome_of(500), outcome_of(599), outcome_of(600)}),
              (std::array{Outcome::refused_for_now, Outcome::refused_for_good,
                          Outcome::refused_for_good, Outcome::refused_for_now}));
}

// The names stand in ledgers that outlive the program: one too few would shift those behind it.
TEST(Names, BelongToTheLastEnumeratorsToo) {
    EXPECT_EQ(to_string(Phase::other), "other");
    EXPECT_EQ(to_string(Outcome::not_sent), "not_sent");
    EXPECT_EQ(to_string(EventKind::layer_not_following), "layer_not_following");
    EXPECT_EQ((std::array{phase_names.size(), outcome_names.size(), event_kind_names.size()}),
              (std::array{static_cast<std::size_t>(Phase::other) + 1,
                          static_cast<std::size_t>(Outcome::not_sent) + 1,
                          static_cast<std::size_t>(EventKind::server_said) + 1}));
}

}  // namespace
}  // namespace twofifty
