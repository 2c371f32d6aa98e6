#pragma once

#include "netem/transit.hpp"
#include "settings/section.hpp"

#include <string>

namespace twofifty::netem {

/// slicer = { average_size = "64B", size_variation = "16B", delay = "10ms" }: bytes of the
/// direction leave in slices, each so many bytes more or less, and each `delay` after the one
/// before. As Toxiproxy's toxic of that name.
struct Slicer : StreamEffect {
    static constexpr std::string_view name = "slicer";
    std::uint64_t average_size = 0;
    std::uint64_t size_variation = 0;
    Duration delay{};

    static Slicer read(settings::Section& effect);
    std::string to_toml() const;
    void pass(std::vector<Parcel>& parcels, TimePoint at, PathState& state) const;

    bool operator==(const Slicer&) const = default;
};

}  // namespace twofifty::netem
