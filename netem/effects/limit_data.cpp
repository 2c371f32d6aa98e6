#include "netem/effects/limit_data.hpp"

#include "settings/units.hpp"

#include <algorithm>

namespace twofifty::netem {

LimitData LimitData::read(settings::Section& effect) {
    LimitData result;
    result.bytes = effect.size(name).value_or(0);
    return result;
}

std::string LimitData::to_toml() const {
    return settings::toml_text(settings::format_size(bytes));
}

void LimitData::pass(std::vector<Parcel>& parcels, TimePoint at, PathState& state) const {
    std::vector<Parcel> limited;
    TimePoint last = at;
    for (Parcel parcel : parcels) {
        const std::uint64_t room = bytes - std::min(bytes, state.passed);
        std::optional<Parcel> beyond;
        if (parcel.bytes > room) beyond = split(parcel, room);
        state.passed += parcel.bytes;
        last = std::max(last, parcel.due);
        if (parcel.bytes > 0 || parcel.fate != Parcel::Fate::arrives) limited.push_back(parcel);
        if (state.passed >= bytes && !state.broken) {
            state.broken = true;
            limited.push_back({.due = last, .fate = Parcel::Fate::fin});
        }
        if (beyond) {
            beyond->fate = Parcel::Fate::lost;
            limited.push_back(*beyond);
        }
    }
    parcels = std::move(limited);
}

}  // namespace twofifty::netem
