#include "world/block_pool.hpp"

#include <algorithm>
#include <array>
#include <new>

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

/// Of each size no more than so many bytes: after a storm of sessions the memory goes back.
constexpr std::size_t most_kept = 1'048'576;

/// The address sanitizer is to see each block come and go.
#ifdef __SANITIZE_ADDRESS__
constexpr bool keeps = false;
#else
constexpr bool keeps = true;
#endif

struct Kept {
    Kept* next;
};

struct Shelf {
    Kept* first = nullptr;
    std::size_t room = 0;  ///< So many more may be kept.
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
    std::array<Shelf, shelf_count> by_size;

    constexpr Shelves() {
        for (std::size_t i = 0; i < shelf_count; ++i)
            by_size[i].room = most_kept / block_size_of(i);
    }
    ~Shelves() {
        for (Shelf& shelf : by_size) {
            while (shelf.first != nullptr) {
                Kept* const block = shelf.first;
                shelf.first = block->next;
                ::operator delete(block);
            }
            // What is given back from now on is not kept.
            shelf.room = 0;
        }
    }
};

thread_local Shelves shelves;

}  // namespace

void* take(std::size_t size) {
    const std::size_t number = shelf_of(size);
    if (!keeps || number >= shelf_count) return ::operator new(size);
    Shelf& shelf = shelves.by_size[number];
    if (shelf.first == nullptr) return ::operator new(block_size_of(number));
    Kept* const block = shelf.first;
    shelf.first = block->next;
    ++shelf.room;
    return block;
}

void give_back(void* block, std::size_t size) noexcept {
    const std::size_t number = shelf_of(size);
    if (!keeps || number >= shelf_count) return ::operator delete(block);
    Shelf& shelf = shelves.by_size[number];
    if (shelf.room == 0) return ::operator delete(block);
    shelf.first = new (block) Kept{shelf.first};
    --shelf.room;
}

}  // namespace twofifty::world::block_pool
