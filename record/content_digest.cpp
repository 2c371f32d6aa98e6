#include "record/content_digest.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace twofifty {

struct ContentDigest::State {
    alignas(64) XXH3_state_t xxh;
};

std::uint64_t content_digest(std::string_view body) {
    return XXH3_64bits(body.data(), body.size());
}

ContentDigest::ContentDigest() : state_(std::make_unique<State>()) {
    reset();
}
ContentDigest::~ContentDigest() = default;
ContentDigest::ContentDigest(ContentDigest&&) noexcept = default;
ContentDigest& ContentDigest::operator=(ContentDigest&&) noexcept = default;

void ContentDigest::reset() {
    XXH3_64bits_reset(&state_->xxh);
}
void ContentDigest::add(std::string_view piece) {
    XXH3_64bits_update(&state_->xxh, piece.data(), piece.size());
}
std::uint64_t ContentDigest::value() const {
    return XXH3_64bits_digest(&state_->xxh);
}

}  // namespace twofifty
