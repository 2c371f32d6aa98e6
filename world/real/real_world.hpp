// The real world: sockets and the steady clock, on Boost.Asio, which nothing outside this folder
// and harness/app names. One world belongs to one thread; several worlds of one run share the
// origin of time.
#pragma once

#include "world/clock.hpp"
#include "world/network.hpp"
#include "world/task.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace twofifty::world::real_world {

using Origin = std::chrono::steady_clock::time_point;

class RealWorld {
public:
    explicit RealWorld(Origin origin);
    ~RealWorld();

    Clock& clock();
    Network& network();

    /// Runs `main` to its end. What other tasks of this world still wait for is left waiting.
    void run(Task<> main);

    /// Runs `work` from this world's loop. The only member that other threads may call.
    void post(std::function<void()> work);

private:
    struct Loop;
    std::unique_ptr<Loop> loop_;
};

/// The literal addresses of a host name (or the address itself), IPv4 first. Blocks; for before the
/// run. Errors: name_not_found.
Result<std::vector<std::string>> resolve(const std::string& host);

}  // namespace twofifty::world::real_world
