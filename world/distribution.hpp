#pragma once

#include "record/time.hpp"
#include "world/random.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace twofifty::world {

enum class Shape : std::uint8_t { fixed, uniform, normal, lognormal, exponential, pareto };

inline constexpr std::array<std::string_view, 6> shape_names{"fixed",     "uniform",     "normal",
                                                             "lognormal", "exponential", "pareto"};

/// A distribution of non-negative quantities: times in nanoseconds, sizes in bytes. What `a` and
/// `b` are depends on the shape:
///   fixed        a = the value
///   uniform      a = least, b = most
///   normal       a = mean, b = standard deviation (draws below 0 become 0)
///   lognormal    a = median, b = sigma (of the logarithm, no unit)
///   exponential  a = mean
///   pareto       a = least, b = shape (alpha, no unit; P(X > x) = (a / x)^b)
/// Every draw is cut to [least, most].
struct Distribution {
    Shape shape = Shape::fixed;
    double a = 0;
    double b = 0;
    double least = 0;
    double most = 3.2e18;  // About a hundred years of nanoseconds.

    /// One draw. The same `random` state gives the same value with every compiler.
    double draw(Random& random) const;
    Duration draw_duration(Random& random) const {
        return Duration{static_cast<std::int64_t>(draw(random))};
    }

    /// The value below which a draw lies as often as a standard normal one lies below `normal`: so
    /// normal draws that depend on each other become draws of this distribution that do.
    double at(double normal) const;
    Duration duration_at(double normal) const {
        return Duration{static_cast<std::int64_t>(at(normal))};
    }

    bool operator==(const Distribution&) const = default;
};

constexpr Distribution fixed(Duration value) {
    return Distribution{.a = static_cast<double>(value.count())};
}

}  // namespace twofifty::world
