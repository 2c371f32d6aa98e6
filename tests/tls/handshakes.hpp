// Handshakes that a test holds against what they should come to, in both worlds.
#pragma once

#include "tests/world/conformance.hpp"
#include "tls/handshake.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace twofifty::tls {

using namespace std::chrono_literals;
using world::Kind;
using world::Result;
using world::Surroundings;
using world::Task;

/// A file for one test; it goes with the test.
class PemFile {
public:
    explicit PemFile(const std::string& text) {
        static int count = 0;
        const std::string name =
            "twofifty-" + std::to_string(getpid()) + "-" + std::to_string(++count) + ".pem";
        path_ = std::filesystem::temp_directory_path() / name;
        std::ofstream(path_) << text;
    }
    PemFile(const PemFile&) = delete;
    PemFile& operator=(const PemFile&) = delete;
    ~PemFile() { std::filesystem::remove(path_); }

    std::string path() const { return path_.string(); }

private:
    std::filesystem::path path_;
};

/// Making a key takes a while, so the tests share what they need: two of one name, which do not
/// trust each other.
inline const Identity& server_identity() {
    static const std::vector<std::string> names{"server.test", "127.0.0.1"};
    static const Identity identity = make_identity(names);
    return identity;
}
inline const Identity& other_identity() {
    static const std::vector<std::string> names{"server.test"};
    static const Identity identity = make_identity(names);
    return identity;
}

/// One side of a handshake: what it is to do, and what it came to.
struct Side {
    Context context;
    std::string name;
    Duration limit = world::generous;
    std::string result{};  ///< "ok", or the error's name.
    std::unique_ptr<world::Stream> stream{};
};

inline Task<> shake(Surroundings& here, std::unique_ptr<world::Stream> transport, Side& side) {
    const TimePoint deadline = here.clock.now() + side.limit;
    Result<std::unique_ptr<world::Stream>> stream =
        co_await handshake(here.clock, std::move(transport), side.context, side.name, deadline);
    side.result = stream ? "ok" : name_of(stream.error());
    if (stream) side.stream = std::move(*stream);
}

/// Both sides of one connection.
inline Task<> shake_both(Surroundings& here, Side& client, Side& server) {
    Surroundings plain{here.clock, here.network};
    world::Peers peers = co_await world::connect_peers(plain);
    world::TaskScope serving(here.clock.ready());
    serving.spawn(shake(here, std::move(peers.server), server));
    co_await shake(here, std::move(peers.client), client);
    co_await serving.join();
}

/// What a client and a server make of each other: "ok | ok".
inline std::string both_results(world::AnyWorld& any, Side& client, Side& server) {
    Surroundings here = any.surroundings();
    any.run(shake_both(here, client, server));
    return client.result + " | " + server.result;
}

}  // namespace twofifty::tls
