#pragma once

#include <string>

namespace twofifty::harness {

/// The commented scenario that `twofifty init` writes. It loads as it stands.
std::string scenario_template();

}  // namespace twofifty::harness
