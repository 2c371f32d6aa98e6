#include "tls/handshake.hpp"

#include "tls/engine.hpp"
#include "tls/tls_stream.hpp"
#include "world/deadline.hpp"

#include <array>

namespace twofifty::tls {

using boost::system::error_code;
using world::Result;
using world::Task;

namespace {

/// Every record of a handshake begins with its type: 21 is an alert, 22 a handshake message.
/// Anything else in front is a greeting, or a browser that was led astray.
bool begins_tls(char first) {
    return first == 21 || first == 22;
}

}  // namespace

Task<Result<std::unique_ptr<world::Stream>>> handshake(world::Clock& clock,
                                                       std::unique_ptr<world::Stream> transport,
                                                       const Context& context,
                                                       std::string server_name,
                                                       TimePoint deadline) {
    auto engine = std::make_unique<Engine>(context, server_name);
    std::array<char, 4096> buffer;
    std::string output;
    bool heard = false;
    while (true) {
        const Engine::State state = engine->shake_hands();
        engine->take_output(output);
        error_code error;
        if (!output.empty()) {
            const world::Written written =
                co_await world::within(clock, deadline, transport->write(output));
            error = written.error;
        }
        // Why it failed says more than that the alert found no way out.
        if (state == Engine::State::failed) co_return engine->failure();
        if (error) co_return error;
        if (state == Engine::State::established) break;
        const Result<std::size_t> bytes =
            co_await world::within(clock, deadline, transport->read_some(buffer));
        if (!bytes) co_return bytes.error();
        if (!heard && !begins_tls(buffer[0])) co_return make_error_code(Error::peer_speaks_no_tls);
        heard = true;
        engine->feed({buffer.data(), *bytes});
    }
    co_return make_tls_stream(clock.ready(), std::move(transport), std::move(engine));
}

}  // namespace twofifty::tls
