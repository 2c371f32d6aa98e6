#pragma once

#include "record/time.hpp"

#include <cstdint>
#include <string_view>

namespace twofifty::netem {

/// What an effect on a reply is given beside its own data and a random generator.
struct Sight {
    /// The reply as it stands on the wire, CRLF included, after what earlier rules made of it; in
    /// data_xfer the end of the content, ".CRLF" or CRLF.CRLF.
    std::string_view bytes{};
    TimePoint now{};
    /// Names the rule: what happens to it in time is the same for all its replies.
    std::uint64_t rule = 0;
    /// Names a series of draws of which neighbours may be correlated: the decisions of one rule, in
    /// one phase, on attempts of one number.
    std::uint64_t series = 0;
    /// The place in that series: the message's ordinal, or where there is none, the transaction on
    /// the connection. So a correlated draw depends on no order of arrival either.
    std::uint64_t place = 0;
    /// What passes is the end of a content and not a reply.
    bool content = false;
};

}  // namespace twofifty::netem
