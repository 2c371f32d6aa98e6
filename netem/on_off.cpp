#include "netem/on_off.hpp"

#include "world/distribution.hpp"

#include <algorithm>

namespace twofifty::netem {
namespace {

/// No spell is shorter, so that a mean of nothing does not stop time.
constexpr Duration shortest_spell{1000};

}  // namespace

OnOffProcess::OnOffProcess(const OnOff& means, std::uint64_t key) : means_(means), random_(key) {
    const double good = static_cast<double>(means.good.count());
    const double bad = static_cast<double>(means.bad.count());
    const double draw = random_.uniform();
    bad_ = draw * (good + bad) < bad;
    next_spell();
}

bool OnOffProcess::bad_at(TimePoint at) {
    if (means_.good == Duration::zero()) return true;
    while (spell_ends_ <= at) {
        bad_ = !bad_;
        next_spell();
    }
    return bad_;
}

void OnOffProcess::next_spell() {
    const Duration mean = bad_ ? means_.bad : means_.good;
    const world::Distribution length{.shape = world::Shape::exponential,
                                     .a = static_cast<double>(mean.count())};
    const Duration drawn = length.draw_duration(random_);
    spell_ends_ += std::max(shortest_spell, drawn);
}

}  // namespace twofifty::netem
