// Whom the proxy lets in, and when: its own bound, rules that refuse connections, and rules that
// let only so many in at once. The proxy acts.
#pragma once

#include "netem/path.hpp"
#include "world/notifier.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>

namespace twofifty::netem {

class Door final : private RuleBook::Watcher {
public:
    /// `most`: connections there may be at once, served or not. `receiver` is the name of the
    /// server behind, and must outlive the door.
    Door(const PathContext& context, std::size_t most, std::string_view receiver = {});
    /// What acts is recorded as ended.
    ~Door();

    /// One connection, from its beginning to its end. Must not outlive the door.
    class Guest {
    public:
        explicit Guest(Door& door) : door_(door) { ++door_.present_; }
        Guest(const Guest&) = delete;
        Guest& operator=(const Guest&) = delete;
        ~Guest();

        /// It is served, and counts against the limits of rules.
        void come_in();

    private:
        Door& door_;
        bool inside_ = false;
    };

    enum class State : std::uint8_t {
        open,
        full,      ///< Whoever connects waits in the backlog.
        refusing,  ///< Nobody is to listen.
    };
    struct Look {
        State state = State::open;
        TimePoint changes_at = never;  ///< Look again then, at the latest.
    };
    /// How it stands now. Records what begins and ends to act.
    Look look();

    std::size_t inside() const { return inside_; }
    /// Guests have left, or rules have changed.
    world::Notifier& changed() { return changed_; }

private:
    void rules_changed() override { changed_.notify_all(); }
    State asked_by(const RuleBook::Entry& entry) const;
    void note(std::uint32_t rule, bool acts);
    void forget_gone_rules();
    void record(EventKind kind, std::uint32_t rule, Duration duration, std::string text);

    PathContext context_;
    std::size_t most_;
    std::string_view receiver_;
    std::size_t present_ = 0;
    std::size_t inside_ = 0;
    std::map<std::uint32_t, TimePoint> acting_;  ///< Rules that act, and since when.
    world::Notifier changed_;
};

}  // namespace twofifty::netem
