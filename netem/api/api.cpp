#include "netem/api/api.hpp"

#include "netem/api/toxiproxy_calls.hpp"

#include <utility>

namespace twofifty::netem::api {

Api::Api(world::Clock& clock, world::Network& network, ProxySet& proxies, ApiOptions options)
    : proxies_(proxies),
      options_(std::move(options)),
      server_(clock, network, {.listen = options_.listen, .token = options_.token},
              [this](const Request& request) { return answer(request); }) {}

Api::~Api() = default;

world::Result<world::Endpoint> Api::start() {
    return server_.start();
}

void Api::stop() {
    server_.stop();
}

Answer Api::answer(const Request& request) {
    if (std::optional<Response> response = answer_toxiproxy_call(proxies_, request))
        return {std::move(*response)};
    return {plain_response(404, "404 page not found")};
}

}  // namespace twofifty::netem::api
