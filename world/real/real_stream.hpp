#pragma once

#include "world/stream.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <memory>

namespace twofifty::world::real_world {

/// Takes over a connected socket.
std::unique_ptr<Stream> make_stream(boost::asio::ip::tcp::socket socket, ReadyQueue& ready);

/// The system's error as one of ours.
boost::system::error_code translate(const boost::system::error_code& error);

Endpoint from_asio(const boost::asio::ip::tcp::endpoint& endpoint);

/// Errors: unreachable, where the host is no literal address.
Result<boost::asio::ip::tcp::endpoint> to_asio(const Endpoint& endpoint);

}  // namespace twofifty::world::real_world
