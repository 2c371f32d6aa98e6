#include "world/distribution.hpp"

#include <boost/random/exponential_distribution.hpp>
#include <boost/random/normal_distribution.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace twofifty::world {
namespace {

double draw_shape(const Distribution& distribution, Random& random) {
    const double a = distribution.a;
    const double b = distribution.b;
    switch (distribution.shape) {
        case Shape::fixed: return a;
        case Shape::uniform: return a + (b - a) * random.uniform();
        case Shape::normal: return boost::random::normal_distribution<double>(a, b)(random);
        case Shape::lognormal:
            return a * std::exp(b * boost::random::normal_distribution<double>()(random));
        case Shape::exponential:
            return a * boost::random::exponential_distribution<double>()(random);
        case Shape::pareto: return a * std::pow(1.0 - random.uniform(), -1.0 / b);
    }
    return a;
}

double shape_at(const Distribution& distribution, double normal) {
    const double a = distribution.a;
    const double b = distribution.b;
    // The chance of a normal draw above it; its tail keeps all its digits.
    const double above = 0.5 * std::erfc(normal / std::numbers::sqrt2);
    switch (distribution.shape) {
        case Shape::fixed: return a;
        case Shape::uniform: return b - (b - a) * above;
        case Shape::normal: return a + b * normal;
        case Shape::lognormal: return a * std::exp(b * normal);
        case Shape::exponential: return -a * std::log(above);
        case Shape::pareto: return a * std::pow(above, -1.0 / b);
    }
    return a;
}

}  // namespace

double Distribution::draw(Random& random) const {
    return std::clamp(draw_shape(*this, random), std::max(0.0, least), most);
}

double Distribution::at(double normal) const {
    return std::clamp(shape_at(*this, normal), std::max(0.0, least), most);
}

}  // namespace twofifty::world
