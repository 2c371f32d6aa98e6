// One suite for both worlds. What is claimed of a stream here holds on sockets and in memory, so
// what is found in virtual time may be believed of the real network.
#pragma once

#include "tls/context.hpp"
#include "world/deadline.hpp"
#include "world/network.hpp"
#include "world/task_scope.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace twofifty::world {

using namespace std::chrono_literals;

/// Long enough for a busy machine; nothing here waits so long where it is right.
inline constexpr Duration generous = 60s;

/// Whom each end of a connection over TLS takes itself for.
struct TlsSides {
    tls::Context client;
    tls::Context server;
};

/// Sides of one version that trust each other; made once.
const TlsSides& tls_sides(tls::Version version);

/// What a test's coroutine is given.
struct Surroundings {
    Clock& clock;
    Network& network;
    const TlsSides* tls = nullptr;  ///< Connections of peers are over TLS.
};

/// Both ends of a connection, and where it was made.
struct Peers {
    std::unique_ptr<Listener> listener;
    std::unique_ptr<Stream> client;
    std::unique_ptr<Stream> server;
};

Task<Peers> connect_peers(Surroundings& here, std::string host = "127.0.0.1");

/// Reads `count` bytes, or up to the end, or until nothing comes.
Task<std::string> read_bytes(Surroundings& here, Stream& stream, std::size_t count);

/// The error of a read that is to yield none; success where bytes came.
Task<boost::system::error_code> read_error(Surroundings& here, Stream& stream);

Task<boost::system::error_code> write_error(Surroundings& here, Stream& stream,
                                            std::string_view bytes);

/// Text in which each place can be told from its neighbours.
std::string pattern(std::size_t size);

enum class Kind : std::uint8_t {
    in_memory,
    with_latency,
    with_short_reads,
    on_sockets,
    tls_in_memory,
    tls_with_short_reads,  ///< And with latency, and buffers smaller than a record.
    tls_1_2_on_sockets,
    tls_1_3_on_sockets,
};

/// One world, whichever it is.
class AnyWorld {
public:
    virtual ~AnyWorld() = default;
    virtual Surroundings surroundings() = 0;
    /// Runs `main` to its end.
    virtual void run(Task<> main) = 0;
};

std::unique_ptr<AnyWorld> make_world(Kind kind);

inline const auto every_world =
    testing::Values(Kind::in_memory, Kind::with_latency, Kind::with_short_reads, Kind::on_sockets);

/// The worlds of streams that carry TLS.
inline const auto every_world_over_tls =
    testing::Values(Kind::tls_in_memory, Kind::tls_with_short_reads, Kind::tls_1_2_on_sockets,
                    Kind::tls_1_3_on_sockets);

inline std::string name_of_world(const testing::TestParamInfo<Kind>& info) {
    switch (info.param) {
        case Kind::in_memory: return "in_memory";
        case Kind::with_latency: return "with_latency";
        case Kind::with_short_reads: return "with_short_reads";
        case Kind::on_sockets: return "on_sockets";
        case Kind::tls_in_memory: return "tls_in_memory";
        case Kind::tls_with_short_reads: return "tls_with_short_reads";
        case Kind::tls_1_2_on_sockets: return "tls_1_2_on_sockets";
        case Kind::tls_1_3_on_sockets: return "tls_1_3_on_sockets";
    }
    return "?";
}

class InEachWorld : public testing::TestWithParam<Kind> {
protected:
    Surroundings& here() { return here_; }
    void run(Task<> (*main)(Surroundings&)) { world_->run(main(here_)); }

private:
    std::unique_ptr<AnyWorld> world_ = make_world(GetParam());
    Surroundings here_ = world_->surroundings();
};

}  // namespace twofifty::world
