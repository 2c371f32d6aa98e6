#include "netem/api/own_calls.hpp"

#include "netem/api/toxiproxy_calls.hpp"
#include "settings/json.hpp"
#include "settings/section.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace twofifty::netem::api {
namespace {

using settings::json_text;

/// Everything that a call may need.
struct Call {
    ProxySet& proxies;
    Activity& activity;
    const AskVerdict& verdict;
    const Request& request;
};

Answer metrics(const Call& call) {
    return {{.body = call.activity.metrics(call.proxies),
             .content_type = "text/plain; version=0.0.4; charset=utf-8"}};
}

Answer firings(const Call& call) {
    const std::string proxy = call.request.parameter("proxy");
    if (!proxy.empty() && !call.proxies.find(proxy))
        return {error_response(404, "proxy not found")};
    return {json_response(
        200, fmt::format(R"({{"firings":{}}})", call.activity.firings().to_json(proxy)))};
}

Answer events(const Call& call) {
    Answer answer;
    answer.response.content_type = "text/event-stream";
    answer.response.headers.emplace_back("Cache-Control", "no-store");
    answer.events = call.activity.feed().subscribe();
    return answer;
}

/// Of one toxic, of those of one proxy, or all: what they hold until it is released.
Answer release(const Call& call) {
    std::string proxy_name;
    std::string toxic_name;
    try {
        // No body is no condition.
        const std::string& text = call.request.body;
        const settings::Value body = settings::parse_json(text.empty() ? "{}" : text, "request");
        settings::Section fields(body, "");
        proxy_name = fields.text("proxy").value_or("");
        toxic_name = fields.text("toxic").value_or("");
        fields.finish();
    } catch (const settings::Error& error) {
        return {error_response(400, std::string("bad request body: ") + error.what())};
    }
    if (!proxy_name.empty() && !call.proxies.find(proxy_name))
        return {error_response(404, "proxy not found")};
    std::string released;
    bool found = toxic_name.empty();
    for (NamedProxy* const proxy : call.proxies.list()) {
        if (!proxy_name.empty() && proxy->name() != proxy_name) continue;
        found |= proxy->toxic(toxic_name) != nullptr;
        for (RuleBook::Entry& entry : proxy->rules().entries()) {
            if (!toxic_name.empty() && entry.rule.name != toxic_name) continue;
            proxy->rules().release(entry.number);
            if (!released.empty()) released += ',';
            released += fmt::format(R"({{"proxy":{},"toxic":{}}})", json_text(proxy->name()),
                                    json_text(entry.rule.name));
        }
    }
    if (!found) return {error_response(404, "toxic not found")};
    return {json_response(200, fmt::format(R"({{"released":[{}]}})", released))};
}

Answer verdict(const Call& call) {
    std::optional<std::string> text;
    if (call.verdict) text = call.verdict();
    if (!text) return {error_response(404, "no ledger is kept")};
    return {json_response(200, std::move(*text))};
}

struct Route {
    std::string_view path;
    std::string_view methods;
    Answer (*answer)(const Call& call);
};

constexpr std::array routes{
    Route{"/metrics", "GET", metrics},
    Route{"/twofifty/firings", "GET", firings},
    Route{"/twofifty/events", "GET", events},
    Route{"/twofifty/release", "POST", release},
    Route{"/twofifty/verdict", "GET POST", verdict},
};

}  // namespace

std::optional<Answer> answer_own_call(ProxySet& proxies, Activity& activity,
                                      const AskVerdict& verdict, const Request& request) {
    const std::string_view path =
        std::string_view(request.target).substr(0, request.target.find('?'));
    for (const Route& route : routes) {
        if (route.path != path) continue;
        const bool known = is_one_of(request.method, route.methods);
        if (!known) return Answer{method_not_allowed()};
        return route.answer({proxies, activity, verdict, request});
    }
    return std::nullopt;
}

}  // namespace twofifty::netem::api
