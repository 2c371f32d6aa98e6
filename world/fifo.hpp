// A queue that is short and mostly empty, as most queues of a session are: the first few entries
// lie in the queue itself, and it takes no memory before it holds more. A std::deque takes two
// blocks when it is made; a session would pay for a dozen of them.
#pragma once

#include "record/check.hpp"
#include "world/block_pool.hpp"

#include <boost/container/small_vector.hpp>

#include <cstddef>
#include <utility>

namespace twofifty::world {

/// First in, first out. References hold until the next push_back or pop_front.
template <class T, std::size_t at_hand = 1>
class Fifo {
public:
    bool empty() const { return first_ == entries_.size(); }
    std::size_t size() const { return entries_.size() - first_; }

    T& front() { return entries_[first_]; }
    const T& front() const { return entries_[first_]; }
    T& back() { return entries_.back(); }
    const T& back() const { return entries_.back(); }

    auto begin() { return entries_.begin() + static_cast<std::ptrdiff_t>(first_); }
    auto begin() const { return entries_.begin() + static_cast<std::ptrdiff_t>(first_); }
    auto end() { return entries_.end(); }
    auto end() const { return entries_.end(); }

    void push_back(T entry) { entries_.push_back(std::move(entry)); }

    /// REQUIRES: !empty(). Yields what was the first.
    T take_front() {
        TF_CHECK(!empty());
        T taken = std::move(entries_[first_]);
        ++first_;
        if (empty())
            clear();
        else if (first_ >= most_gone && first_ > entries_.size() / 2)
            close_up();
        return taken;
    }
    void pop_front() { take_front(); }

    void clear() {
        entries_.clear();
        first_ = 0;
    }

private:
    /// So many entries that have left may lie in front of the first.
    static constexpr std::size_t most_gone = 16;

    void close_up() {
        entries_.erase(entries_.begin(), begin());
        first_ = 0;
    }

    boost::container::small_vector<T, at_hand, block_pool::Allocator<T>> entries_;
    std::size_t first_ = 0;
};

}  // namespace twofifty::world
