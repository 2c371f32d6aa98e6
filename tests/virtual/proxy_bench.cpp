#include "tests/virtual/proxy_bench.hpp"

#include "netem/rule_settings.hpp"
#include "record/check.hpp"

#include <fmt/format.h>

#include <array>

namespace twofifty::test {

using world::Result;
using world::Task;

namespace {

const std::array<std::string, 3> addresses{"r1@recipient.test", "r2@recipient.test",
                                           "r3@recipient.test"};
const world::Endpoint upstream{"127.0.0.1", 25};

std::vector<netem::Rule> rules_of(std::initializer_list<RuleText> rules) {
    std::string text;
    int number = 0;
    for (const RuleText& rule : rules)
        text += fmt::format("[[impair]]\nname = 'r{}'\nwhen = {}\neffect = {}\n{}\n", ++number,
                            rule.when, rule.effect, rule.more);
    const settings::Value document = settings::parse_toml(text, "rules.toml");
    settings::Section root(document, "");
    return netem::read_rules(root);
}

}  // namespace

ProxyBench::ProxyBench(std::initializer_list<RuleText> rule_texts, const ProxyBenchOptions& options)
    : world(1, options.network),
      recipients(addresses),
      rules(rules_of(rule_texts), 1),
      client(world),
      server(world),
      identities_(bench_run_id, recipients),
      proxy_({world.clock(), world.network(), rules, identities_, recorder},
             {.listen = {"127.0.0.1", 0},
              .upstream = upstream,
              .lmtp = options.lmtp,
              .most_connections = options.most_connections},
             connections_),
      tasks_(world.clock().ready()) {
    if (options.upstream_listens) listener_ = *world.network().listen(upstream);
    endpoint_ = *proxy_.start();
}

void ProxyBench::connect() {
    if (listener_) tasks_.spawn(accept(server));
    tasks_.spawn(open(client));
    world.run_until(world.now());
    TF_CHECK(client.connected() && (server.connected() || !listener_));
}

void ProxyBench::connect_also(ScriptedPeer& another_client, ScriptedPeer& another_server) {
    tasks_.spawn(accept(another_server));
    knock(another_client);
}

void ProxyBench::knock(ScriptedPeer& another_client) {
    tasks_.spawn(open(another_client));
    world.run_until(world.now());
}

void ProxyBench::change_rules(std::initializer_list<RuleText> texts) {
    rules.replace(rules_of(texts));
    world.run_until(world.now());
}

void ProxyBench::greet() {
    connect();
    server.says("220 server.test ESMTP\r\n");
    exchange("EHLO client.test\r\n", "250-server.test\r\n250 PIPELINING\r\n");
}

void ProxyBench::begin_message(std::uint32_t ordinal, const std::vector<std::string>& to) {
    exchange(fmt::format("MAIL FROM:<tf.{}.{}@sender.test>\r\n", bench_run_id, ordinal),
             "250 2.1.0 Ok\r\n");
    for (const std::string& address : to)
        exchange(fmt::format("RCPT TO:<{}>\r\n", address), "250 2.1.5 Ok\r\n");
    exchange("DATA\r\n", "354 Go on\r\n");
    forget();
}

void ProxyBench::send_message(std::uint32_t ordinal, const std::vector<std::string>& to) {
    begin_message(ordinal, to);
    client.says("Subject: a\r\n\r\nb\r\n.\r\n");
    forget();
}

void ProxyBench::forget() {
    client.heard();
    server.heard();
    recorder.events.clear();
}

void ProxyBench::pass(Duration duration) {
    world.run_until(world.now() + duration);
}

void ProxyBench::exchange(std::string_view command, std::string_view reply) {
    client.says(command);
    server.says(reply);
}

Task<> ProxyBench::accept(ScriptedPeer& peer) {
    Result<std::unique_ptr<world::Stream>> stream = co_await listener_->accept();
    TF_CHECK(stream.has_value());
    peer.take(std::move(*stream));
}

Task<> ProxyBench::open(ScriptedPeer& peer) {
    Result<std::unique_ptr<world::Stream>> stream = co_await world.network().connect(endpoint_);
    if (stream) peer.take(std::move(*stream));
}

}  // namespace twofifty::test
