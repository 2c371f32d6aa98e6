#include "netem/reception.hpp"

#include "world/deadline.hpp"

#include <utility>

namespace twofifty::netem {

using world::Result;
using world::Task;

namespace {

/// A client that says more before it is served is read no further.
constexpr std::size_t said_limit = 64 * 1024;
/// A client that was told why it is not served may take so long to close.
constexpr Duration farewell_limit = std::chrono::seconds{10};

}  // namespace

Reception::Reception(const ProxyContext& context, const ProxyOptions& options, Door& door,
                     world::Stream& client, std::uint32_t connection, std::span<char> buffer)
    : clock_(context.clock),
      context_(context),
      options_(options),
      door_(door),
      guest_(door),
      client_(client),
      connection_(connection),
      buffer_(buffer),
      changed_(context.clock.ready()),
      tasks_(context.clock.ready()) {}

Task<std::unique_ptr<world::Stream>> Reception::receive() {
    // What opens TLS is for the handshake to read.
    const bool opens_tls = options_.tls && options_.tls->implicit;
    if (!opens_tls) tasks_.spawn(listen());
    const bool served = co_await admit();
    if (!served) {
        tasks_.cancel();
        co_return nullptr;
    }
    tasks_.spawn(connect());
    while (!server_ && !connect_error_ && !gone()) co_await changed_.wait();
    tasks_.cancel();
    if (connect_error_) {
        record(EventKind::server_gone, 0, {}, world::name_of(connect_error_));
        // The client sees what it would have seen without us: a connection that fails.
        client_.reset();
    }
    co_return std::move(server_);
}

Task<> Reception::listen() {
    while (said_.size() < said_limit) {
        const Result<std::size_t> bytes = co_await client_.read_some(buffer_);
        if (!bytes) {
            ended_ = bytes.error();
            changed_.notify_all();
            co_return;
        }
        const std::string_view said(buffer_.data(), *bytes);
        if (context_.tap)
            context_.tap->bytes(clock_.now(), connection_, Direction::to_server, said);
        if (!deaf_) said_.append(said);
    }
}

/// Who has said all it has to say may have closed its half; who has said nothing has given up.
bool Reception::gone() const {
    return ended_ && (ended_ != world::Error::end_of_stream || said_.empty());
}

Task<> Reception::connect() {
    const TimePoint deadline = clock_.now() + options_.connect_timeout;
    Result<std::unique_ptr<world::Stream>> server =
        co_await world::within(clock_, deadline, context_.network.connect(options_.upstream));
    if (server)
        server_ = std::move(*server);
    else
        connect_error_ = server.error();
    changed_.notify_all();
}

/// What the rules on accepting do to the client. False when it is not served, or has gone.
Task<bool> Reception::admit() {
    const std::optional<RuleBook::Admitted> admitted =
        context_.rules.admit({connection_, clock_.now(), door_.inside(), options_.receiver});
    const bool served = !admitted || admitted->admission.way == Admission::Way::serve;
    if (served) guest_.come_in();
    if (!admitted) co_return true;
    const TimePoint began = clock_.now();
    const Admission& admission = admitted->admission;
    const RuleBook::Entry* const entry = context_.rules.find(admitted->rule);
    record(EventKind::rule_fired, admitted->rule, admission.wait, name_of(entry->rule.effect));
    deaf_ = !served;
    if (deaf_ && options_.tls && options_.tls->implicit) tasks_.spawn(listen());
    bool there = co_await wait_with_client(admission.wait);
    switch (admission.way) {
        case Admission::Way::serve: break;
        case Admission::Way::reset: client_.reset(); break;
        case Admission::Way::mute:
            co_await stay_mute();
            there = false;
            break;
        case Admission::Way::say: co_await say_farewell(admission.reply); break;
    }
    context_.rules.ended(admitted->rule);
    record(EventKind::rule_achieved, admitted->rule, clock_.now() - began,
           there ? "released" : "client_gone");
    co_return served&& there;
}

/// False when the client has gone before.
Task<bool> Reception::wait_with_client(Duration duration) {
    const TimePoint due = clock_.now() + duration;
    while (clock_.now() < due && !gone()) co_await world::within(clock_, due, changed_.wait());
    co_return !gone();
}

Task<> Reception::stay_mute() {
    while (!ended_) co_await changed_.wait();
    client_.close();
}

/// The reply, then the end; what the client says meanwhile is read, or the reset that answers it
/// would overtake the reply.
Task<> Reception::say_farewell(std::string reply) {
    const TimePoint deadline = clock_.now() + farewell_limit;
    co_await world::within(clock_, deadline, client_.write(reply));
    client_.shutdown_send();
    while (!ended_ && clock_.now() < deadline)
        co_await world::within(clock_, deadline, changed_.wait());
    client_.close();
}

void Reception::record(EventKind kind, std::uint32_t rule, Duration duration,
                       std::string_view text) {
    context_.recorder.record(Event{.at = clock_.now(),
                                   .kind = kind,
                                   .phase = Phase::connect,
                                   .connection = connection_,
                                   .rule = rule,
                                   .duration = duration,
                                   .text = std::string(text)});
}

}  // namespace twofifty::netem
