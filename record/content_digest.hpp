#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

namespace twofifty {

/// The digest by which a copy is compared with what was sent: XXH3 (64 bits) of the body as it
/// stands on the wire, that is without dot-stuffing and with CRLF line ends, the last one included.
/// It finds damage, not malice.
std::uint64_t content_digest(std::string_view body);

/// The same digest, of a body that arrives in pieces.
class ContentDigest {
public:
    ContentDigest();
    ~ContentDigest();
    ContentDigest(ContentDigest&&) noexcept;
    ContentDigest& operator=(ContentDigest&&) noexcept;

    void reset();
    void add(std::string_view piece);
    std::uint64_t value() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace twofifty
