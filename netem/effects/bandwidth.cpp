#include "netem/effects/bandwidth.hpp"

#include "settings/units.hpp"

#include <algorithm>
#include <cmath>

namespace twofifty::netem {
namespace {

/// Parts of a run in a second: fine enough to look even, coarse enough to be cheap.
constexpr double parts_per_second = 50;

Duration time_of(std::size_t bytes, double bytes_per_second) {
    return Duration{std::llround(static_cast<double>(bytes) / bytes_per_second * 1e9)};
}

}  // namespace

Bandwidth Bandwidth::read(settings::Section& effect) {
    const std::optional<double> rate = settings::parse_data_rate(effect.text(name).value_or(""));
    if (!rate)
        effect.fail(name, "expected a data rate such as \"64KiB/s\", from 1B/s to 1TiB/s, found " +
                              settings::describe(*effect.value(name)));
    Bandwidth result;
    result.bytes_per_second = *rate;
    return result;
}

std::string Bandwidth::to_toml() const {
    return settings::toml_text(settings::format_data_rate(bytes_per_second));
}

void Bandwidth::pass(std::vector<Parcel>& parcels, TimePoint, PathState& state) const {
    const auto part = static_cast<std::size_t>(std::max(1.0, bytes_per_second / parts_per_second));
    std::vector<Parcel> trickle;
    for (Parcel parcel : parcels) {
        const TimePoint start = std::max(parcel.due, state.free_at);
        std::size_t sent = 0;
        while (true) {
            // Each is measured from the start of the run, so that no rounding adds up.
            std::optional<Parcel> rest;
            if (parcel.bytes > part) rest = split(parcel, part);
            sent += parcel.bytes;
            parcel.due = start + time_of(sent, bytes_per_second);
            trickle.push_back(parcel);
            if (!rest) break;
            parcel = *rest;
        }
        state.free_at = trickle.back().due;
    }
    parcels = std::move(trickle);
}

}  // namespace twofifty::netem
