#include "world/frame_pool.hpp"

#include <array>
#include <new>

namespace twofifty::world::frame_pool {

namespace {

/// Frames are kept by size, in steps of this; larger ones than these steps reach are not kept.
constexpr std::size_t step = 64;
constexpr std::size_t steps = 64;
/// Of each size no more than this: after a storm of sessions the memory goes back.
constexpr std::size_t most_kept = 256;

/// The address sanitizer is to see each frame come and go.
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
    std::size_t count = 0;
};

struct Shelves {
    std::array<Shelf, steps> by_size;
    ~Shelves() {
        for (Shelf& shelf : by_size) {
            while (shelf.first != nullptr) {
                Kept* const frame = shelf.first;
                shelf.first = frame->next;
                ::operator delete(frame);
            }
            // What is given back from now on is not kept.
            shelf.count = most_kept;
        }
    }
};

thread_local Shelves shelves;

std::size_t shelf_of(std::size_t size) {
    return (size - 1) / step;
}

}  // namespace

void* take(std::size_t size) {
    const std::size_t number = shelf_of(size);
    if (!keeps || number >= steps) return ::operator new(size);
    Shelf& shelf = shelves.by_size[number];
    if (shelf.first == nullptr) return ::operator new((number + 1) * step);
    Kept* const frame = shelf.first;
    shelf.first = frame->next;
    --shelf.count;
    return frame;
}

void give_back(void* frame, std::size_t size) noexcept {
    const std::size_t number = shelf_of(size);
    if (!keeps || number >= steps || shelves.by_size[number].count >= most_kept) {
        ::operator delete(frame);
        return;
    }
    Shelf& shelf = shelves.by_size[number];
    shelf.first = new (frame) Kept{shelf.first};
    ++shelf.count;
}

}  // namespace twofifty::world::frame_pool
