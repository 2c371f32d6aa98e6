#pragma once

#include "record/time.hpp"

#include <cstddef>
#include <deque>
#include <map>
#include <utility>

namespace twofifty::harness {

/// What was seen within a window of time: a map that forgets each key so long after its last touch,
/// and so is bounded by what comes in one window.
template <class Key, class Value>
class RecentlySeen {
public:
    explicit RecentlySeen(Duration window) : window_(window) {}

    /// Null where the key was not touched within the window, or never.
    Value* find(const Key& key, TimePoint now) {
        forget(now);
        const auto found = seen_.find(key);
        return found == seen_.end() ? nullptr : &found->second.value;
    }

    /// Keeps the value for one window from now.
    void touch(const Key& key, Value value, TimePoint now) {
        seen_.insert_or_assign(key, Kept{std::move(value), now});
        touches_.emplace_back(now, key);
    }

    std::size_t size() const { return seen_.size(); }

private:
    struct Kept {
        Value value;
        TimePoint touched;
    };

    void forget(TimePoint now) {
        while (!touches_.empty() && touches_.front().first + window_ <= now) {
            const auto& [when, key] = touches_.front();
            const auto found = seen_.find(key);
            // It may have been touched again since.
            if (found != seen_.end() && found->second.touched == when) seen_.erase(found);
            touches_.pop_front();
        }
    }

    Duration window_;
    std::map<Key, Kept> seen_;
    std::deque<std::pair<TimePoint, Key>> touches_;
};

}  // namespace twofifty::harness
