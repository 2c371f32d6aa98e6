#include "harness/ledger/event_digest.hpp"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstring>
#include <string_view>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace twofifty::harness {

namespace {

/// An event's fields one behind the other, least significant byte first, and a short text behind
/// them: the digest is fed once an event, for that costs more than what is in it.
class Layout {
public:
    template <class Integer>
    void put(Integer value) {
        if constexpr (std::endian::native == std::endian::little) {
            std::memcpy(bytes_.data() + size_, &value, sizeof(value));
            size_ += sizeof(value);
        } else {
            auto bits = static_cast<std::uint64_t>(value);
            for (std::size_t i = 0; i < sizeof(Integer); ++i, bits >>= 8)
                bytes_[size_++] = static_cast<unsigned char>(bits & 0xff);
        }
    }

    /// False where there is no room for it.
    bool put_text(std::string_view text) {
        if (text.size() > bytes_.size() - size_) return false;
        std::memcpy(bytes_.data() + size_, text.data(), text.size());
        size_ += text.size();
        return true;
    }

    const unsigned char* data() const { return bytes_.data(); }
    std::size_t size() const { return size_; }

private:
    std::array<unsigned char, 128> bytes_;
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
    const bool whole = layout.put_text(event.text);
    XXH3_128bits_update(&state_->xxh, layout.data(), layout.size());
    if (!whole) XXH3_128bits_update(&state_->xxh, event.text.data(), event.text.size());
}

std::string EventDigest::value() const {
    const XXH128_hash_t hash = XXH3_128bits_digest(&state_->xxh);
    return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

}  // namespace twofifty::harness
