#include "netem/effects/forward_close.hpp"

#include "settings/units.hpp"

#include <fmt/format.h>

#include <array>
#include <variant>

namespace twofifty::netem {
namespace {

constexpr std::array<std::string_view, 3> as_names{"fin", "rst", "same"};
constexpr Duration longest = std::chrono::hours{24};

Duration read_after(settings::Section& section, std::string_view key) {
    const std::string written = section.text(key).value_or("");
    if (written == "at_once") return Duration::zero();
    if (written == "never") return Duration::max();
    const std::optional<Duration> after = settings::parse_duration(written);
    if (!after || *after > longest)
        section.fail(key,
                     "expected \"at_once\", \"never\" or a duration up to 1d such as \"30s\", "
                     "found " +
                         settings::describe(*section.value(key)));
    return *after;
}

}  // namespace

ForwardClose ForwardClose::read(settings::Section& effect) {
    const settings::Value* written = effect.value(name);
    if (!written || !std::holds_alternative<settings::Table>(written->data))
        return {{.after = read_after(effect, name)}};
    settings::Section table = effect.section(name);
    ForwardClose result;
    if (table.has("after")) result.how.after = read_after(table, "after");
    if (const auto as = table.choice("as", as_names))
        result.how.as = static_cast<CloseForwarding::As>(*as);
    table.finish();
    return result;
}

std::string ForwardClose::to_toml() const {
    const std::string after = how.after == Duration::zero()  ? "at_once"
                              : how.after == Duration::max() ? "never"
                                                             : settings::format_duration(how.after);
    return fmt::format("{{ after = \"{}\", as = \"{}\" }}", after,
                       as_names[static_cast<std::size_t>(how.as)]);
}

}  // namespace twofifty::netem
