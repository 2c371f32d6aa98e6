#include "netem/effects/delay.hpp"

#include "netem/correlated.hpp"
#include "netem/distribution_settings.hpp"

#include <fmt/format.h>

#include <variant>

namespace twofifty::netem {
namespace {

/// Thirty days, in nanoseconds: longer than any sender's lifetime.
constexpr double longest_delay = 30.0 * 24 * 3600 * 1e9;
/// Beyond it the noise of thousands of messages would have to be summed for each one.
constexpr double largest_correlation = 0.99;

}  // namespace

Delay Delay::read(settings::Section& effect) {
    constexpr QuantityRange range{.most = longest_delay};
    const settings::Value* written = effect.value(name);
    if (!written || !std::holds_alternative<settings::Table>(written->data))
        return {read_distribution(effect, name, Quantity::time, range)};
    settings::Section table = effect.section(name);
    Delay result{read_distribution_table(table, Quantity::time, range)};
    result.correlation = table.number("correlation", 0, largest_correlation).value_or(0);
    if (result.correlation != 0 && result.time.shape == world::Shape::fixed)
        table.fail("correlation",
                   "says nothing about a fixed time; expected another distribution beside it");
    table.finish();
    return result;
}

std::string Delay::to_toml() const {
    std::string text = netem::to_toml(time, Quantity::time);
    if (correlation == 0) return text;
    text.resize(text.size() - std::string_view(" }").size());
    return fmt::format("{}, correlation = {} }}", text, correlation);
}

Verdict Delay::decide(const Sight& sight, world::Random& random) const {
    if (correlation == 0)
        return {.passing = Verdict::Passing::after_delay, .delay = time.draw_duration(random)};
    const double normal = correlated_normal(correlation, sight.series, sight.place);
    return {.passing = Verdict::Passing::after_delay, .delay = time.duration_at(normal)};
}

}  // namespace twofifty::netem
