#pragma once

#include "harness/fleet/routes.hpp"
#include "harness/scenario/scenario.hpp"

#include <span>

namespace twofifty::harness {

/// Where the mail of each domain goes, as MX records would say: to every receiver that takes it,
/// the preferred ones first. `endpoints` are those that the fleet turns to for the receivers, in
/// their order; a server that runs already is one for all domains.
Routes routes_to(const TargetSettings& target, std::span<const world::Endpoint> endpoints);

}  // namespace twofifty::harness
