// What effects on the stream work with: bytes on their way through one direction of one
// connection. Such an effect is data plus pure functions of what passes and what it remembers of
// this path.
#pragma once

#include "netem/verdict.hpp"
#include "record/time.hpp"
#include "world/random.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace twofifty::netem {

/// A run of bytes that leaves as one write, and when. Parcels of a path leave in order, whatever
/// their times say; `never` keeps one, and all behind it, until the rules change.
struct Parcel {
    enum class Fate : std::uint8_t {
        arrives,
        lost,  ///< It goes nowhere, and keeps nothing that is behind it.
        fin,   ///< It has no bytes: here the connection is closed, on both sides.
        rst,   ///< The same, torn down.
    };

    std::size_t bytes = 0;
    TimePoint due{};
    Fate fate = Fate::arrives;

    bool operator==(const Parcel&) const = default;
};

/// The connection ends by an effect's doing, on both sides, at this time, whatever is kept.
struct PathEnd {
    TimePoint at{};
    Verdict::How how = Verdict::How::fin;

    bool operator==(const PathEnd&) const = default;
};

/// What one effect remembers of one path.
struct PathState {
    TimePoint since{};             ///< It has acted on the path since then.
    world::Random random{0};       ///< Its own, keyed by rule, connection and direction.
    TimePoint free_at{};           ///< When the line is free again.
    std::uint64_t passed = 0;      ///< Bytes it has let through.
    bool broken = false;           ///< Nothing arrives any more.
    std::optional<PathEnd> end{};  ///< Set by the effect that ends the connection at a time.
};

/// What an effect does that does nothing: each effect on the stream hides what it needs.
struct StreamEffect {
    /// The effect begins to act on a path, at `since`; again where its rule was changed, and then
    /// only what has passed is remembered.
    void begin(PathState&) const {}
    /// Parcels that arrived together, in order: may delay, split, keep or lose each, and put the
    /// end of the connection among them. `at` is when they arrived. None is `never` or lost.
    void pass(std::vector<Parcel>&, TimePoint /*at*/, PathState&) const {}
    /// When the end of the direction (FIN), which would pass at `at`, passes.
    TimePoint close(TimePoint at, PathState&) const { return at; }
    /// Its rule was removed, or has had its time: whether the connection goes on.
    bool removal_closes() const { return false; }

    bool operator==(const StreamEffect&) const = default;
};

/// Splits a parcel: its first `bytes` stay, the rest is yielded. REQUIRES: bytes < parcel.bytes.
inline Parcel split(Parcel& parcel, std::size_t bytes) {
    Parcel rest = parcel;
    rest.bytes -= bytes;
    parcel.bytes = bytes;
    return rest;
}

}  // namespace twofifty::netem
