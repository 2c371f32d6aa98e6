// The keys that describe one sending server: those of [fleet], of [[fleet.group]], and of a
// sender's profile, which are the same.
#pragma once

#include "harness/scenario/sender_settings.hpp"
#include "settings/section.hpp"

#include <span>
#include <string_view>

namespace twofifty::harness {

/// Every key that read_sender asks for, `profile` aside.
std::span<const std::string_view> sender_keys();

/// Reads them, and leaves the section's other keys alone. Throws settings::Error.
SenderSettings read_sender(settings::Section& section);

Retry read_retry(settings::Section retry);

/// `retry` tables of two layers: a rule of the upper one replaces the whole rule of the lower one,
/// so that no key of the other rule is left over. `under` loses those keys.
void drop_replaced_rule(settings::Table& under, const settings::Table& over);

}  // namespace twofifty::harness
