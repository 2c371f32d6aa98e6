#pragma once

#include "netem/path.hpp"
#include "netem/rule_book.hpp"
#include "record/recorder.hpp"
#include "world/deadline.hpp"
#include "world/fifo.hpp"
#include "world/notifier.hpp"
#include "world/task.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace twofifty::netem {

/// What is on its way to the client, in order: nothing overtakes a reply that is held. Replies that
/// pass leave at once.
class ReplyQueue final : private RuleBook::Watcher {
public:
    /// What rules do to one reply.
    struct Acting {
        Verdict verdict{};
        std::vector<Event> firings{};  ///< The rule_fired events.
    };
    struct Item {
        std::string bytes{};
        TimePoint arrived{};
        std::unique_ptr<Acting> acting{};  ///< Null: it passes.
        /// Not 0: the replies to the end of data of this transaction; the listener is told what
        /// became of it.
        std::uint32_t transaction = 0;
        std::string recipient{};  ///< Of an LMTP reply.
    };
    class Listener {
    public:
        /// The client was given a reply to its end of data, as `bytes`; empty: it never will be.
        virtual void reply_ended(const Item& item, std::string_view bytes) = 0;

    protected:
        ~Listener() = default;
    };

    ReplyQueue(const PathContext& context, Listener& listener, Path& to_client);

    /// Puts a reply behind the others. Bytes behind one that is withheld for good are not kept.
    void push(Item item);
    /// The server has closed: when all before it has left, the client's connection ends too.
    void push_end() {
        ending_ = true;
        changed_.notify_all();
    }
    /// Nothing reaches the client any more, as behind a reply that was dropped.
    void withhold() { withholding_ = true; }
    bool withholds() const { return withholding_; }

    /// Gives on what may leave, waits for what must wait, until the end was pushed and reached, the
    /// client has gone, or a verdict cuts a connection. Yields that cut: the sides to end and how.
    world::Task<Verdict> deliver();

    /// Whether something that was pushed has not been given on.
    bool owes() const { return sending_ || !waiting_.empty(); }
    /// Waits until all that was pushed has been given on.
    world::Task<> emptied();

    /// The client closed or reset its connection: everything held is dropped.
    void client_gone() {
        client_gone_ = true;
        changed_.notify_all();
    }
    /// The client has closed its direction, and may read on or be gone altogether: only what is
    /// sent to it tells.
    void client_ended() { client_ended_ = true; }
    /// One more command was given to the server.
    void command_passed() {
        ++commands_passed_;
        changed_.notify_all();
    }

    /// Waits while too much is held; the server is then read no further.
    bool has_room() const;
    world::Task<> wait_for_room();

private:
    struct Waiting {
        Item item;
        /// As they stood when it arrived: client commands given to the server, releases of the
        /// rules that act on it.
        std::uint32_t commands_before = 0;
        std::uint64_t releases_before = 0;
    };

    void rules_changed() override { changed_.notify_all(); }
    std::uint64_t releases(const Item& item) const;
    world::Task<bool> first_may_leave();
    world::Task<bool> pause(Duration duration);
    world::Task<bool> give(std::string_view bytes);
    world::Task<bool> send_parts(std::string_view bytes, const Verdict& verdict);
    void forget_waiting();
    void note_ended(const Item& item, const char* how, std::string_view bytes);

    PathContext context_;
    Listener& listener_;
    Path& to_client_;
    world::Notifier changed_;
    world::Fifo<Waiting> waiting_;
    std::size_t held_bytes_ = 0;
    std::uint32_t commands_passed_ = 0;
    bool sending_ = false;
    bool withholding_ = false;
    bool ending_ = false;
    bool client_ended_ = false;
    bool client_gone_ = false;
};

}  // namespace twofifty::netem
