#pragma once

#include "harness/scenario/scenario_writer.hpp"
#include "settings/section.hpp"

namespace twofifty::harness {

/// What a receiver does between the end of data and its reply, and whom it refuses: the keys that
/// say so. What is not written stays as it is in `result`.
void read_behaviour(settings::Section& section, ReceiverSettings& result);

/// The lines of a receiver's table, but for name, domains and preference.
void write_receiver(Writer& writer, const ReceiverSettings& receiver);

}  // namespace twofifty::harness
