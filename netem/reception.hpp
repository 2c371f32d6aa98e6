// A client before there is a server: what the rules on accepting do to it, and the connection that
// is opened for it. It is read all the time, since that is how one that goes away is noticed.
#pragma once

#include "netem/door.hpp"
#include "netem/proxy.hpp"
#include "world/block_pool.hpp"
#include "world/notifier.hpp"
#include "world/task_scope.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace twofifty::netem {

class Reception {
public:
    /// All of it must outlive the reception. `buffer` is where it reads.
    Reception(const ProxyContext& context, const ProxyOptions& options, Door& door,
              world::Stream& client, std::uint32_t connection, std::span<char> buffer);

    /// Yields the connection to the server; null where the client is not served, or has gone, or
    /// the server cannot be reached. Then nothing more is to be done.
    world::Task<std::unique_ptr<world::Stream>> receive();

    /// What the client said meanwhile, and, where it has ended, how.
    world::block_pool::Bytes take_said() { return std::move(said_); }
    const boost::system::error_code& ended() const { return ended_; }

private:
    world::Task<> listen();
    world::Task<> connect();
    world::Task<bool> admit();
    world::Task<bool> wait_with_client(Duration duration);
    world::Task<> stay_mute();
    world::Task<> say_farewell(std::string reply);
    bool gone() const;
    void record(EventKind kind, std::uint32_t rule, Duration duration, std::string_view text);

    world::Clock& clock_;
    const ProxyContext& context_;
    const ProxyOptions& options_;
    Door& door_;
    Door::Guest guest_;
    world::Stream& client_;
    std::uint32_t connection_;
    std::unique_ptr<world::Stream> server_;
    world::block_pool::Bytes said_;
    boost::system::error_code ended_;
    boost::system::error_code connect_error_;
    bool deaf_ = false;  ///< What the client says goes nowhere: it is not served.
    std::span<char> buffer_;
    world::Notifier changed_;
    world::TaskScope tasks_;  // Last: what the tasks use must outlive them.
};

}  // namespace twofifty::netem
