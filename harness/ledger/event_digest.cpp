#include "harness/ledger/event_digest.hpp"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <type_traits>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace twofifty::harness {

namespace {

/// The fixed part of an event, field by field, least significant byte first.
class Layout {
public:
    template <class Integer>
    void put(Integer value) {
        auto bits = static_cast<std::make_unsigned_t<Integer>>(value);
        for (std::size_t i = 0; i < sizeof(Integer); ++i) {
            bytes_[size_++] = static_cast<unsigned char>(bits & 0xff);
            if constexpr (sizeof(Integer) > 1) {
                bits = static_cast<decltype(bits)>(bits >> 8);
            }
        }
    }

    const unsigned char* data() const { return bytes_.data(); }
    std::size_t size() const { return size_; }

private:
    std::array<unsigned char, 64> bytes_{};
    std::size_t size_ = 0;
};

}  // namespace

struct EventDigest::State {
    alignas(64) XXH3_state_t xxh;
};

EventDigest::EventDigest() : state_(std::make_unique<State>()) {
    XXH3_128bits_reset(&state_->xxh);
}
EventDigest::~EventDigest() = default;
EventDigest::EventDigest(EventDigest&&) noexcept = default;
EventDigest& EventDigest::operator=(EventDigest&&) noexcept = default;

void EventDigest::add(const Event& event) {
    Layout layout;
    layout.put(static_cast<std::int64_t>(event.at.time_since_epoch().count()));
    layout.put(static_cast<std::uint8_t>(event.kind));
    layout.put(static_cast<std::uint8_t>(event.phase));
    layout.put(static_cast<std::uint8_t>(event.outcome));
    layout.put(event.code);
    layout.put(event.node);
    layout.put(event.message);
    layout.put(event.recipient);
    layout.put(event.attempt);
    layout.put(event.connection);
    layout.put(event.rule);
    layout.put(static_cast<std::int64_t>(event.duration.count()));
    layout.put(event.quantity);
    layout.put(event.digest);
    // The length keeps the end of one text apart from the beginning of the next event.
    layout.put(static_cast<std::uint32_t>(event.text.size()));
    XXH3_128bits_update(&state_->xxh, layout.data(), layout.size());
    XXH3_128bits_update(&state_->xxh, event.text.data(), event.text.size());
}

std::string EventDigest::value() const {
    const XXH128_hash_t hash = XXH3_128bits_digest(&state_->xxh);
    return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

}  // namespace twofifty::harness
