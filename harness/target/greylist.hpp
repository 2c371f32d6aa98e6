#pragma once

#include "harness/scenario/receiver_settings.hpp"
#include "harness/target/recently_seen.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace twofifty::harness {

/// Who comes for the first time is asked to come again: most of those who do are mail servers.
class Greylist {
public:
    /// `settings` must outlive it.
    explicit Greylist(const GreylistSettings& settings)
        : settings_(settings), pairs_(settings.window) {}

    /// Whether mail from this sender to this recipient is taken now.
    bool allows(std::string_view sender, std::string_view recipient, TimePoint now) {
        const std::pair key{std::string(sender), std::string(recipient)};
        const TimePoint* const known = pairs_.find(key, now);
        const TimePoint first = known ? *known : now;
        const bool allowed = known && now >= first + settings_.delay;
        // One that is refused again is not kept any longer for it.
        if (!known || allowed) pairs_.touch(key, first, now);
        return allowed;
    }

private:
    const GreylistSettings& settings_;
    /// When each was seen first.
    RecentlySeen<std::pair<std::string, std::string>, TimePoint> pairs_;
};

}  // namespace twofifty::harness
