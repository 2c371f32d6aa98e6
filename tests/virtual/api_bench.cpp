#include "tests/virtual/api_bench.hpp"

#include "record/check.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <utility>

namespace twofifty::test {

using world::Result;
using world::Task;

std::ostream& operator<<(std::ostream& out, const HttpReply& reply) {
    return out << fmt::format("{} ({}) {}", reply.status, reply.content_type, reply.body);
}

HttpReply error(int status, std::string_view message) {
    std::string escaped;
    for (const char c : message) {
        if (c == '"' || c == '\\') escaped += '\\';
        escaped += c;
    }
    return {status, "text/plain; charset=utf-8",
            fmt::format("{{\"error\":\"{}\",\"status\":{}}}\n", escaped, status)};
}

ApiBench::ApiBench(ApiBenchOptions options)
    : world(1),
      identities_("bench", recipients_),
      proxies({world.clock(), world.network(), identities_, recorder, connections_},
              std::move(options.proxies)),
      api(world.clock(), world.network(), proxies,
          {.listen = {"127.0.0.1", 8474},
           .token = std::move(options.token),
           .verdict = std::move(options.verdict)}),
      server(world),
      tasks_(world.clock().ready()) {
    endpoint_ = *api.start();
}

HttpReply ApiBench::call(std::string_view method, std::string_view target, std::string_view body,
                         std::string_view headers) {
    const std::unique_ptr<ScriptedPeer> peer = open();
    peer->says(fmt::format(
        "{} {} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {}\r\n{}\r\n{}",
        method, target, body.size(), headers, body));
    return parse_reply(peer->all_bytes()).first;
}

std::unique_ptr<ScriptedPeer> ApiBench::open() {
    return open(endpoint_);
}

std::unique_ptr<ScriptedPeer> ApiBench::open(std::string_view proxy) {
    return open(*world::parse_endpoint(proxies.find(proxy)->listen()));
}

std::unique_ptr<ScriptedPeer> ApiBench::open(const world::Endpoint& endpoint) {
    auto peer = std::make_unique<ScriptedPeer>(world);
    tasks_.spawn(connect_to(endpoint, *peer));
    world.run_until(world.now());
    TF_CHECK(peer->connected());
    return peer;
}

void ApiBench::connect() {
    listener_ = *world.network().listen({"127.0.0.1", 25});
    TF_CHECK(post("/proxies", create_smtp).status == 201);
    tasks_.spawn(accept());
    client = open("smtp");
    TF_CHECK(server.connected());
}

bool ApiBench::listens(const std::string& endpoint) {
    return !world.network().listen(*world::parse_endpoint(endpoint));
}

void ApiBench::pass(Duration duration) {
    world.run_until(world.now() + duration);
}

Task<> ApiBench::accept() {
    Result<std::unique_ptr<world::Stream>> stream = co_await listener_->accept();
    TF_CHECK(stream.has_value());
    server.take(std::move(*stream));
}

Task<> ApiBench::connect_to(world::Endpoint endpoint, ScriptedPeer& peer) {
    Result<std::unique_ptr<world::Stream>> stream = co_await world.network().connect(endpoint);
    TF_CHECK(stream.has_value());
    peer.take(std::move(*stream));
}

std::pair<HttpReply, std::size_t> parse_reply(std::string_view bytes) {
    const std::size_t end = bytes.find("\r\n\r\n");
    if (!bytes.starts_with("HTTP/1.1 ") || end == std::string_view::npos) return {};
    const std::string_view head = bytes.substr(0, end + 2);
    const auto field = [head](std::string_view name) {
        const std::size_t place = head.find(fmt::format("\r\n{}: ", name));
        if (place == std::string_view::npos) return std::string();
        const std::size_t from = place + name.size() + 4;
        return std::string(head.substr(from, head.find("\r\n", from) - from));
    };
    HttpReply reply;
    reply.status = std::atoi(std::string(head.substr(9, 3)).c_str());
    reply.content_type = field("Content-Type");
    const std::string length = field("Content-Length");
    // Without a length the body goes on to the end.
    const std::size_t size = length.empty() ? bytes.size() : std::stoul(length);
    reply.body = std::string(bytes.substr(end + 4, size));
    return {reply, end + 4 + reply.body.size()};
}

std::string smtp_proxy(std::string_view toxics) {
    return fmt::format(
        R"({{"name":"smtp","listen":"127.0.0.1:2525","upstream":"127.0.0.1:25","enabled":true,)"
        R"("toxics":[{}]}})",
        toxics);
}

}  // namespace twofifty::test
