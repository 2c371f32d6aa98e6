// The network may split the client's bytes anywhere: what they mean must not depend on it.
#include "conversation.hpp"

#include <gtest/gtest.h>

namespace twofifty::smtp {
namespace {

/// One step of a script: bytes of the client, or a reply.
struct Step {
    std::string_view bytes;
    std::uint16_t code = 0;
};

/// What a script comes to, without regard to how its bytes were split: the bytes of each command
/// and each content as a whole, and what each reply answers.
Strings play(const std::vector<Step>& script, bool lmtp, std::size_t step_to_split,
             std::size_t first, std::size_t second) {
    Conversation mail(lmtp);
    Strings seen;
    std::string unfinished;
    const auto take = [&](std::string_view bytes) {
        for (const auto& [kind, piece] : mail.take(bytes)) {
            unfinished += piece;
            if (kind == PieceKind::wait || kind == PieceKind::incomplete ||
                kind == PieceKind::content)
                continue;
            seen.push_back(std::string(name_of(kind)) + ' ' + visible(unfinished));
            unfinished.clear();
        }
    };
    for (std::size_t step = 0; step < script.size(); ++step) {
        const auto& [bytes, code] = script[step];
        if (code != 0) {
            seen.push_back(testing::PrintToString(mail.server(code)));
            take("");
        } else if (step == step_to_split) {
            take(bytes.substr(0, first));
            take(bytes.substr(first, second - first));
            take(bytes.substr(second));
        } else {
            take(bytes);
        }
    }
    return seen;
}

void expect_same_at_every_split(const std::vector<Step>& script, bool lmtp) {
    const Strings whole = play(script, lmtp, script.size(), 0, 0);
    for (std::size_t step = 0; step < script.size(); ++step)
        for (std::size_t first = 0; first <= script[step].bytes.size(); ++first)
            for (std::size_t second = first; second <= script[step].bytes.size(); ++second)
                ASSERT_EQ(play(script, lmtp, step, first, second), whole)
                    << "step " << step << " split at " << first << " and " << second;
}

TEST(Dialogue, SeesTheSameAtEverySplitOfAPipelinedSession) {
    expect_same_at_every_split({{"", 220},
                                {"EHLO a\r\nMAIL FROM:<a@a>\r\nRCPT "
                                 "TO:<b@b>\r\nDATA\r\nx\r\n..\r\n.\r\nMAIL FROM:<n@n>\r\n"},
                                {"", 250},
                                {"", 250},
                                {"", 250},
                                {"", 354},
                                {"", 250},
                                {"RCPT TO:<o@o>\r\nDATA\r\nQUIT\r\n"},
                                {"", 250},
                                {"", 550},
                                {"", 554},
                                {"", 221}},
                               false);
}

TEST(Dialogue, SeesTheSameAtEverySplitOfALmtpSessionWithChunks) {
    expect_same_at_every_split(
        {{"", 220},
         {"LHLO a\r\nMAIL FROM:<a@a>\r\nRCPT TO:<b@b>\r\nRCPT TO:<c@c>\r\nBDAT 5\r\n\r\n.\r\n"
          "BDAT 2 LAST\r\nxyBDAT 0 LAST\r\nRSET\r\n"},
         {"", 250},
         {"", 250},
         {"", 250},
         {"", 250},
         {"", 250},
         {"", 250},
         {"", 250},
         {"", 503},
         {"AUTH LOGIN\r\nQQ==\r\nQUIT\r\n"},
         {"", 250},
         {"", 334},
         {"", 535}},
        true);
}

}  // namespace
}  // namespace twofifty::smtp
