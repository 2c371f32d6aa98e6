#include "netem/effects/truncate.hpp"

#include <fmt/format.h>

namespace twofifty::netem {
namespace {

constexpr std::int64_t longest_reply = 65'536;

}  // namespace

Truncate Truncate::read(settings::Section& effect) {
    return {static_cast<std::uint32_t>(*effect.count(name, 1, longest_reply))};
}

std::string Truncate::to_toml() const {
    return fmt::format("{}", bytes);
}

Verdict Truncate::decide(const Sight& sight, world::Random&) const {
    if (sight.bytes.size() <= bytes) return {};
    return {.replacement = std::string(sight.bytes.substr(0, bytes))};
}

}  // namespace twofifty::netem
