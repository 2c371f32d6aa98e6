// The TLS of one connection, without the connection: bytes in, bytes out. What carries them is its
// owner's affair.
#pragma once

#include "tls/context.hpp"
#include "world/result.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct ssl_st;

namespace twofifty::tls {

/// What one record holds at most.
inline constexpr std::size_t record_limit = 16384;

class Engine {
public:
    /// `server_name`, on the client's side: what the certificate must be for, where the context
    /// verifies; also told to the server (SNI), where it is no address. May be empty.
    Engine(const Context& context, const std::string& server_name);
    ~Engine();

    enum class State : std::uint8_t { needs_input, established, failed };

    /// Goes on with the handshake as far as the input allows. There may be output in each case: a
    /// failure leaves the alert that tells the peer.
    State shake_hands();
    /// Why it failed.
    const boost::system::error_code& failure() const { return failure_; }

    /// Takes what came from the peer.
    void feed(std::string_view bytes);
    /// Replaces `output` by what is to be sent to the peer.
    void take_output(std::string& output);
    bool has_output() const;

    /// Yields what the input holds for us; 0: it needs more. Errors: end_of_stream (the peer said
    /// close_notify), protocol_broken.
    world::Result<std::size_t> read(std::span<char> buffer);
    /// Turns at most record_limit bytes into output.
    boost::system::error_code write(std::string_view bytes);
    /// Says close_notify; reading goes on.
    void end();

private:
    boost::system::error_code reason_of_failure() const;

    struct Free {
        void operator()(ssl_st* ssl) const;
    };
    std::unique_ptr<ssl_st, Free> ssl_;
    boost::system::error_code failure_;
};

}  // namespace twofifty::tls
