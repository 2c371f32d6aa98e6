#include "harness/scenario/sections.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace twofifty::harness {

using settings::toml_text;

std::string to_toml(const Sweep& sweep) {
    std::string toml = fmt::format("\n[sweep]\ncombine = \"{}\"\nseeds = {}\n",
                                   sweep.paired ? "paired" : "grid", sweep.seeds);
    if (sweep.timeout)
        toml += fmt::format("timeout = {}\n", toml_text(sweep.axes[*sweep.timeout].label));
    if (sweep.bound)
        toml +=
            fmt::format("bound = {}\n", toml_text(sweep.bound->figure + " " + sweep.bound->bound));
    for (const SweepAxis& axis : sweep.axes) {
        std::vector<std::string> values;
        for (const AxisValue& value : axis.values) values.push_back(value.toml);
        toml += fmt::format("\n[[sweep.axis]]\nkey = {}\nlabel = {}\nvalues = [{}]\n",
                            toml_text(axis.key), toml_text(axis.label), fmt::join(values, ", "));
    }
    return toml;
}

}  // namespace twofifty::harness
