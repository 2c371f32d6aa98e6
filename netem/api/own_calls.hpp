#pragma once

#include "netem/api/activity.hpp"
#include "netem/api/server.hpp"

#include <functional>
#include <optional>
#include <string>

namespace twofifty::netem::api {

/// The verdict of what has happened so far, as a JSON text; nothing where no ledger is kept.
using AskVerdict = std::function<std::optional<std::string>()>;

/// Answers the calls that Toxiproxy does not have: /metrics, and those under /twofifty. Nothing
/// where the path is none of them. `verdict` may be empty.
std::optional<Answer> answer_own_call(ProxySet& proxies, Activity& activity,
                                      const AskVerdict& verdict, const Request& request);

}  // namespace twofifty::netem::api
