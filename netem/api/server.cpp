#include "netem/api/server.hpp"

#include "record/text.hpp"
#include "world/deadline.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace twofifty::netem::api {
namespace {

using world::Result;
using world::Task;

/// A client that was told to go may take so long to close.
constexpr Duration farewell_time = std::chrono::seconds{2};
/// After the system refused a connection for want of descriptors: try again so much later.
constexpr Duration accept_pause = std::chrono::milliseconds{100};

/// In a time that does not tell how much of the token was right.
bool same_token(std::string_view given, std::string_view token) {
    unsigned difference = given.size() == token.size() ? 0 : 1;
    for (std::size_t i = 0; i < given.size(); ++i)
        difference |= static_cast<unsigned char>(given[i]) ^
                      static_cast<unsigned char>(token[i % token.size()]);
    return difference == 0;
}

bool brings_token(const Request& request, std::string_view token) {
    constexpr std::string_view scheme = "Bearer ";
    if (!starts_with_ignoring_case(request.authorization, scheme)) return false;
    return same_token(trim(std::string_view(request.authorization).substr(scheme.size())), token);
}

/// Reads what a client says and forgets it, until it leaves.
Task<> wait_for_end(world::Stream& stream, bool& ended, world::Notifier& changed) {
    std::array<char, 512> ignored;
    while (!ended) {
        const Result<std::size_t> bytes = co_await stream.read_some(ignored);
        ended = !bytes;
    }
    changed.notify_all();
}

}  // namespace

Server::Server(world::Clock& clock, world::Network& network, ServerOptions options, Handler handler)
    : clock_(clock),
      network_(network),
      options_(std::move(options)),
      handler_(std::move(handler)),
      accepting_(clock.ready()),
      connections_(clock.ready()),
      refusals_(clock.ready()) {}

Result<world::Endpoint> Server::start() {
    Result<std::unique_ptr<world::Listener>> listener = network_.listen(options_.listen);
    if (!listener) return listener.error();
    listener_ = std::move(*listener);
    accepting_.spawn(accept_connections());
    return listener_->endpoint();
}

void Server::stop() {
    if (listener_) listener_->close();
    accepting_.cancel();
    connections_.cancel();
    refusals_.cancel();
    listener_.reset();
}

Task<> Server::accept_connections() {
    while (true) {
        Result<std::unique_ptr<world::Stream>> stream = co_await listener_->accept();
        if (stream) {
            if (connections_.size() < connections_most)
                connections_.spawn(serve(std::move(*stream)));
            else if (refusals_.size() < connections_most)
                refusals_.spawn(refuse(std::move(*stream)));
        } else if (stream.error() == world::Error::closed) {
            co_return;
        } else {
            co_await world::sleep_for(clock_, accept_pause);
        }
    }
}

Task<> Server::serve(std::unique_ptr<world::Stream> stream) {
    RequestReader reader;
    std::string bytes;  // Received, and not yet part of a request: more may be pipelined.
    while (true) {
        const Received received = co_await receive(*stream, reader, bytes);
        if (received == Received::nothing) co_return;
        Answer answered;
        if (received == Received::request) {
            const Request request = reader.take();
            answered = answer(request);
            answered.response.close |= !request.keep_alive || answered.events;
        } else if (received == Received::too_late) {
            answered.response = error_response(408, "the request did not come within 10 s");
            answered.response.close = true;
        } else {
            const int status = reader.status();
            answered.response =
                error_response(status, status == 413   ? "the body is larger than 1 MiB"
                                       : status == 431 ? "the header is larger than 8 KiB"
                                                       : "this is no HTTP/1.1 request");
            answered.response.close = true;
        }
        const std::string out =
            answered.events ? head_of_stream(answered.response) : to_bytes(answered.response);
        const bool written = co_await write(*stream, out);
        if (!written) co_return;
        if (answered.events) co_await send_events(*stream, *answered.events);
        if (answered.response.close) {
            co_await linger(*stream);
            co_return;
        }
    }
}

Task<Server::Received> Server::receive(world::Stream& stream, RequestReader& reader,
                                       std::string& bytes) {
    std::array<char, 4096> buffer;
    bool begun = false;
    TimePoint deadline = clock_.now() + idle_time;
    while (true) {
        if (!begun && !bytes.empty()) {
            begun = true;
            deadline = clock_.now() + request_time;
        }
        const RequestReader::State state = reader.feed(bytes);
        if (state == RequestReader::State::complete) co_return Received::request;
        if (state == RequestReader::State::failed) co_return Received::malformed;
        if (state == RequestReader::State::expects_continue) {
            const bool written = co_await write(stream, "HTTP/1.1 100 Continue\r\n\r\n");
            if (!written) co_return Received::nothing;
            continue;
        }
        const Result<std::size_t> read =
            co_await world::within(clock_, deadline, stream.read_some(buffer));
        if (!read && read.error() == world::Error::timed_out && begun) co_return Received::too_late;
        if (!read) co_return Received::nothing;
        bytes.append(buffer.data(), *read);
    }
}

Task<> Server::refuse(std::unique_ptr<world::Stream> stream) {
    Response response = error_response(
        503,
        fmt::format("{} connections are open already, and no more are served", connections_most));
    response.close = true;
    const std::string out = to_bytes(response);
    const bool written = co_await write(*stream, out);
    if (written) co_await linger(*stream);
}

Task<bool> Server::write(world::Stream& stream, std::string_view bytes) {
    const TimePoint deadline = clock_.now() + request_time;
    const world::Written written = co_await world::within(clock_, deadline, stream.write(bytes));
    co_return !written.error;
}

/// Ends our direction, and reads until the client has ended its own: a close while something is
/// unread is a reset, which would overtake the response.
Task<> Server::linger(world::Stream& stream) {
    stream.shutdown_send();
    const TimePoint deadline = clock_.now() + farewell_time;
    std::array<char, 4096> ignored;
    bool more = true;
    while (more) {
        const Result<std::size_t> read =
            co_await world::within(clock_, deadline, stream.read_some(ignored));
        more = read.has_value();
    }
    stream.close();
}

Task<> Server::send_events(world::Stream& stream, EventSource& events) {
    bool ended = false;
    world::TaskScope reading(clock_.ready());
    reading.spawn(wait_for_end(stream, ended, events.changed()));
    TimePoint heartbeat = clock_.now() + heartbeat_time;
    while (!ended) {
        std::string out = events.take();
        if (out.empty() && clock_.now() < heartbeat) {
            co_await world::within(clock_, heartbeat, events.changed().wait());
            continue;
        }
        if (out.empty()) out = ": nothing has happened\n\n";
        heartbeat = clock_.now() + heartbeat_time;
        const TimePoint deadline = clock_.now() + 2 * heartbeat_time;
        const world::Written written = co_await world::within(clock_, deadline, stream.write(out));
        if (written.error) ended = true;
    }
}

/// Who may ask at all. A page in a browser can send requests to this machine's ports in its user's
/// name; Toxiproxy knows it by what browsers call themselves, and all of them send an Origin with
/// what changes something.
Answer Server::answer(const Request& request) {
    Answer answered;
    if (request.user_agent.starts_with("Mozilla/")) {
        answered.response = plain_response(403, "User agent not allowed");
    } else if (request.has_origin) {
        answered.response = plain_response(403, "Origin not allowed");
    } else if (!options_.token.empty() && !brings_token(request, options_.token)) {
        answered.response =
            error_response(401,
                           "expected the header Authorization: Bearer TOKEN with the token "
                           "that the proxy was started with");
        answered.response.headers.emplace_back("WWW-Authenticate", "Bearer");
    } else {
        answered = handler_(request);
    }
    answered.response.headers.emplace_back("X-Toxiproxy-Request-Id",
                                           fmt::format("{:016x}", ++requests_));
    return answered;
}

}  // namespace twofifty::netem::api
