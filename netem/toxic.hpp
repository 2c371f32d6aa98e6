// A toxic: a rule of a proxy as Toxiproxy's clients know it, by type, stream, toxicity and
// attributes. Toxiproxy's own types become effects on the stream; any rule of ours is a toxic of
// type `smtp`, whose attributes are the rule's tables.
#pragma once

#include "netem/rule.hpp"
#include "settings/value.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace twofifty::netem {

struct Toxic {
    std::string name;
    std::string type;
    /// "upstream" (client to server) or "downstream", in the case in which it was written.
    std::string stream = "downstream";
    /// The chance that it acts on a connection (smtp: on a reply); 0 never does.
    double toxicity = 1;
    /// A table. Of Toxiproxy's types with every attribute; of smtp as it was written.
    settings::Value attributes;
    /// What it comes to in the rule book; nothing for a toxic that does nothing.
    std::optional<Rule> rule{};
};

inline constexpr std::string_view smtp_toxic = "smtp";

bool is_toxic_type(std::string_view type);

/// The way of a stream; nothing where it is neither "upstream" nor "downstream", in any case.
std::optional<Direction> way_of_stream(std::string_view stream);

/// The attributes that `toxic` gets from what was written; what is not written stays as it is (at
/// first, 0). Sets `attributes` and `rule`. `written` may be null. REQUIRES: type and stream are
/// valid. Throws settings::Error, and then leaves the toxic as it was.
void set_attributes(Toxic& toxic, const settings::Value* written);
/// Likewise its toxicity.
void set_toxicity(Toxic& toxic, double toxicity);

/// A rule of ours as a toxic.
Toxic as_toxic(const Rule& rule);

}  // namespace twofifty::netem
