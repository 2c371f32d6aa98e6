#pragma once

#include "netem/rule_book.hpp"
#include "record/recorder.hpp"
#include "world/deadline.hpp"
#include "world/notifier.hpp"
#include "world/stream.hpp"
#include "world/task.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

namespace twofifty::netem {

/// What is on its way to the client, in order: nothing overtakes a reply that is held. Replies that
/// pass leave at once.
class ReplyQueue {
public:
    struct Item {
        std::string bytes{};
        Verdict verdict{};
        TimePoint arrived{};
        std::optional<Event> firing{};  ///< The rule_fired event, when a rule acted.
        /// Client commands given to the server when it arrived; push() notes it.
        std::uint32_t commands_before = 0;
    };

    ReplyQueue(world::Clock& clock, Recorder& recorder, world::Stream& client)
        : clock_(clock), recorder_(recorder), client_(client), changed_(clock.ready()) {}

    /// Puts a reply behind the others. Bytes behind one that is withheld for good are not kept.
    void push(Item item);
    /// The server has closed: when all before it has left, the client's connection ends too.
    void push_end() {
        ending_ = true;
        changed_.notify_all();
    }

    /// Gives on what may leave, waits for what must wait, until the end was pushed and reached, the
    /// client has gone, or a verdict cuts a connection. Yields that cut: the sides to end and how.
    world::Task<Verdict> deliver();

    /// The client closed or reset its connection: everything held is dropped.
    void client_gone() {
        client_gone_ = true;
        changed_.notify_all();
    }
    /// One more command was given to the server.
    void command_passed() {
        ++commands_passed_;
        changed_.notify_all();
    }

    /// Waits while too much is held; the server is then read no further.
    world::Task<> wait_for_room();

private:
    world::Task<bool> may_leave(const Item& item);
    world::Task<bool> send(std::string_view bytes);
    void note_achieved(const Item& item, const char* how);

    world::Clock& clock_;
    Recorder& recorder_;
    world::Stream& client_;
    world::Notifier changed_;
    std::deque<Item> items_;
    std::size_t held_bytes_ = 0;
    std::uint32_t commands_passed_ = 0;
    bool withholding_ = false;
    bool ending_ = false;
    bool client_gone_ = false;
};

}  // namespace twofifty::netem
