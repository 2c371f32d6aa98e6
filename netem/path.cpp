#include "netem/path.hpp"

#include <algorithm>
#include <utility>

namespace twofifty::netem {

using world::Task;

namespace {

/// Whoever gives more waits until some has left: as a TCP window, and the bound of what is kept.
constexpr std::size_t kept_limit = 256 * 1024;
/// An end that takes no bytes for so long is given up.
constexpr Duration write_timeout = std::chrono::minutes{10};

std::uint64_t path_key(std::uint64_t rule_key, std::uint32_t connection, Direction direction) {
    return world::fold(world::fold(rule_key, connection), static_cast<std::uint64_t>(direction));
}

}  // namespace

Path::Path(const PathContext& context, Owner& owner, std::uint32_t connection, Direction direction)
    : context_(context),
      owner_(owner),
      connection_(connection),
      direction_(direction),
      changed_(context.clock.ready()),
      tasks_(context.clock.ready()) {
    context_.rules.watch(*this);
    if (context_.rules.has_stream_rules()) ask_rules();
}

Path::~Path() {
    for (Acting& acting : acting_) {
        note_achieved(acting, "ended");
        context_.rules.ended(acting.rule);
    }
}

/// Asks those rules that were not asked before, and starts what acts.
void Path::ask_rules() {
    const Connected client{connection_, context_.clock.now()};
    for (RuleBook::Entry& entry : context_.rules.entries()) {
        if (entry.kind != EffectKind::stream) continue;
        if (std::ranges::find(asked_, entry.number) != asked_.end()) continue;
        asked_.push_back(entry.number);
        if (!context_.rules.chosen_for(entry, client, direction_)) continue;
        const world::Random random(path_key(entry.key, connection_, direction_));
        acting_.push_back({.rule = entry.number,
                           .effect = entry.rule.effect,
                           .state = {.since = client.at, .random = random}});
        begin(acting_.back().effect, acting_.back().state);
    }
    // An effect may end a connection on which nothing moves.
    if (!acting_.empty() && !delivering_) {
        delivering_ = true;
        tasks_.spawn(deliver());
    }
}

void Path::rules_changed() {
    const bool gone = refresh();
    if (context_.rules.has_stream_rules()) ask_rules();
    if (gone) flush();
    changed_.notify_all();
}

/// Drops the effects whose rule is gone and exchanges those that were changed. True where there
/// were any.
bool Path::refresh() {
    bool changed = false;
    for (auto acting = acting_.begin(); acting != acting_.end();) {
        RuleBook::Entry* const entry = context_.rules.find(acting->rule);
        if (entry && context_.rules.has_stream_rules()) {
            if (!(entry->rule.effect == acting->effect)) {
                acting->effect = entry->rule.effect;
                acting->state = {.since = context_.clock.now(), .random = acting->state.random};
                begin(acting->effect, acting->state);
                changed = true;
            }
            ++acting;
            continue;
        }
        note_achieved(*acting, "released");
        context_.rules.ended(acting->rule);
        std::erase(asked_, acting->rule);
        acting = acting_.erase(acting);
        changed = true;
    }
    return changed;
}

/// What was kept for an effect that is no more leaves now: nothing is lost by a change of rules.
void Path::flush() {
    const TimePoint now = context_.clock.now();
    for (std::size_t i = first_kept_; i < kept_.size(); ++i) kept_[i].parcel.due = now;
    last_due_ = now;
    if (closing_) close_due_ = now;
}

Task<bool> Path::send(std::string_view bytes) {
    if (dropped_ || closed_) co_return false;
    if (bytes.empty()) co_return true;
    if (acting_.empty() && bytes_.empty()) {
        const bool written = co_await write(bytes);
        co_return written;
    }
    while (bytes_.size() > kept_limit && !dropped_) co_await changed_.wait();
    if (dropped_) co_return false;
    keep(bytes);
    co_return true;
}

void Path::keep(std::string_view bytes) {
    const TimePoint now = context_.clock.now();
    std::vector<Parcel> parcels{{bytes.size(), now}};
    for (Acting& acting : acting_) {
        RuleBook::Entry* const entry = context_.rules.find(acting.rule);
        if (!entry || !context_.rules.in_force(*entry, now)) continue;
        const std::vector<Parcel> before = parcels;
        pass(acting.effect, parcels, now, acting.state);
        if (!(parcels == before)) note_fired(acting, parcels);
    }
    bytes_.append(bytes);
    for (Parcel& parcel : parcels) {
        last_due_ = std::max(last_due_, parcel.due);
        parcel.due = last_due_;
        kept_.push_back({parcel, ++parcels_});
    }
    changed_.notify_all();
}

std::optional<PathEnd> Path::earliest_end() const {
    std::optional<PathEnd> earliest;
    for (const Acting& acting : acting_) {
        const std::optional<PathEnd>& end = acting.state.end;
        if (end && (!earliest || end->at < earliest->at)) earliest = end;
    }
    return earliest;
}

/// Gives on what is kept, each parcel at its time.
Task<> Path::deliver() {
    while (!dropped_ && !closed_) {
        const TimePoint now = context_.clock.now();
        const std::optional<PathEnd> end = earliest_end();
        const bool empty = first_kept_ == kept_.size();
        if (!empty && kept_[first_kept_].parcel.due <= now) {
            const Kept kept = kept_[first_kept_++];
            const std::string parcel = bytes_.substr(0, kept.parcel.bytes);
            bytes_.erase(0, kept.parcel.bytes);
            if (first_kept_ == kept_.size()) {
                kept_.clear();
                first_kept_ = 0;
            }
            note_left(kept.number);
            const bool written = co_await write(parcel);
            if (!written) drop();
            changed_.notify_all();
        } else if (end && end->at <= now) {
            drop();
            owner_.path_ended(end->how);
        } else if (empty && closing_ && close_due_ <= now) {
            stream_->shutdown_send();
            closed_ = true;
        } else {
            TimePoint due = empty ? close_due_ : kept_[first_kept_].parcel.due;
            if (end) due = std::min(due, end->at);
            co_await world::within(context_.clock, due, changed_.wait());
        }
    }
    delivering_ = false;
    changed_.notify_all();
}

Task<bool> Path::write(std::string_view bytes) {
    const TimePoint deadline = context_.clock.now() + write_timeout;
    const world::Written written =
        co_await world::within(context_.clock, deadline, stream_->write(bytes));
    co_return !written.error;
}

void Path::close() {
    if (closing_ || dropped_) return;
    closing_ = true;
    if (!delivering_) {
        stream_->shutdown_send();
        closed_ = true;
        return;
    }
    close_due_ = std::max(context_.clock.now(), last_due_);
    for (Acting& acting : acting_) {
        RuleBook::Entry* const entry = context_.rules.find(acting.rule);
        if (!entry || !context_.rules.in_force(*entry, context_.clock.now())) continue;
        const TimePoint later = netem::close(acting.effect, close_due_, acting.state);
        if (later != close_due_) note_fired(acting, {{0, later}});
        close_due_ = std::max(close_due_, later);
    }
    changed_.notify_all();
}

Task<> Path::finished() {
    while (delivering_ && !dropped_ && !closed_) co_await changed_.wait();
}

void Path::drop() {
    dropped_ = true;
    bytes_.clear();
    kept_.clear();
    first_kept_ = 0;
    changed_.notify_all();
}

Event Path::event(EventKind kind, const Acting& acting) const {
    return {.at = context_.clock.now(),
            .kind = kind,
            .connection = connection_,
            .rule = acting.rule,
            .text = std::string(name_of(acting.effect))};
}

/// An effect on the stream fires once on each path: when it first changes what passes.
void Path::note_fired(Acting& acting, const std::vector<Parcel>& parcels) {
    if (acting.noted != Acting::Noted::nothing) return;
    acting.noted = Acting::Noted::fired;
    acting.fired_at = context_.clock.now();
    acting.fired_parcel = parcels_ + 1;
    Event fired = event(EventKind::rule_fired, acting);
    if (parcels.front().due != never) fired.duration = parcels.front().due - acting.fired_at;
    context_.recorder.record(std::move(fired));
}

void Path::note_achieved(Acting& acting, const char* how) {
    if (acting.noted != Acting::Noted::fired) return;
    acting.noted = Acting::Noted::achieved;
    Event achieved = event(EventKind::rule_achieved, acting);
    achieved.duration = context_.clock.now() - acting.fired_at;
    achieved.text = how;
    context_.recorder.record(std::move(achieved));
}

void Path::note_left(std::uint64_t parcel) {
    for (Acting& acting : acting_)
        if (acting.fired_parcel == parcel) note_achieved(acting, "released");
}

}  // namespace twofifty::netem
