#pragma once

#include <string>

namespace twofifty::harness {

struct Credentials {
    std::string user{};
    std::string password{};
    std::string mechanism = "plain";  ///< plain or login.

    bool operator==(const Credentials&) const = default;
};

}  // namespace twofifty::harness
