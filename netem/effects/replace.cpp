#include "netem/effects/replace.hpp"

#include "smtp/limits.hpp"

#include <algorithm>

namespace twofifty::netem {
namespace {

bool is_reply_line(std::string_view line) {
    const auto digit = [](char c, char most) { return c >= '0' && c <= most; };
    if (line.size() < 5 || line.size() + 2 > smtp::reply_line_limit) return false;
    // RFC 5321 4.2: the first digit is 2 to 5, the second 0 to 5.
    return line[0] >= '2' && digit(line[0], '5') && digit(line[1], '5') && digit(line[2], '9') &&
           line[3] == ' ' && std::ranges::all_of(line, [](char c) { return c >= ' ' && c < 0x7f; });
}

}  // namespace

Replace Replace::read(settings::Section& effect) {
    const std::string reply = effect.text(name).value_or("");
    if (!is_reply_line(reply))
        effect.fail(name,
                    "expected one reply line without CRLF, such as \"451 4.3.0 try later\" (a code "
                    "from 200 to 559, a space, a text of printable ASCII; at most 510 bytes), "
                    "found " +
                        settings::describe(*effect.value(name)));
    return {.reply = reply};
}

std::string Replace::to_toml() const {
    return settings::toml_text(reply);
}

Verdict Replace::decide(const Sight&, world::Random&) const {
    return {.replacement = reply + "\r\n"};
}

}  // namespace twofifty::netem
