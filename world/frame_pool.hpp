// Where the frames of coroutines come from. A message costs some thirty of them, each for an
// instant, and the same few sizes again and again: each thread keeps those that were given back and
// hands them out anew. That took a tenth of a virtual run's instructions away
// (docs/performance.md).
#pragma once

#include <cstddef>

namespace twofifty::world::frame_pool {

/// May be given back on another thread, which then keeps it.
void* take(std::size_t size);
void give_back(void* frame, std::size_t size) noexcept;

}  // namespace twofifty::world::frame_pool
