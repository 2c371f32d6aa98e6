// Toxiproxy's own calls. Status codes, field names, their order and the texts of errors are those
// of Toxiproxy 2.12, for clients that compare them; docs/api.md says where we differ, and why.
#include "netem/api/toxiproxy_calls.hpp"

#include "settings/json.hpp"
#include "settings/section.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace twofifty::netem::api {
namespace {

using settings::json_text;
using settings::Section;
using settings::Value;

constexpr const char* source = "request";

std::string json_of(const Toxic& toxic) {
    return fmt::format(R"({{"attributes":{},"name":{},"type":{},"stream":{},"toxicity":{}}})",
                       settings::to_json(toxic.attributes), json_text(toxic.name),
                       json_text(toxic.type), json_text(toxic.stream), toxic.toxicity);
}

/// Upstream's first, each way in the order of the rules.
std::string json_of_toxics(const NamedProxy& proxy) {
    std::string list;
    for (const Direction way : {Direction::to_server, Direction::to_client}) {
        for (const Toxic& toxic : proxy.toxics()) {
            if (way_of_stream(toxic.stream) != way) continue;
            if (!list.empty()) list += ',';
            list += json_of(toxic);
        }
    }
    return "[" + list + "]";
}

std::string json_of(const NamedProxy& proxy) {
    return fmt::format(R"({{"name":{},"listen":{},"upstream":{},"enabled":{},{}"toxics":{}}})",
                       json_text(proxy.name()), json_text(proxy.listen()),
                       json_text(proxy.upstream()), proxy.enabled(),
                       proxy.lmtp() ? R"("lmtp":true,)" : "", json_of_toxics(proxy));
}

Response bad_request(const settings::Error& error) {
    return error_response(400, std::string("bad request body: ") + error.what());
}

Response missing_field(std::string_view field) {
    return error_response(400, fmt::format("missing required field: {}", field));
}

/// The fields of a proxy, over those that are given.
ProxyDescription read_proxy(Section fields, ProxyDescription given) {
    if (const auto name = fields.text("name")) given.name = *name;
    if (const auto listen = fields.text("listen")) given.listen = *listen;
    if (const auto upstream = fields.text("upstream")) given.upstream = *upstream;
    if (const auto enabled = fields.flag("enabled")) given.enabled = *enabled;
    if (const auto lmtp = fields.flag("lmtp")) given.lmtp = *lmtp;
    return given;
}

Response create_proxy(ProxySet& proxies, const Request& request) {
    const Value body = settings::parse_json(request.body, source);
    const ProxyDescription description = read_proxy(Section(body, ""), {});
    if (description.name.empty()) return missing_field("name");
    if (description.upstream.empty()) return missing_field("upstream");
    const Changed<NamedProxy*> created = proxies.create(description);
    if (!created) return response_to(created.error());
    return json_response(201, json_of(**created));
}

Response update_proxy(ProxySet& proxies, NamedProxy& proxy, const Request& request) {
    const Value body = settings::parse_json(request.body, source);
    ProxyDescription given;
    given.listen = proxy.listen();
    given.upstream = proxy.upstream();
    given.enabled = proxy.enabled();
    ProxyDescription description = read_proxy(Section(body, ""), std::move(given));
    // The path names the proxy; what the body says of its name and kind changes nothing.
    description.name = proxy.name();
    description.lmtp = proxy.lmtp();
    const Changed<NamedProxy*> updated = proxies.update(description);
    if (!updated) return response_to(updated.error());
    return json_response(200, json_of(**updated));
}

/// Populate's errors come with the list of proxies, which is null since nothing was changed.
Response populate_error(const Response& error, std::string_view message) {
    return json_response(error.status, fmt::format(R"({{"error":{},"status":{},"proxies":null}})",
                                                   json_text(message), error.status));
}

Response populate(ProxySet& proxies, const Request& request) {
    std::vector<ProxyDescription> descriptions;
    try {
        const Value body = settings::parse_json(request.body, source);
        const auto* list = std::get_if<settings::List>(&body.data);
        if (!list)
            throw settings::Error(body.place,
                                  "expected a list of proxies, found " + settings::describe(body));
        for (const Value& entry : *list) {
            const std::string path = fmt::format("[{}]", descriptions.size() + 1);
            descriptions.push_back(read_proxy(Section(entry, path), {}));
        }
    } catch (const settings::Error& error) {
        return populate_error({.status = 400}, std::string("bad request body: ") + error.what());
    }
    for (std::size_t i = 0; i < descriptions.size(); ++i) {
        const bool named = !descriptions[i].name.empty();
        if (named && !descriptions[i].upstream.empty()) continue;
        return populate_error({.status = 400}, fmt::format("missing required field: {} at proxy {}",
                                                           named ? "upstream" : "name", i + 1));
    }
    const Changed<std::vector<NamedProxy*>> populated = proxies.populate(descriptions);
    if (!populated)
        return populate_error(response_to(populated.error()), populated.error().message);
    std::string list;
    for (const NamedProxy* proxy : *populated) {
        if (!list.empty()) list += ',';
        list += json_of(*proxy);
    }
    return json_response(
        201, list.empty() ? R"({"proxies":null})" : fmt::format(R"({{"proxies":[{}]}})", list));
}

Response list_proxies(const ProxySet& proxies) {
    std::string list;
    for (const NamedProxy* proxy : proxies.list()) {
        if (!list.empty()) list += ',';
        list += fmt::format("{}:{}", json_text(proxy->name()), json_of(*proxy));
    }
    return json_response(200, "{" + list + "}");
}

double read_toxicity(Section& fields, double given) {
    constexpr double largest = std::numeric_limits<double>::max();
    return fields.number("toxicity", -largest, largest).value_or(given);
}

Response create_toxic(ProxySet& proxies, NamedProxy& proxy, const Request& request) {
    const Value body = settings::parse_json(request.body, source);
    Section fields(body, "");
    Toxic toxic;
    toxic.name = fields.text("name").value_or("");
    toxic.type = fields.text("type").value_or("");
    toxic.stream = fields.text("stream").value_or(toxic.stream);
    toxic.toxicity = read_toxicity(fields, toxic.toxicity);
    if (!way_of_stream(toxic.stream))
        return error_response(400, "stream was invalid, can be either upstream or downstream");
    if (toxic.name.empty()) toxic.name = fmt::format("{}_{}", toxic.type, toxic.stream);
    if (!is_toxic_type(toxic.type)) return error_response(400, "invalid toxic type");
    if (proxy.toxic(toxic.name)) return error_response(409, "toxic already exists");
    set_attributes(toxic, fields.value("attributes"));
    const std::string shown = json_of(toxic);
    const Changed<void> added = proxies.add_toxic(proxy, std::move(toxic));
    if (!added) return response_to(added.error());
    return json_response(200, shown);
}

Response update_toxic(ProxySet& proxies, NamedProxy& proxy, Toxic toxic, const Request& request) {
    const Value body = settings::parse_json(request.body, source);
    Section fields(body, "");
    set_toxicity(toxic, read_toxicity(fields, toxic.toxicity));
    set_attributes(toxic, fields.value("attributes"));
    const std::string shown = json_of(toxic);
    const Changed<void> updated = proxies.update_toxic(proxy, std::move(toxic));
    if (!updated) return response_to(updated.error());
    return json_response(200, shown);
}

/// /proxies/{proxy}/toxics and below it.
Response answer_toxic_call(ProxySet& proxies, NamedProxy& proxy,
                           const std::vector<std::string>& path, const Request& request) {
    if (path.size() == 3) {
        if (request.method == "GET") return json_response(200, json_of_toxics(proxy));
        return create_toxic(proxies, proxy, request);
    }
    const Toxic* const toxic = proxy.toxic(path[3]);
    if (!toxic) return error_response(404, "toxic not found");
    if (request.method == "GET") return json_response(200, json_of(*toxic));
    if (request.method != "DELETE") return update_toxic(proxies, proxy, *toxic, request);
    const Changed<void> removed = proxies.remove_toxic(proxy, path[3]);
    return removed ? Response{.status = 204} : response_to(removed.error());
}

/// /proxies/{proxy} and below it.
Response answer_proxy_call(ProxySet& proxies, const std::vector<std::string>& path,
                           const Request& request) {
    NamedProxy* const proxy = proxies.find(path[1]);
    if (!proxy) return error_response(404, "proxy not found");
    if (path.size() > 2) return answer_toxic_call(proxies, *proxy, path, request);
    if (request.method == "GET") return json_response(200, json_of(*proxy));
    if (request.method != "DELETE") return update_proxy(proxies, *proxy, request);
    const Changed<void> removed = proxies.remove(path[1]);
    return removed ? Response{.status = 204} : response_to(removed.error());
}

Response reset(ProxySet& proxies) {
    const Changed<void> done = proxies.reset();
    return done ? Response{.status = 204} : response_to(done.error());
}

Response version() {
    return {.body = fmt::format("{{\"version\": \"{}\"}}\n", toxiproxy_version),
            .content_type = "application/json;charset=utf-8",
            .headers = {{"X-Twofifty-Version", TWOFIFTY_VERSION}}};
}

/// The methods of a path; empty where there is no such path.
std::string_view methods_of(const std::vector<std::string>& path) {
    if (std::ranges::find(path, "") != path.end()) return {};
    const std::string& first = path.front();
    if (path.size() == 1) {
        if (first == "version") return "GET";
        if (first == "reset" || first == "populate") return "POST";
        if (first == "proxies") return "GET POST";
    }
    if (first != "proxies" || (path.size() > 2 && path[2] != "toxics")) return {};
    if (path.size() == 3) return "GET POST";
    return path.size() <= 4 ? "GET POST PATCH DELETE" : "";
}

bool is_one_of(std::string_view method, std::string_view methods) {
    return fmt::format(" {} ", methods).find(fmt::format(" {} ", method)) != std::string::npos;
}

}  // namespace

Response method_not_allowed() {
    return {.status = 405};
}

Response response_to(const Problem& problem) {
    switch (problem.kind) {
        case Problem::Kind::invalid: return error_response(400, problem.message);
        case Problem::Kind::refused: return error_response(403, problem.message);
        case Problem::Kind::not_found: return error_response(404, problem.message);
        case Problem::Kind::exists: return error_response(409, problem.message);
        case Problem::Kind::failed: break;
    }
    return error_response(500, problem.message);
}

std::optional<Response> answer_toxiproxy_call(ProxySet& proxies, const Request& request) {
    const std::vector<std::string> path = request.path();
    const std::string_view methods = methods_of(path);
    if (methods.empty()) return std::nullopt;
    if (!is_one_of(request.method, methods)) return method_not_allowed();
    try {
        if (path.size() > 1) return answer_proxy_call(proxies, path, request);
        if (path[0] == "version") return version();
        if (path[0] == "reset") return reset(proxies);
        if (path[0] == "populate") return populate(proxies, request);
        if (request.method == "GET") return list_proxies(proxies);
        return create_proxy(proxies, request);
    } catch (const settings::Error& error) {
        return bad_request(error);
    }
}

}  // namespace twofifty::netem::api
