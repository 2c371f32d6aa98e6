#pragma once

#include "netem/api/http.hpp"
#include "netem/proxy_set.hpp"

#include <optional>

namespace twofifty::netem::api {

/// The version of Toxiproxy whose calls these are: what its clients are told.
inline constexpr std::string_view toxiproxy_version = "2.12.0";

/// Answers the calls of Toxiproxy 2: /version, /proxies, /populate, /reset and what is under
/// /proxies. Nothing where the path is none of them.
std::optional<Response> answer_toxiproxy_call(ProxySet& proxies, const Request& request);

/// The answer where a path exists, but not for this method.
Response method_not_allowed();
/// The error of a change that was not made.
Response response_to(const Problem& problem);

}  // namespace twofifty::netem::api
