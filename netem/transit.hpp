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
    std::size_t bytes = 0;
    TimePoint due{};

    bool operator==(const Parcel&) const = default;
};

/// The connection ends by an effect's doing: both sides, at this time, behind what left before it.
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
    std::optional<PathEnd> end{};  ///< Set by the effect that ends the connection.
};

/// What an effect does that does nothing: each effect on the stream hides what it needs.
struct StreamEffect {
    /// The effect begins to act on a path.
    void begin(PathState&) const {}
    /// Parcels that arrived together: may delay, split or keep each. `at` is when they arrived.
    void pass(std::vector<Parcel>&, TimePoint /*at*/, PathState&) const {}
    /// When the end of the direction (FIN), which would pass at `at`, passes.
    TimePoint close(TimePoint at, PathState&) const { return at; }
};

}  // namespace twofifty::netem
