#include "world/distribution.hpp"

#include <boost/random/exponential_distribution.hpp>
#include <boost/random/normal_distribution.hpp>

#include <algorithm>
#include <cmath>

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

}  // namespace

double Distribution::draw(Random& random) const {
    return std::clamp(draw_shape(*this, random), std::max(0.0, least), most);
}

}  // namespace twofifty::world
