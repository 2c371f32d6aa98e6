#pragma once

#include <cstdint>

namespace twofifty::netem {

/// A standard normal draw for one place of a series. Neighbours are correlated with `correlation`,
/// places n apart with its n-th power: an autoregressive process of the first order. It is a
/// function of series and place alone, so nothing depends on the order in which places are asked.
/// REQUIRES: 0 <= correlation < 1.
double correlated_normal(double correlation, std::uint64_t series, std::uint64_t place);

}  // namespace twofifty::netem
