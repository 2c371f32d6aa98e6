#include "netem/effects/too_busy.hpp"

#include "smtp/limits.hpp"

#include <algorithm>

namespace twofifty::netem {
namespace {

bool is_farewell(std::string_view line) {
    return line.starts_with("421 ") && line.size() + 2 <= smtp::reply_line_limit &&
           std::ranges::all_of(line, [](char c) { return c >= ' ' && c < 0x7f; });
}

}  // namespace

TooBusy TooBusy::read(settings::Section& effect) {
    const std::string reply = effect.text(name).value_or("");
    if (!is_farewell(reply))
        effect.fail(name,
                    "expected one 421 reply line without CRLF, such as \"421 4.3.2 too busy\" "
                    "(printable ASCII, at most 510 bytes), found " +
                        settings::describe(*effect.value(name)));
    return {.reply = reply};
}

}  // namespace twofifty::netem
