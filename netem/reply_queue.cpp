#include "netem/reply_queue.hpp"

#include <algorithm>
#include <utility>

namespace twofifty::netem {

using world::Task;

namespace {

/// A server is read no further while so much waits for the client.
constexpr std::size_t held_bytes_limit = 256 * 1024;

}  // namespace

ReplyQueue::ReplyQueue(const PathContext& context, Listener& listener, Path& to_client)
    : context_(context),
      listener_(listener),
      to_client_(to_client),
      changed_(context.clock.ready()) {
    context_.rules.watch(*this);
}

void ReplyQueue::push(Item item) {
    if (withholding_ || client_gone_) return note_ended(item, "client_gone", {});
    if (item.acting) {
        const Verdict& verdict = item.acting->verdict;
        withholding_ = verdict.passing == Verdict::Passing::withhold || verdict.swallow_last_part;
    }
    held_bytes_ += item.bytes.size();
    const std::uint64_t released = releases(item);
    waiting_.push_back({std::move(item), commands_passed_, released});
    changed_.notify_all();
}

/// How often the rules that hold it have let go.
std::uint64_t ReplyQueue::releases(const Item& item) const {
    if (!item.acting || item.acting->verdict.passing != Verdict::Passing::at_release) return 0;
    return context_.rules.releases(item.acting->firings);
}

Task<Verdict> ReplyQueue::deliver() {
    world::block_pool::Bytes passing;
    std::vector<Item> told;
    while (true) {
        sending_ = false;
        if (client_gone_) break;
        if (waiting_.empty()) {
            // Behind a dead path the client does not see the server go either.
            if (ending_ && !withholding_)
                co_return Verdict{.cut = Verdict::Side::client, .how = Verdict::How::fin};
            changed_.notify_all();
            co_await changed_.wait();
            continue;
        }
        sending_ = true;
        // Replies that arrived together and pass leave together.
        told.clear();
        while (!waiting_.empty() && !waiting_.front().item.acting) {
            Item item = waiting_.take_front().item;
            passing += item.bytes;
            held_bytes_ -= item.bytes.size();
            if (item.transaction != 0) told.push_back(std::move(item));
        }
        if (!passing.empty()) {
            const bool sent = co_await give(passing);
            for (const Item& item : told)
                listener_.reply_ended(item, sent ? item.bytes : std::string_view{});
            if (!sent) break;
            world::block_pool::give_back(passing);
            changed_.notify_all();
            continue;
        }
        const bool leaves = co_await first_may_leave();
        if (!leaves) break;
        const Item item = waiting_.take_front().item;
        held_bytes_ -= item.bytes.size();
        const Verdict& verdict = item.acting->verdict;
        std::string_view bytes = verdict.replacement.empty() ? item.bytes : verdict.replacement;
        const bool whole = bytes.size() <= verdict.cut_after_bytes;
        if (verdict.passing == Verdict::Passing::remove) bytes = {};
        if (verdict.cut != Verdict::Side::none) bytes = bytes.substr(0, verdict.cut_after_bytes);
        bool sent = true;
        if (!bytes.empty()) sent = co_await send_parts(bytes, verdict);
        // Without its last line's end a reply tells a client nothing yet.
        const bool heard = sent && !verdict.swallow_last_part && bytes.ends_with('\n') &&
                           (verdict.cut == Verdict::Side::none || whole);
        note_ended(item, sent ? "released" : "client_gone", heard ? bytes : std::string_view{});
        if (!sent) break;
        if (verdict.cut != Verdict::Side::none) {
            withholding_ = true;
            forget_waiting();
            co_return verdict;
        }
    }
    client_gone_ = true;
    forget_waiting();
    co_return Verdict{};
}

/// A client that is gone answers the first bytes with a reset, on loopback before the last one is
/// sent; then it has not had the reply.
Task<bool> ReplyQueue::give(std::string_view bytes) {
    if (client_ended_ && bytes.size() > 1) {
        const bool is_there = co_await to_client_.send(bytes.substr(0, bytes.size() - 1));
        if (!is_there) co_return false;
        bytes.remove_prefix(bytes.size() - 1);
    }
    const bool sent = co_await to_client_.send(bytes);
    co_return sent;
}

/// Nothing of it will reach the client.
void ReplyQueue::forget_waiting() {
    for (const Waiting& waiting : waiting_) note_ended(waiting.item, "client_gone", {});
    waiting_.clear();
    held_bytes_ = 0;
    changed_.notify_all();
}

/// Waits until the first reply may leave. False when the client has gone before.
Task<bool> ReplyQueue::first_may_leave() {
    while (!client_gone_) {
        const Waiting& waiting = waiting_.front();
        const Verdict& verdict = waiting.item.acting->verdict;
        const TimePoint now = context_.clock.now();
        // Where several rules act, their times add up, and the longest way to wait is waited.
        const TimePoint timed = waiting.item.arrived + verdict.delay;
        TimePoint due = never;
        switch (verdict.passing) {
            case Verdict::Passing::pass:
            case Verdict::Passing::remove:
            case Verdict::Passing::after_delay:
                due = timed;
                if (due <= now) co_return true;
                break;
            case Verdict::Passing::at_next_command:
                if (commands_passed_ > waiting.commands_before) co_return true;
                break;
            case Verdict::Passing::at_release:
                if (releases(waiting.item) > waiting.releases_before) co_return true;
                break;
            case Verdict::Passing::withhold: break;
        }
        co_await world::within(context_.clock, due, changed_.wait());
    }
    co_return false;
}

/// False when the client has gone before.
Task<bool> ReplyQueue::pause(Duration duration) {
    const TimePoint due = context_.clock.now() + duration;
    while (!client_gone_ && context_.clock.now() < due)
        co_await world::within(context_.clock, due, changed_.wait());
    co_return !client_gone_;
}

Task<bool> ReplyQueue::send_parts(std::string_view bytes, const Verdict& verdict) {
    for (std::size_t i = 0; i < verdict.parts.size() && !bytes.empty(); ++i) {
        const bool last = i + 1 == verdict.parts.size();
        const std::size_t size = last ? bytes.size() : verdict.parts[i].bytes;
        const bool goes_on = co_await pause(verdict.parts[i].pause);
        if (!goes_on) co_return false;
        if (last && verdict.swallow_last_part) co_return true;
        const bool sent = co_await give(bytes.substr(0, size));
        if (!sent) co_return false;
        bytes.remove_prefix(std::min(size, bytes.size()));
    }
    if (bytes.empty()) co_return true;
    const bool sent = co_await give(bytes);
    co_return sent;
}

Task<> ReplyQueue::emptied() {
    while ((sending_ || !waiting_.empty()) && !client_gone_) co_await changed_.wait();
}

bool ReplyQueue::has_room() const {
    return held_bytes_ <= held_bytes_limit || client_gone_;
}

Task<> ReplyQueue::wait_for_room() {
    while (!has_room()) co_await changed_.wait();
}

void ReplyQueue::note_ended(const Item& item, const char* how, std::string_view bytes) {
    if (item.acting) {
        for (const Event& firing : item.acting->firings) {
            Event event = firing;
            event.at = context_.clock.now();
            event.kind = EventKind::rule_achieved;
            event.duration = event.at - item.arrived;
            event.text = how;
            context_.recorder.record(std::move(event));
            context_.rules.ended(firing.rule);
        }
    }
    if (item.transaction != 0) listener_.reply_ended(item, bytes);
}

}  // namespace twofifty::netem
