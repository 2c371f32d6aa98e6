#include "netem/effects/slicer.hpp"

#include "settings/units.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace twofifty::netem {
namespace {

constexpr std::uint64_t largest_slice = 1ULL << 30;
constexpr Duration longest_delay = std::chrono::hours{1};

}  // namespace

Slicer Slicer::read(settings::Section& effect) {
    settings::Section table = effect.section(name);
    Slicer result;
    const auto average = table.size("average_size", 1, largest_slice);
    if (!average) table.fail("average_size", "missing; expected such as average_size = \"64B\"");
    result.average_size = *average;
    result.size_variation = table.size("size_variation", 0, largest_slice).value_or(0);
    if (result.size_variation >= result.average_size)
        table.fail("size_variation", "is not below average_size; expected a smaller one");
    result.delay = table.duration("delay", Duration::zero(), longest_delay).value_or(result.delay);
    table.finish();
    return result;
}

std::string Slicer::to_toml() const {
    return fmt::format("{{ average_size = \"{}\", size_variation = \"{}\", delay = \"{}\" }}",
                       settings::format_size(average_size), settings::format_size(size_variation),
                       settings::format_duration(delay));
}

void Slicer::pass(std::vector<Parcel>& parcels, TimePoint, PathState& state) const {
    std::vector<Parcel> slices;
    for (Parcel parcel : parcels) {
        while (parcel.bytes > 0) {
            const std::uint64_t above = state.random.below(2 * size_variation + 1);
            const std::uint64_t size = average_size - size_variation + above;
            Parcel rest = parcel;
            rest.bytes = 0;
            if (parcel.bytes > size) rest = split(parcel, size);
            parcel.due = std::max(parcel.due, state.free_at);
            state.free_at = parcel.due + delay;
            slices.push_back(parcel);
            parcel = rest;
        }
        // The mark of a connection's end has no bytes, and is not sliced away.
        if (parcel.fate != Parcel::Fate::arrives) slices.push_back(parcel);
    }
    parcels = std::move(slices);
}

}  // namespace twofifty::netem
