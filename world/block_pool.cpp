#include "world/block_pool.hpp"

#include <algorithm>
#include <array>
#include <new>
#include <utility>

namespace twofifty::world::block_pool {

namespace {

/// Blocks are kept by size: small ones in steps of 64 bytes, large ones in steps of a KiB. What is
/// larger still is not kept.
constexpr std::size_t small_step = 64;
constexpr std::size_t largest_small = 4096;
constexpr std::size_t large_step = 1024;
constexpr std::size_t largest = 32768;
constexpr std::size_t small_shelves = largest_small / small_step;
constexpr std::size_t shelf_count = small_shelves + (largest - largest_small) / large_step;

/// No more bytes than this are kept in all: what a storm of sessions leaves behind goes back.
constexpr std::size_t most_kept = 33'554'432;

/// The address sanitizer is to see each block come and go.
#ifdef __SANITIZE_ADDRESS__
constexpr bool keeps = false;
#else
constexpr bool keeps = true;
#endif

struct Kept {
    Kept* next;
};

/// Beyond the last one: blocks of this size are not kept.
constexpr std::size_t shelf_of(std::size_t size) {
    if (size <= largest_small) return (std::max<std::size_t>(size, 1) - 1) / small_step;
    return small_shelves + (size - largest_small - 1) / large_step;
}

constexpr std::size_t block_size_of(std::size_t shelf) {
    if (shelf < small_shelves) return (shelf + 1) * small_step;
    return largest_small + (shelf - small_shelves + 1) * large_step;
}

struct Shelves {
    std::array<Kept*, shelf_count> by_size{};
    std::size_t room = most_kept;

    ~Shelves() {
        // What is given back from now on is not kept.
        room = 0;
        for (Kept*& first : by_size)
            while (first != nullptr) ::operator delete(std::exchange(first, first->next));
    }
};

thread_local Shelves shelves;

}  // namespace

void* take(std::size_t size) {
    const std::size_t number = shelf_of(size);
    if (!keeps || number >= shelf_count) return ::operator new(size);
    Kept*& first = shelves.by_size[number];
    if (first == nullptr) return ::operator new(block_size_of(number));
    shelves.room += block_size_of(number);
    return std::exchange(first, first->next);
}

void give_back(void* block, std::size_t size) noexcept {
    const std::size_t number = shelf_of(size);
    if (!keeps || number >= shelf_count) return ::operator delete(block);
    const std::size_t block_size = block_size_of(number);
    if (shelves.room < block_size) return ::operator delete(block);
    shelves.room -= block_size;
    Kept*& first = shelves.by_size[number];
    first = new (block) Kept{first};
}

}  // namespace twofifty::world::block_pool
