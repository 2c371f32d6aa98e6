#include "record/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace twofifty {

void check_failed(const char* condition, const char* file, int line) noexcept {
    std::fprintf(stderr, "twofifty: broken invariant: %s (%s:%d)\n", condition, file, line);
    std::abort();
}

}  // namespace twofifty
