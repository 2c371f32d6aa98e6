#include "tests/virtual/scripted_server.hpp"

#include "tests/virtual/tls_sides.hpp"
#include "tls/handshake.hpp"
#include "world/task_scope.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace twofifty::smtp {
namespace {

using world::Result;
using world::Task;

const world::Endpoint address{"127.0.0.1", 25};

class EventList final : public Recorder {
public:
    explicit EventList(std::vector<std::string>& events) : events_(events) {}

    void record(Event event) override {
        std::string line(to_string(event.kind));
        if (event.kind == EventKind::reply_seen)
            line.append(" ")
                .append(to_string(event.phase))
                .append(" " + std::to_string(event.code));
        if (event.message != 0) line += " message " + std::to_string(event.message);
        if (event.attempt != 0) line += " attempt " + std::to_string(event.attempt);
        if (event.recipient != 0) line += " recipient " + std::to_string(event.recipient);
        if (event.quantity != 0) line += " bytes " + std::to_string(event.quantity);
        if (!event.text.empty()) line += " \"" + event.text + "\"";
        events_.push_back(std::move(line));
    }

private:
    std::vector<std::string>& events_;
};

std::string name_of_error(const boost::system::error_code& error) {
    if (!error) return "";
    return name_of(error);
}

Task<std::string> read_up_to(world::Stream& stream, std::size_t count) {
    std::string heard;
    std::array<char, 4096> buffer{};
    while (heard.size() < count) {
        const std::span<char> room(buffer.data(), std::min(buffer.size(), count - heard.size()));
        const Result<std::size_t> bytes = co_await stream.read_some(room);
        if (!bytes) break;
        heard.append(buffer.data(), *bytes);
    }
    co_return heard;
}

Task<> play(world::Clock& clock, world::Listener& listener, const Script& script, Breakage breakage,
            std::string& unexpected) {
    Result<std::unique_ptr<world::Stream>> stream = co_await listener.accept();
    for (std::size_t i = 0; i < script.size(); ++i) {
        const std::string heard = co_await read_up_to(**stream, script[i].expected.size());
        EXPECT_EQ(heard, script[i].expected) << "at step " << i;
        if (i == breakage.step && breakage.how == Break::close) (*stream)->close();
        if (i == breakage.step && breakage.how == Break::reset) (*stream)->reset();
        if (i == breakage.step) break;
        co_await (*stream)->write(script[i].reply);
        if (!script[i].then_tls) continue;
        const tls::Context side = server_context();
        stream = co_await tls::handshake(clock, std::move(*stream), side, "", never);
        if (!stream) co_return;
    }
    unexpected = co_await read_up_to(**stream, 1'000'000);
}

Task<> hand_over_letters(world::virtual_world::VirtualWorld& world, const ClientOptions& options,
                         const std::vector<Letter>& letters, Recorder& recorder,
                         Conversation& conversation) {
    Result<std::unique_ptr<world::Stream>> stream = co_await world.network().connect(address);
    ClientSession session(world.clock(), std::move(*stream), options, recorder, 1, 1);
    const std::optional<ClientSession::Failure> failure = co_await session.open();
    conversation.opened = "ok";
    if (failure) {
        const RecipientResult result{.phase = failure->phase,
                                     .code = failure->code,
                                     .waited = failure->waited,
                                     .error = failure->error};
        conversation.opened = words(result);
    }
    for (std::size_t i = 0; i < letters.size() && session.usable(); ++i) {
        OutgoingMessage message{.ordinal = static_cast<std::uint32_t>(i + 1),
                                .attempt = 1,
                                .sender = "s@a.test",
                                .content = letters[i].content,
                                .eight_bit = letters[i].eight_bit};
        for (const std::string& recipient : letters[i].recipients)
            message.recipients.push_back(
                {static_cast<std::uint32_t>(message.recipients.size() + 1), recipient});
        const std::vector<RecipientResult> results = co_await session.hand_over(message);
        std::vector<std::string> said;
        for (const RecipientResult& result : results) said.push_back(words(result));
        conversation.results.push_back(std::move(said));
    }
    conversation.usable = session.usable();
    conversation.ended = world.now();
    co_await session.quit();
}

}  // namespace

Timeouts one_second_more_each() {
    Timeouts timeouts;
    for (std::size_t i = 0; i < timeouts.by_phase.size(); ++i)
        timeouts.by_phase[i] = std::chrono::seconds(i);
    return timeouts;
}

Duration timeout_of(Phase phase) {
    return one_second_more_each()[phase];
}

Conversation converse(const Script& script, const ClientOptions& options,
                      const std::vector<Letter>& letters, Breakage breakage) {
    world::virtual_world::VirtualWorld world(1);
    Conversation conversation;
    EventList events(conversation.events);
    const auto listener = world.network().listen(address);
    world::TaskScope server(world.clock().ready());
    server.spawn(play(world.clock(), **listener, script, breakage, conversation.unexpected));
    const auto ended = world.run(hand_over_letters(world, options, letters, events, conversation));
    EXPECT_EQ(ended, world::virtual_world::Ended::finished);
    world.run_until(world.now());
    return conversation;
}

std::string words(const RecipientResult& result) {
    return words(result.outcome, result.phase, result.code, result.waited,
                 name_of_error(result.error));
}

std::string words(Outcome outcome, Phase phase, int code, Duration waited,
                  const std::string& error) {
    std::string text(to_string(outcome));
    text.append(" at ").append(to_string(phase));
    text += ", code " + std::to_string(code) + ", waited " +
            std::to_string(waited.count() / 1'000'000) + " ms";
    return error.empty() ? text : text + ", " + error;
}

}  // namespace twofifty::smtp
