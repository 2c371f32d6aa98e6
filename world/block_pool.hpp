// Where memory comes from that is needed for an instant, again and again in the same few sizes: the
// frames of coroutines, of which a message costs some thirty, the ends of connections, the bytes
// under way. Each thread keeps the blocks that were given back and hands the latest out anew, which
// is still in the cache (docs/performance.md).
#pragma once

#include <cstddef>
#include <string>

namespace twofifty::world::block_pool {

/// May be given back on another thread, which then keeps it.
void* take(std::size_t size);
void give_back(void* block, std::size_t size) noexcept;

/// The base of a class whose objects come from here. No stricter alignment than new's.
struct Pooled {
    static void* operator new(std::size_t size) { return take(size); }
    static void operator delete(void* block, std::size_t size) noexcept { give_back(block, size); }
};

/// For containers.
template <class T>
struct Allocator {
    using value_type = T;

    Allocator() = default;
    template <class U>
    Allocator(const Allocator<U>&) noexcept {}

    T* allocate(std::size_t count) { return static_cast<T*>(take(count * sizeof(T))); }
    void deallocate(T* block, std::size_t count) noexcept { give_back(block, count * sizeof(T)); }

    bool operator==(const Allocator&) const = default;
};

/// Bytes that stay where they are only until they can go on.
using Bytes = std::basic_string<char, std::char_traits<char>, Allocator<char>>;

/// Empties them and gives their memory back: a session that waits shall hold none for what has
/// passed.
inline void give_back(Bytes& bytes) {
    bytes.clear();
    bytes.shrink_to_fit();
}

}  // namespace twofifty::world::block_pool
