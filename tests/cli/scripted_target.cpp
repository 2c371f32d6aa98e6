#include "tests/cli/scripted_target.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace twofifty::cli {
namespace {

using std::chrono::steady_clock;

/// Binds a socket to a free port of 127.0.0.1.
std::pair<int, std::uint16_t> bind_anywhere() {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (socket < 0 || bind(socket, generic, size) < 0 || getsockname(socket, generic, &size) < 0)
        throw std::system_error(errno, std::generic_category(), "bind");
    return {socket, ntohs(address.sin_port)};
}

/// A reset rather than an orderly end: what a process that is killed leaves.
void reset_and_close(int socket) {
    const linger at_once{1, 0};
    setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(socket);
}

}  // namespace

bool Peer::say(std::string_view bytes) const {
    while (!bytes.empty()) {
        const ssize_t sent = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

bool Peer::hear(std::string& line) {
    std::size_t end = unread_.find("\r\n");
    std::array<char, 16384> block;
    while (end == std::string::npos) {
        const ssize_t got = recv(socket_, block.data(), block.size(), 0);
        if (got <= 0) return false;
        unread_.append(block.data(), static_cast<std::size_t>(got));
        end = unread_.find("\r\n");
    }
    line = unread_.substr(0, end);
    unread_.erase(0, end + 2);
    return true;
}

void Peer::until_gone() {
    std::string line;
    while (hear(line)) continue;
}

ScriptedTarget::ScriptedTarget(Script script) : script_(std::move(script)) {
    std::tie(listener_, port_) = bind_anywhere();
    constexpr int backlog = 128;
    if (listen(listener_, backlog) < 0)
        throw std::system_error(errno, std::generic_category(), "listen");
    acceptor_ = std::thread([this] { accept_all(); });
}

ScriptedTarget::~ScriptedTarget() {
    die();
    acceptor_.join();
    close(listener_);
    for (std::thread& thread : threads_) thread.join();
    for (const int socket : open_) reset_and_close(socket);
}

std::string ScriptedTarget::address() const {
    return "127.0.0.1:" + std::to_string(port_);
}

void ScriptedTarget::die() {
    stopping_ = true;
    shutdown(listener_, SHUT_RDWR);
    const std::scoped_lock lock(mutex_);
    for (const int socket : open_) shutdown(socket, SHUT_RDWR);
}

void ScriptedTarget::accept_all() {
    while (true) {
        const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (socket < 0) return;
        const std::scoped_lock lock(mutex_);
        if (stopping_) {
            reset_and_close(socket);
            continue;
        }
        ++connections_;
        open_.push_back(socket);
        threads_.emplace_back([this, socket] {
            Peer peer(socket);
            script_(peer);
            shutdown(socket, SHUT_RDWR);
        });
    }
}

std::string unused_address() {
    const auto [socket, port] = bind_anywhere();
    close(socket);
    return "127.0.0.1:" + std::to_string(port);
}

void Witness::serve(Peer& peer) {
    std::string line;
    std::string sender;
    bool owed = false;
    if (!peer.say("220 witness.test ESMTP\r\n")) return;
    while (peer.hear(line)) {
        if (std::exchange(owed, false)) {
            const std::scoped_lock lock(mutex_);
            accepted_.push_back({sender, steady_clock::now()});
        }
        std::string_view reply = "250 2.0.0 ok\r\n";
        if (line.starts_with("EHLO ")) {
            reply = "250-witness.test\r\n250 PIPELINING\r\n";
        } else if (line.starts_with("MAIL FROM:<")) {
            sender = line.substr(11, line.find('@') - 11);
        } else if (line == "DATA") {
            if (!peer.say("354 go on\r\n")) return;
            while (line != ".")
                if (!peer.hear(line)) return;
            owed = true;
        } else if (line == "QUIT") {
            peer.say("221 2.0.0 bye\r\n");
            return;
        }
        if (!peer.say(reply)) return;
    }
}

std::vector<Accepted> Witness::accepted() const {
    const std::scoped_lock lock(mutex_);
    return accepted_;
}

}  // namespace twofifty::cli
