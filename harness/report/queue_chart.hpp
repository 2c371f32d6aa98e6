#pragma once

#include "harness/report/summary.hpp"

#include <string>

namespace twofifty::harness {

/// A section of report.html: the depth of each receiver's queues over the run, one small picture a
/// queue and one colour a receiver. Empty where no queue was sampled.
std::string queue_charts(const Summary& summary);

}  // namespace twofifty::harness
