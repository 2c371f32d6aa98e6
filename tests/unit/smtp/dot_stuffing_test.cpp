// Transparency and the end of data. The references below are as slow and plain as can be: they see
// the whole stream at once.
#include "smtp/dot_stuffing.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace twofifty::smtp {
namespace {

std::string stuffed(std::string_view content) {
    world::block_pool::Bytes wire;
    append_stuffed(content, wire);
    return std::string(wire.begin(), wire.end());
}

/// Where the content ends (behind the final ".CRLF"), by search; npos where it does not.
std::size_t naive_end(std::string_view stream) {
    if (stream.starts_with(".\r\n")) return 3;
    const std::size_t place = stream.find("\r\n.\r\n");
    return place == std::string_view::npos ? place : place + 5;
}

/// The content of a stream that is complete, line by line, a line ending at CRLF only.
std::string naive_content(std::string_view stream) {
    std::string content;
    stream = stream.substr(0, naive_end(stream) - 3);
    while (!stream.empty()) {
        const std::size_t line_end = stream.find("\r\n");
        const std::size_t size = line_end == std::string_view::npos ? stream.size() : line_end + 2;
        content += stream.starts_with('.') ? stream.substr(1, size - 1) : stream.substr(0, size);
        stream.remove_prefix(size);
    }
    return content;
}

struct Scanned {
    std::size_t taken = 0;
    bool found = false;

    bool operator==(const Scanned&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Scanned& scanned) {
    return out << scanned.taken << (scanned.found ? " found" : " not found");
}

Scanned scan_pieces(const std::vector<std::string_view>& pieces) {
    EndOfDataFinder finder;
    Scanned scanned;
    for (const std::string_view piece : pieces) scanned.taken += finder.scan(piece);
    scanned.found = finder.found();
    return scanned;
}

struct Unstuffed {
    std::size_t taken = 0;
    bool found = false;
    std::string content;

    bool operator==(const Unstuffed&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Unstuffed& unstuffed) {
    return out << unstuffed.taken << (unstuffed.found ? " found " : " not found ")
               << testing::PrintToString(unstuffed.content);
}

Unstuffed unstuff_pieces(const std::vector<std::string_view>& pieces) {
    Unstuffer unstuffer;
    Unstuffed unstuffed;
    const Unstuffer::Take take = [&](std::string_view run) { unstuffed.content += run; };
    for (const std::string_view piece : pieces) unstuffed.taken += unstuffer.feed(piece, take);
    unstuffed.found = unstuffer.found();
    return unstuffed;
}

Scanned expected_scan(std::string_view stream) {
    const std::size_t end = naive_end(stream);
    if (end == std::string_view::npos) return {stream.size(), false};
    return {end, true};
}

Unstuffed expected_content(std::string_view stream) {
    return {naive_end(stream), true, naive_content(stream)};
}

/// All strings over {CR, LF, '.', 'a'} of this length.
template <typename Visit>
void for_each_stream(std::size_t length, Visit visit) {
    constexpr std::string_view alphabet = "\r\n.a";
    for (std::size_t number = 0; number < std::size_t{1} << (2 * length); ++number) {
        std::string stream;
        for (std::size_t i = 0; i < length; ++i) stream += alphabet[number >> (2 * i) & 3U];
        visit(stream);
    }
}

const std::vector<std::string> complete_streams{
    ".\r\n",
    "a\r\n.\r\n",
    "a\r\n..b\r\n...\r\n.\r\n",
    "..\r\n.\r\n",
    "a\r\n.b\r\n.\rc\r\n.\r\r\n.\r\n",
    "a\n.\nb\r\n.\nc\n.\r\nd\r.\r\ne\r\n.\r\n",
    "\r\r\n\n\r\n..\r\r\n.\r\nMAIL FROM:<a@a.test>\r\n",
    "a\r\n.\r\n.\r\n",
};

TEST(AppendStuffed, DoublesADotAtTheStartOfALine) {
    EXPECT_EQ(stuffed(".a\r\n.\r\nb.\r\n..\r\n"), "..a\r\n..\r\nb.\r\n...\r\n.\r\n");
}

TEST(AppendStuffed, LeavesADotBehindABareCrOrLfAlone) {
    EXPECT_EQ(stuffed("a\n.b\r.c\n\r.d\r\n"), "a\n.b\r.c\n\r.d\r\n.\r\n");
}

TEST(AppendStuffed, EndsTheLastLineWhereTheContentDoesNot) {
    EXPECT_EQ(stuffed("a"), "a\r\n.\r\n");
    EXPECT_EQ(stuffed("a\n"), "a\n\r\n.\r\n");
    EXPECT_EQ(stuffed("a\r"), "a\r\r\n.\r\n");
}

TEST(AppendStuffed, SendsAnEmptyContentAsALoneDot) {
    EXPECT_EQ(stuffed(""), ".\r\n");
}

TEST(AppendStuffed, KeepsWhatIsOnTheWireAlready) {
    world::block_pool::Bytes wire = "DATA\r\n";
    append_stuffed("a\r\n", wire);
    EXPECT_EQ(wire, "DATA\r\na\r\n.\r\n");
}

TEST(AppendStuffed, IsUndoneByUnstuffingWhateverTheContent) {
    for (std::size_t length = 0; length <= 6; ++length)
        for_each_stream(length, [](const std::string& content) {
            const std::string wire = stuffed(content);
            std::string sent = content;
            if (!content.empty() && !content.ends_with("\r\n")) sent += "\r\n";
            EXPECT_EQ(unstuff_pieces({wire}), (Unstuffed{wire.size(), true, sent}));
        });
}

TEST(EndOfDataFinder, FindsTheEndWhereSearchFindsIt) {
    for (std::size_t length = 0; length <= 8; ++length)
        for_each_stream(length, [](const std::string& stream) {
            EXPECT_EQ(scan_pieces({stream}), expected_scan(stream))
                << testing::PrintToString(stream);
        });
}

TEST(EndOfDataFinder, FindsTheSameEndAtEverySplit) {
    for (const std::string& text : complete_streams) {
        const std::string_view stream = text;
        for (std::size_t first = 0; first <= stream.size(); ++first)
            for (std::size_t second = first; second <= stream.size(); ++second)
                EXPECT_EQ(
                    scan_pieces({stream.substr(0, first), stream.substr(first, second - first),
                                 stream.substr(second)}),
                    expected_scan(stream))
                    << testing::PrintToString(text) << " split at " << first << " and " << second;
    }
}

TEST(EndOfDataFinder, TakesNothingBehindTheEnd) {
    EndOfDataFinder finder;
    EXPECT_EQ(finder.scan("a\r\n.\r\nQUIT\r\n"), 6U);
    EXPECT_EQ(finder.scan("QUIT\r\n"), 0U);
}

TEST(EndOfDataFinder, KnowsHowMuchOfTheTerminatorWasTaken) {
    EndOfDataFinder finder;
    std::vector<std::size_t> bytes{finder.terminator_bytes()};
    for (const char c : std::string_view("a\r\n.\ra\r\n.\r\n")) {
        finder.scan({&c, 1});
        bytes.push_back(finder.terminator_bytes());
    }
    EXPECT_EQ(bytes, (std::vector<std::size_t>{0, 0, 0, 0, 1, 2, 0, 0, 0, 1, 2, 3}));
}

TEST(EndOfDataFinder, StartsAnewAfterReset) {
    EndOfDataFinder finder;
    finder.scan("a\r\n.\r\n");
    finder.reset();
    EXPECT_EQ(finder.scan(".\r\n"), 3U);
    EXPECT_TRUE(finder.found());
}

// Each was taken for the end of data by some server, and made one message two (SMTP smuggling).
class Smuggling : public testing::TestWithParam<std::string> {};

TEST_P(Smuggling, DoesNotEndTheContent) {
    const std::string stream = "a" + GetParam() + "MAIL FROM:<b@b.test>\r\n";
    EXPECT_EQ(scan_pieces({stream}), (Scanned{stream.size(), false}));
}

INSTANTIATE_TEST_SUITE_P(EndOfData, Smuggling,
                         testing::Values("\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r.\r\n",
                                         "\r\n.\r", "\r\n.\r\r\n", "\r\n..\r\n", "\n\r\n.\n\r\n",
                                         std::string("\r\n.\0\r\n", 6)));

TEST(Unstuffer, RemovesTheDotOfALineThatGoesOn) {
    EXPECT_EQ(unstuff_pieces({".a\r\n..b\r\n.\rc\r\n.\n\r\n.\r\n"}),
              (Unstuffed{21, true, "a\r\n.b\r\n\rc\r\n\n\r\n"}));
}

TEST(Unstuffer, KeepsTheCrlfInFrontOfTheFinalDot) {
    EXPECT_EQ(unstuff_pieces({"a\r\n.\r\nQUIT\r\n"}), (Unstuffed{6, true, "a\r\n"}));
}

TEST(Unstuffer, TakesNothingBehindTheEnd) {
    EXPECT_EQ(unstuff_pieces({".\r\n", "QUIT\r\n"}), (Unstuffed{3, true, ""}));
}

TEST(Unstuffer, StartsAnewAfterReset) {
    Unstuffer unstuffer;
    std::string content;
    const Unstuffer::Take take = [&](std::string_view run) { content += run; };
    unstuffer.feed("a\r\n.\r\n", take);
    unstuffer.reset();
    EXPECT_EQ(unstuffer.feed("..b\r\n.\r\n", take), 8U);
    EXPECT_EQ(content, "a\r\n.b\r\n");
}

TEST(Unstuffer, GivesTheSameContentAtEverySplit) {
    for (const std::string& text : complete_streams) {
        const std::string_view stream = text;
        for (std::size_t first = 0; first <= stream.size(); ++first)
            for (std::size_t second = first; second <= stream.size(); ++second)
                EXPECT_EQ(
                    unstuff_pieces({stream.substr(0, first), stream.substr(first, second - first),
                                    stream.substr(second)}),
                    expected_content(stream))
                    << testing::PrintToString(text) << " split at " << first << " and " << second;
    }
}

TEST(Unstuffer, AgreesWithTheReferenceOnEveryShortStream) {
    for (std::size_t length = 0; length <= 6; ++length)
        for_each_stream(length, [](const std::string& start) {
            const std::string stream = start + "\r\n.\r\n";
            EXPECT_EQ(unstuff_pieces({stream}), expected_content(stream))
                << testing::PrintToString(stream);
        });
}

TEST(Unstuffer, AgreesWithTheReferenceOnRandomStreamsInRandomPieces) {
    constexpr std::uint32_t seed = 250;
    std::mt19937 rng(seed);
    for (int round = 0; round < 3000; ++round) {
        std::string text;
        for (auto left = rng() % 200; left > 0; --left) text += "\r\n.a"[rng() % 4];
        text += "\r\n.\r\n";
        const std::string_view stream = text;
        std::vector<std::string_view> pieces;
        for (std::size_t begin = 0; begin < stream.size();) {
            pieces.push_back(stream.substr(begin, rng() % 9));
            begin += pieces.back().size();
        }
        ASSERT_EQ(unstuff_pieces(pieces), expected_content(stream))
            << "seed " << seed << " round " << round << ": " << testing::PrintToString(text);
        ASSERT_EQ(scan_pieces(pieces), expected_scan(stream))
            << "seed " << seed << " round " << round << ": " << testing::PrintToString(text);
    }
}

}  // namespace
}  // namespace twofifty::smtp
