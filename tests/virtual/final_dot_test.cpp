// The border between not_sent and unknown, byte for byte: once any byte of the final CRLF.CRLF, or
// of the last chunk, was given to the connection, the receiver may have the message.
#include "smtp/client_session.hpp"
#include "tests/virtual/scripted_server.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <string_view>

namespace twofifty::smtp {
namespace {

using namespace std::string_literals;
using world::Task;

/// Has answered everything before it was asked, takes so many bytes, and then no more: it waits for
/// ever, or is reset.
class NarrowStream final : public world::Stream {
public:
    NarrowStream(world::ReadyQueue& ready, std::string replies, std::size_t takes, bool resets)
        : ready_(ready), replies_(std::move(replies)), takes_(takes), resets_(resets) {}

    std::size_t read_now(std::span<char>) override { return 0; }
    void shutdown_send() override {}
    void close() override {}
    void reset() override {}
    const world::Endpoint& local_endpoint() const override { return endpoint_; }
    const world::Endpoint& remote_endpoint() const override { return endpoint_; }

private:
    bool start_read(world::ReadSome& read) override {
        const std::size_t bytes = std::min(replies_.size(), read.buffer().size());
        if (bytes == 0) return false;
        std::memcpy(read.buffer().data(), replies_.data(), bytes);
        replies_.erase(0, bytes);
        read.finish({}, bytes);
        return true;
    }
    bool start_write(world::WriteAll& write) override {
        const std::size_t bytes = std::min(takes_, write.rest().size());
        takes_ -= bytes;
        write.advance(bytes);
        if (write.rest().empty()) {
            write.finish({}, 0);
            return true;
        }
        if (resets_) write.finish(world::Error::connection_reset, 0);
        return resets_;
    }
    void forget_read(world::ReadSome&) override {}
    void forget_write(world::WriteAll&) override {}
    world::ReadyQueue& ready() override { return ready_; }

    world::ReadyQueue& ready_;
    std::string replies_;
    std::size_t takes_;
    bool resets_;
    world::Endpoint endpoint_;
};

class NoEvents final : public Recorder {
public:
    void record(Event) override {}
};

/// A connection that takes `before` bytes of commands, and `takes` more.
struct Border {
    std::string content;
    std::string before;
    std::string wire;
    std::string replies;
    ClientOptions options;
};

Border dot_border(const std::string& content, const std::string& wire) {
    return {.content = content,
            .before = "EHLO sender.test\r\nMAIL FROM:<s@a.test>\r\nRCPT TO:<a@b.test>\r\nDATA\r\n",
            .wire = wire,
            .replies = "220 b\r\n250 b\r\n250 Ok\r\n250 Ok\r\n354 Go\r\n",
            .options = {.timeouts = one_second_more_each()}};
}

Border chunk_border() {
    return {.content = "0123456789abcde",
            .before = "EHLO sender.test\r\nMAIL FROM:<s@a.test>\r\nRCPT TO:<a@b.test>\r\n",
            .wire = "BDAT 10\r\n0123456789BDAT 5 LAST\r\nabcde",
            .replies = "220 b\r\n250-b\r\n250 CHUNKING\r\n250 Ok\r\n250 Ok\r\n250 Ok\r\n",
            .options = {.chunking = true, .chunk_size = 10, .timeouts = one_second_more_each()}};
}

Task<> hand_over(ClientSession& session, const Border& border, RecipientResult& result) {
    co_await session.open();
    const OutgoingMessage message{.ordinal = 1,
                                  .attempt = 1,
                                  .sender = "s@a.test",
                                  .recipients = {{1, "a@b.test"}},
                                  .content = border.content};
    const std::vector<RecipientResult> results = co_await session.hand_over(message);
    result = results.front();
}

std::string outcome_after(const Border& border, std::size_t bytes, bool resets) {
    world::virtual_world::VirtualWorld world(1);
    NoEvents events;
    auto stream = std::make_unique<NarrowStream>(world.clock().ready(), border.replies,
                                                 border.before.size() + bytes, resets);
    ClientSession session(world.clock(), std::move(stream), border.options, events, 1, 1);
    RecipientResult result;
    EXPECT_EQ(world.run(hand_over(session, border, result)), world::virtual_world::Ended::finished);
    EXPECT_FALSE(session.usable());
    EXPECT_EQ(result.waited, world.now() - at(0s));
    return std::string(to_string(result.outcome)).append(" at ").append(to_string(result.phase));
}

/// `harmless`: how many bytes of border.wire cannot yet make a copy.
void expect_border(const Border& border, std::size_t harmless) {
    for (const bool resets : {false, true}) {
        for (std::size_t bytes = 0; bytes < border.wire.size(); ++bytes) {
            EXPECT_EQ(outcome_after(border, bytes, resets),
                      bytes <= harmless ? "not_sent at data_xfer" : "unknown at data_xfer")
                << bytes << " of " << border.wire.size() << " bytes given"
                << (resets ? ", then reset" : ", then nothing");
        }
    }
    EXPECT_EQ(outcome_after(border, border.wire.size(), false), "unknown at data_done");
}

TEST(FinalDot, FromItsFirstByteTheOutcomeIsUnknown) {
    const std::string wire = "Subject: x\r\n\r\nbody\r\n.\r\n";
    expect_border(dot_border("Subject: x\r\n\r\nbody\r\n", wire), wire.size() - 5);
}

TEST(FinalDot, ALineEndThatWasMissingBelongsToIt) {
    const std::string wire = "Subject: x\r\n\r\nbody\r\n.\r\n";
    expect_border(dot_border("Subject: x\r\n\r\nbody", wire), wire.size() - 5);
}

TEST(FinalDot, OfAnEmptyContentIsTheWholeContent) {
    expect_border(dot_border("", ".\r\n"), 0);
}

TEST(FinalDot, FromTheFirstByteOfTheLastChunkTheOutcomeIsUnknown) {
    expect_border(chunk_border(), "BDAT 10\r\n0123456789BDAT 5 LAST\r\n"s.size());
}

}  // namespace
}  // namespace twofifty::smtp
