#include "netem/reply_queue.hpp"

#include <utility>

namespace twofifty::netem {
namespace {

/// A server is read no further while so much waits for the client.
constexpr std::size_t held_bytes_limit = 256 * 1024;
/// A client that takes no bytes for so long is given up.
constexpr Duration write_timeout = std::chrono::minutes{10};

}  // namespace

void ReplyQueue::push(Item item) {
    if (withholding_ || client_gone_) {
        if (item.firing) note_achieved(item, "client_gone");
        return;
    }
    withholding_ = item.verdict.passing == Verdict::Passing::withhold;
    item.commands_before = commands_passed_;
    held_bytes_ += item.bytes.size();
    items_.push_back(std::move(item));
    changed_.notify_all();
}

world::Task<Verdict> ReplyQueue::deliver() {
    while (true) {
        if (client_gone_) break;
        if (items_.empty()) {
            if (ending_) co_return Verdict{.cut = Verdict::Side::client, .how = Verdict::How::fin};
            co_await changed_.wait();
            continue;
        }
        // Replies that arrived together and pass leave together.
        std::string passing;
        while (!items_.empty() && items_.front().verdict == Verdict{}) {
            passing += items_.front().bytes;
            held_bytes_ -= items_.front().bytes.size();
            items_.pop_front();
        }
        if (!passing.empty()) {
            const bool sent = co_await send(passing);
            if (!sent) break;
            changed_.notify_all();
            continue;
        }
        const bool leaves = co_await may_leave(items_.front());
        if (!leaves) break;
        const Item item = std::move(items_.front());
        items_.pop_front();
        held_bytes_ -= item.bytes.size();
        const Verdict& verdict = item.verdict;
        std::string_view bytes = verdict.replacement.empty() ? item.bytes : verdict.replacement;
        if (verdict.passing == Verdict::Passing::remove) bytes = {};
        if (verdict.cut != Verdict::Side::none) bytes = bytes.substr(0, verdict.cut_after_bytes);
        bool sent = true;
        if (!bytes.empty()) sent = co_await send(bytes);
        note_achieved(item, sent ? "released" : "client_gone");
        if (!sent) break;
        if (verdict.cut != Verdict::Side::none) {
            withholding_ = true;
            co_return verdict;
        }
    }
    client_gone_ = true;
    for (const Item& item : items_) note_achieved(item, "client_gone");
    items_.clear();
    held_bytes_ = 0;
    changed_.notify_all();
    co_return Verdict{};
}

/// Waits until the first reply may leave. False when the client has gone before.
world::Task<bool> ReplyQueue::may_leave(const Item& item) {
    while (!client_gone_) {
        const TimePoint now = clock_.now();
        TimePoint due = never;
        switch (item.verdict.passing) {
            case Verdict::Passing::pass:
            case Verdict::Passing::remove: co_return true;
            case Verdict::Passing::after_delay:
                due = item.arrived + item.verdict.delay;
                if (due <= now) co_return true;
                break;
            case Verdict::Passing::at_next_command:
                if (commands_passed_ > item.commands_before) co_return true;
                break;
            case Verdict::Passing::withhold: break;
        }
        co_await world::within(clock_, due, changed_.wait());
    }
    co_return false;
}

world::Task<bool> ReplyQueue::send(std::string_view bytes) {
    const world::Written written =
        co_await world::within(clock_, clock_.now() + write_timeout, client_.write(bytes));
    co_return !written.error;
}

world::Task<> ReplyQueue::wait_for_room() {
    while (held_bytes_ > held_bytes_limit && !client_gone_) co_await changed_.wait();
}

void ReplyQueue::note_achieved(const Item& item, const char* how) {
    if (!item.firing) return;
    Event event = *item.firing;
    event.at = clock_.now();
    event.kind = EventKind::rule_achieved;
    event.duration = event.at - item.arrived;
    event.text = how;
    recorder_.record(std::move(event));
}

}  // namespace twofifty::netem
