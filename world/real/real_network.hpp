#pragma once

#include "world/network.hpp"

#include <boost/asio/io_context.hpp>

namespace twofifty::world::real_world {

class RealNetwork final : public Network {
public:
    RealNetwork(boost::asio::io_context& context, ReadyQueue& ready)
        : context_(context), ready_(ready) {}

    Result<std::unique_ptr<Listener>> listen(const Endpoint& at) override;

private:
    bool start_connect(Connect& connect) override;
    void forget_connect(Connect& connect) override;
    ReadyQueue& ready() override { return ready_; }

    boost::asio::io_context& context_;
    ReadyQueue& ready_;
};

}  // namespace twofifty::world::real_world
