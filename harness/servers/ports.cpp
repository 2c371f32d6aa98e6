#include "harness/servers/ports.hpp"

#include "harness/servers/container.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cerrno>
#include <system_error>

namespace twofifty::harness {
namespace {

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

Descriptor tcp_socket() {
    return Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

bool bind_to(const Descriptor& socket, std::uint16_t port) {
    const sockaddr_in address = loopback(port);
    return ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

void limit_waits(const Descriptor& socket, Duration limit) {
    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(limit).count();
    const timeval wait{.tv_sec = us / 1'000'000, .tv_usec = us % 1'000'000};
    ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
}

}  // namespace

std::uint16_t free_port() {
    const Descriptor socket = tcp_socket();
    sockaddr_in address{};
    socklen_t length = sizeof address;
    if (!socket || !bind_to(socket, 0) ||
        ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &length) != 0)
        throw std::system_error(errno, std::system_category(), "no free port");
    return ntohs(address.sin_port);
}

bool port_is_taken(std::uint16_t port) {
    const Descriptor socket = tcp_socket();
    const int yes = 1;
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    return !socket || !bind_to(socket, port);
}

std::string greeting_of(std::uint16_t port, Duration limit) {
    const Descriptor socket = tcp_socket();
    limit_waits(socket, limit);
    const sockaddr_in address = loopback(port);
    if (!socket ||
        ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return {};
    std::string line;
    char byte = 0;
    while (line.size() < 512 && ::recv(socket.get(), &byte, 1, 0) == 1 && byte != '\n')
        line += byte;
    ::send(socket.get(), "QUIT\r\n", 6, MSG_NOSIGNAL);
    // Servers count a client that leaves without waiting as an error.
    while (::recv(socket.get(), &byte, 1, 0) == 1) {
    }
    return line;
}

}  // namespace twofifty::harness
