#include "netem/path.hpp"

#include <algorithm>
#include <utility>

namespace twofifty::netem {

using world::Task;

namespace {

/// Whoever gives more waits until some has left: as a TCP window, and the bound of what is kept.
constexpr std::size_t kept_limit = 256 * 1024;
/// Bytes that have left are cleared away once so many lie at the front.
constexpr std::size_t gone_limit = 64 * 1024;
/// An end that takes no bytes for so long is given up.
constexpr Duration write_timeout = std::chrono::minutes{10};
/// Who waits for a path on which nothing leaves gives up when a kernel would (tcp_retries2 = 15).
constexpr Duration longest_silence = std::chrono::milliseconds{924'600};

std::uint64_t path_key(std::uint64_t rule_key, std::uint32_t connection, Direction direction) {
    return world::fold(world::fold(rule_key, connection), static_cast<std::uint64_t>(direction));
}

}  // namespace

Path::Path(const PathContext& context, StreamRules& stream_rules, Owner& owner,
           std::uint32_t connection, Direction direction)
    : context_(context),
      stream_rules_(stream_rules),
      owner_(owner),
      connection_(connection),
      direction_(direction),
      changed_(context.clock.ready()),
      tasks_(context.clock.ready()) {
    context_.rules.watch(*this);
    if (context_.rules.has_stream_rules()) ask_rules();
}

Path::~Path() {
    for (Acting& acting : acting_) note_achieved(acting, gone());
}

/// Asks those rules that were not asked before, and starts what acts.
void Path::ask_rules() {
    const TimePoint now = context_.clock.now();
    for (RuleBook::Entry& entry : context_.rules.entries()) {
        if (entry.kind != EffectKind::stream) continue;
        if (std::ranges::find(asked_, entry.number) != asked_.end()) continue;
        asked_.push_back(entry.number);
        if (!stream_rules_.chosen(entry, direction_, now)) continue;
        const world::Random random(path_key(entry.key, connection_, direction_));
        acting_.push_back({.rule = entry.number,
                           .effect = entry.rule.effect,
                           .when = entry.rule.when,
                           .state = {.random = random}});
    }
    // An effect may end a connection on which nothing moves.
    if (!acting_.empty() && !delivering_ && !closed_ && !dropped_) {
        delivering_ = true;
        tasks_.spawn(deliver());
    }
}

void Path::rules_changed() {
    const bool gone = refresh();
    if (context_.rules.has_stream_rules()) ask_rules();
    if (gone) set_due_of_all();
    changed_.notify_all();
}

/// Drops the effects whose rule is gone and exchanges those that were changed. True where there
/// were any: what was kept for them leaves now, so that nothing is lost by a change of rules.
bool Path::refresh() {
    bool changed = false;
    for (auto acting = acting_.begin(); acting != acting_.end();) {
        RuleBook::Entry* const entry =
            context_.rules.has_stream_rules() ? context_.rules.find(acting->rule) : nullptr;
        if (entry && entry->rule.when == acting->when) {
            if (!(entry->rule.effect == acting->effect)) {
                acting->effect = entry->rule.effect;
                acting->state = {.since = context_.clock.now(),
                                 .random = acting->state.random,
                                 .passed = acting->state.passed};
                if (acting->course == Acting::Course::begun) begin(acting->effect, acting->state);
                let_go(acting->rule, false);
                changed = true;
            }
            ++acting;
            continue;
        }
        leave(*acting);
        let_go(acting->rule, false);
        // Under other conditions it is asked anew, as a rule that has just come.
        stream_rules_.forget(acting->rule);
        std::erase(asked_, acting->rule);
        acting = acting_.erase(acting);
        changed = true;
    }
    return changed;
}

/// Whether an effect acts on what passes now. Its first time is when it begins.
bool Path::acts(Acting& acting, TimePoint now) {
    if (acting.course == Acting::Course::over) return false;
    RuleBook::Entry* const entry = context_.rules.find(acting.rule);
    if (!entry || !context_.rules.in_force(*entry, now)) return false;
    if (acting.course == Acting::Course::begun) return true;
    acting.place = stream_rules_.begin(*entry);
    acting.course = acting.place ? Acting::Course::begun : Acting::Course::over;
    if (!acting.place) return false;
    acting.state.since = now;
    begin(acting.effect, acting.state);
    return true;
}

/// Begins the effects whose time has come, and ends those that have had theirs: that is as if
/// their rules came and went, but that what they delayed stays delayed.
void Path::follow_time() {
    const TimePoint now = context_.clock.now();
    bool gone = false;
    for (Acting& acting : acting_) {
        acts(acting, now);
        if (acting.course == Acting::Course::over || now.time_since_epoch() < acting.when.until)
            continue;
        leave(acting);
        let_go(acting.rule, true);
        gone = true;
    }
    if (gone) set_due_of_all();
}

void Path::leave(Acting& acting) {
    if (acting.course == Acting::Course::begun && removal_closes(acting.effect))
        end_ = Verdict::How::fin;
    note_achieved(acting, "released");
    acting.course = Acting::Course::over;
    acting.state.end.reset();
    acting.place.reset();
}

/// What a rule keeps, it keeps no longer; or only what it would keep for ever.
void Path::let_go(std::uint32_t rule, bool kept_for_good_only) {
    const auto free = [&](Kept& kept) {
        std::erase_if(kept.lateness, [&](const Lateness& late) {
            return late.rule == rule && (!kept_for_good_only || late.later == Duration::max());
        });
    };
    for (Kept& kept : kept_) free(kept);
    if (close_) free(*close_);
}

/// When something leaves: as late as the rules that are left make it, in order.
void Path::set_due(Kept& kept, TimePoint earliest) {
    TimePoint due = kept.arrived;
    for (const Lateness& late : kept.lateness) {
        if (due != never) due = late.later == Duration::max() ? never : due + late.later;
    }
    kept.parcel.due = std::max(due, earliest);
}

void Path::set_due_of_all() {
    last_due_ = context_.clock.now();
    for (Kept& kept : kept_) {
        set_due(kept, last_due_);
        last_due_ = kept.parcel.due;
    }
    if (close_) set_due(*close_, last_due_);
}

Task<bool> Path::send(std::string_view bytes) {
    if (dropped_ || closed_) co_return false;
    if (bytes.empty()) co_return true;
    if (acting_.empty() && kept_.empty() && !writing_) {
        const TimePoint deadline = begin_write();
        const world::Written written =
            co_await world::within(context_.clock, deadline, stream_->write(bytes));
        end_write();
        co_return !written.error;
    }
    while (kept_bytes() > kept_limit && !dropped_) {
        const TimePoint patience = context_.clock.now() + longest_silence;
        const bool changed = co_await world::within(context_.clock, patience, changed_.wait());
        if (!changed) drop();
    }
    if (dropped_) co_return false;
    keep(bytes);
    co_return true;
}

/// Sends a run of bytes through the effects, one after the other, and keeps what comes out.
void Path::keep(std::string_view bytes) {
    const TimePoint now = context_.clock.now();
    std::vector<Kept> moving{{.parcel = {.bytes = bytes.size(), .due = now}, .arrived = now}};
    std::vector<Kept> stuck;  // Behind the first that never leaves nothing is to be decided.
    std::vector<Acting*> fired;
    for (Acting& acting : acting_) {
        if (moving.empty() || !acts(acting, now)) continue;
        std::vector<Parcel> parcels;
        for (const Kept& kept : moving) parcels.push_back(kept.parcel);
        const std::vector<Parcel> before = parcels;
        pass(acting.effect, parcels, now, acting.state);
        if (parcels == before) continue;
        const bool first = acting.noted == Acting::Noted::nothing;
        const TimePoint last = parcels.back().due;
        note_fired(acting, last == never ? Duration{} : last - before.back().due);
        if (first) fired.push_back(&acting);
        moving = made_of(moving, parcels, acting.rule);
        const auto never_leaves =
            std::ranges::find(moving, never, [](const Kept& kept) { return kept.parcel.due; });
        stuck.insert(stuck.begin(), never_leaves, moving.end());
        moving.erase(never_leaves, moving.end());
    }
    moving.insert(moving.end(), stuck.begin(), stuck.end());
    for (Kept& kept : moving) {
        if (kept.parcel.fate == Parcel::Fate::arrives)
            bytes_.append(bytes.substr(kept.place, kept.parcel.bytes));
        last_due_ = std::max(last_due_, kept.parcel.due);
        kept.parcel.due = last_due_;
        kept.number = ++parcels_;
        kept_.push_back(std::move(kept));
    }
    for (Acting* const acting : fired) acting->fired_parcel = moving.empty() ? 0 : parcels_;
    changed_.notify_all();
}

/// What an effect made of a run: each part knows where in the run it lies, and how much later each
/// rule made it. What is lost is left out.
std::vector<Path::Kept> Path::made_of(const std::vector<Kept>& before,
                                      const std::vector<Parcel>& after, std::uint32_t rule) {
    std::vector<Kept> made;
    auto origin = before.begin();
    std::size_t used = 0;  // Bytes of the origin.
    for (const Parcel& parcel : after) {
        while (used == origin->parcel.bytes && origin + 1 != before.end()) {
            ++origin;
            used = 0;
        }
        Kept kept = *origin;
        kept.parcel = parcel;
        kept.place += used;
        used += parcel.bytes;
        if (parcel.fate == Parcel::Fate::lost) continue;
        if (parcel.due != origin->parcel.due)
            kept.lateness.push_back(
                {rule, parcel.due == never ? Duration::max() : parcel.due - origin->parcel.due});
        made.push_back(std::move(kept));
    }
    return made;
}

Path::Acting* Path::earliest_end() {
    Acting* earliest = nullptr;
    for (Acting& acting : acting_) {
        if (!acting.state.end) continue;
        if (!earliest || acting.state.end->at < earliest->state.end->at) earliest = &acting;
    }
    return earliest;
}

/// Gives on what is kept, each parcel at its time.
Task<> Path::deliver() {
    while (!dropped_ && !closed_) {
        follow_time();
        const TimePoint now = context_.clock.now();
        Acting* const ending = earliest_end();
        if (writing_) {
            co_await changed_.wait();
        } else if (!kept_.empty() && kept_.front().parcel.due <= now) {
            co_await give_on();
        } else if (ending && ending->state.end->at <= now) {
            const Verdict::How how = ending->state.end->how;
            note_fired(*ending, {});
            note_achieved(*ending, "released");
            end_connection(how);
        } else if (end_) {
            end_connection(*end_);
        } else if (kept_.empty() && close_ && close_->parcel.due <= now) {
            note_left(close_->number);
            stream_->shutdown_send();
            closed_ = true;
        } else {
            const TimePoint due = next_event();
            co_await world::within(context_.clock, due, changed_.wait());
        }
    }
    delivering_ = false;
    changed_.notify_all();
}

/// The first of what is kept leaves.
Task<> Path::give_on() {
    const Kept kept = kept_.take_front();
    note_left(kept.number);
    if (kept.parcel.fate == Parcel::Fate::arrives) {
        const std::string parcel = take_bytes(kept.parcel.bytes);
        const TimePoint deadline = begin_write();
        const world::Written written =
            co_await world::within(context_.clock, deadline, stream_->write(parcel));
        end_write();
        if (written.error) drop();
    } else {
        end_connection(kept.parcel.fate == Parcel::Fate::rst ? Verdict::How::rst
                                                             : Verdict::How::fin);
    }
}

/// When something is to be done next, if nothing happens before.
TimePoint Path::next_event() const {
    TimePoint next = !kept_.empty() ? kept_.front().parcel.due
                     : close_       ? close_->parcel.due
                                    : never;
    const Duration now = context_.clock.now().time_since_epoch();
    for (const Acting& acting : acting_) {
        if (acting.course == Acting::Course::over) continue;
        if (acting.state.end) next = std::min(next, acting.state.end->at);
        if (now < acting.when.from) next = std::min(next, at(acting.when.from));
        if (acting.when.until != Duration::max()) next = std::min(next, at(acting.when.until));
    }
    return next;
}

std::string Path::take_bytes(std::size_t count) {
    std::string bytes = bytes_.substr(gone_, count);
    gone_ += count;
    if (gone_ == bytes_.size()) {
        bytes_.clear();
        gone_ = 0;
    } else if (gone_ > gone_limit && gone_ > bytes_.size() / 2) {
        bytes_.erase(0, gone_);
        gone_ = 0;
    }
    return bytes;
}

/// Yields until when the bytes must be taken.
TimePoint Path::begin_write() {
    writing_ = true;
    return context_.clock.now() + write_timeout;
}

void Path::end_write() {
    writing_ = false;
    changed_.notify_all();
}

void Path::close() {
    if (close_ || dropped_) return;
    const TimePoint now = context_.clock.now();
    close_ = Kept{.parcel = {.due = std::max(now, last_due_)}, .arrived = now};
    if (!delivering_) {
        stream_->shutdown_send();
        closed_ = true;
        return;
    }
    for (Acting& acting : acting_) {
        TimePoint& due = close_->parcel.due;
        if (due == never || !acts(acting, now)) continue;
        const TimePoint later = netem::close(acting.effect, due, acting.state);
        if (later == due) continue;
        const Duration asked = later == never ? Duration::max() : later - due;
        if (acting.noted == Acting::Noted::nothing) acting.fired_parcel = parcels_ + 1;
        note_fired(acting, later == never ? Duration{} : asked);
        close_->lateness.push_back({acting.rule, asked});
        due = later;
    }
    close_->number = ++parcels_;
    changed_.notify_all();
}

Task<> Path::finished() {
    while (delivering_ && !dropped_ && !closed_) co_await changed_.wait();
}

void Path::drop() {
    for (Acting& acting : acting_) note_achieved(acting, gone());
    dropped_ = true;
    bytes_.clear();
    gone_ = 0;
    kept_.clear();
    changed_.notify_all();
}

void Path::end_connection(Verdict::How how) {
    drop();
    owner_.path_ended(how);
}

Event Path::event(EventKind kind, const Acting& acting) const {
    return {.at = context_.clock.now(),
            .kind = kind,
            .connection = connection_,
            .rule = acting.rule,
            .text = std::string(name_of(acting.effect))};
}

/// An effect on the stream fires once on each path: when it first changes what passes.
void Path::note_fired(Acting& acting, Duration asked) {
    if (acting.noted != Acting::Noted::nothing) return;
    acting.noted = Acting::Noted::fired;
    acting.fired_at = context_.clock.now();
    Event fired = event(EventKind::rule_fired, acting);
    fired.duration = asked;
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

/// Who is gone where what was kept for it never left.
const char* Path::gone() const {
    return direction_ == Direction::to_client ? "client_gone" : "server_gone";
}

}  // namespace twofifty::netem
