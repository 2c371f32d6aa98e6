// Blocks that are kept are whole, apart from each other, and may change threads.
#include "world/block_pool.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <future>
#include <vector>

namespace twofifty::world {
namespace {

constexpr std::size_t largest = 34'000;  // Beyond what is kept.

struct Frame {
    unsigned char* bytes = nullptr;
    std::size_t size = 0;

    bool holds(unsigned char value) const {
        return std::all_of(bytes, bytes + size, [value](unsigned char b) { return b == value; });
    }
};

Frame take(std::size_t size, std::size_t value) {
    auto* const bytes = static_cast<unsigned char*>(block_pool::take(size));
    std::memset(bytes, static_cast<unsigned char>(value), size);
    return {bytes, size};
}

TEST(BlockPool, NoFrameLiesInAnother) {
    for (int round = 0; round < 3; ++round) {
        std::vector<Frame> frames;
        for (std::size_t size = 1; size < largest; size += 1 + size / 100)
            frames.push_back(take(size, frames.size()));
        for (std::size_t i = 0; i < frames.size(); ++i)
            ASSERT_TRUE(frames[i].holds(static_cast<unsigned char>(i))) << frames[i].size;
        for (const Frame& frame : frames) block_pool::give_back(frame.bytes, frame.size);
    }
}

TEST(BlockPool, FrameOfOneThreadMayBeGivenBackOnAnother) {
    std::vector<Frame> frames;
    for (std::size_t i = 0; i < 1000; ++i) frames.push_back(take(128, i));
    std::async(std::launch::async, [&] {
        for (const Frame& frame : frames) block_pool::give_back(frame.bytes, frame.size);
        const Frame again = take(128, 1);
        EXPECT_TRUE(again.holds(1));
        block_pool::give_back(again.bytes, again.size);
    }).get();
}

}  // namespace
}  // namespace twofifty::world
