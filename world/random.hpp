// Randomness. One root seed; one named stream per consumer, or a value keyed by what it decides.
// The generator is small enough to make one for each decision, and its sequences are the same with
// every compiler.
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>

namespace twofifty::world {

/// Mixes 64 bits so that each input bit reaches each output bit (the finaliser of SplitMix64).
constexpr std::uint64_t mix(std::uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

/// Folds one more part into a key. The order of parts matters.
constexpr std::uint64_t fold(std::uint64_t key, std::uint64_t part) {
    return mix(key + 0x9e3779b97f4a7c15ULL + mix(part ^ 0x2545f4914f6cdd1dULL));
}

constexpr std::uint64_t fold(std::uint64_t key, std::string_view part) {
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (const char c : part) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    return fold(fold(key, hash), part.size());
}

/// SplitMix64 (Steele, Lea, Flood 2014). A UniformRandomBitGenerator; use it with Boost.Random,
/// never with the standard's distributions, whose sequences differ between libraries.
class Random {
public:
    using result_type = std::uint64_t;

    explicit constexpr Random(std::uint64_t key) : state_(key) {}
    /// The stream of one consumer: `Random(seed, "arrivals")`.
    constexpr Random(std::uint64_t seed, std::string_view consumer)
        : state_(fold(seed, consumer)) {}

    static constexpr result_type min() { return 0; }
    static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }

    constexpr result_type operator()() {
        state_ += 0x9e3779b97f4a7c15ULL;
        return mix(state_);
    }

    /// Uniform in [0, 1), with 53 bits.
    constexpr double uniform() { return static_cast<double>((*this)() >> 11) * 0x1.0p-53; }

    /// Uniform in 0 .. bound-1. REQUIRES: bound > 0. The bias is below bound / 2^64.
    constexpr std::uint64_t below(std::uint64_t bound) {
        __extension__ using Wide = unsigned __int128;
        return static_cast<std::uint64_t>((static_cast<Wide>((*this)()) * bound) >> 64);
    }

private:
    std::uint64_t state_;
};

}  // namespace twofifty::world
