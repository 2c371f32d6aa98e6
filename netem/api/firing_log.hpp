#pragma once

#include "record/event.hpp"

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace twofifty::netem::api {

/// One time that a rule acted, and what it came to.
struct LoggedFiring {
    std::string proxy;
    std::string rule;
    Event fired;
    std::optional<Duration> achieved{};  ///< Nothing while its effect lasts.
    std::string ended{};                 ///< How: released, client_gone, server_gone, ended.
};

/// As one JSON object.
std::string to_json(const LoggedFiring& firing);

/// The latest firings, the oldest first.
class FiringLog {
public:
    static constexpr std::size_t most = 1000;

    /// Both yield what is known of the firing now. An end of one that is no longer known is a
    /// firing of which nothing but the end is known.
    LoggedFiring fired(std::string_view proxy, std::string_view rule, const Event& event);
    LoggedFiring achieved(std::string_view proxy, std::string_view rule, const Event& event);

    /// As a JSON list; of one proxy where it is named.
    std::string to_json(std::string_view proxy) const;

private:
    std::deque<LoggedFiring> firings_;
};

}  // namespace twofifty::netem::api
