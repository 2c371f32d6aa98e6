// Servers that misbehave on purpose, on real sockets: each connection is handed to a script on a
// thread of its own. The one well-behaved script is a witness: it notes by itself what it accepted.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace twofifty::cli {

/// One accepted connection, as a script sees it. Ends when the peer or the target does.
class Peer {
public:
    explicit Peer(int socket) : socket_(socket) {}

    /// False once nobody listens any more.
    bool say(std::string_view bytes) const;
    /// The next line without its CRLF. False at the end of the connection.
    bool hear(std::string& line);
    /// Waits until the other side has gone.
    void until_gone();

private:
    int socket_;
    std::string unread_;
};

class ScriptedTarget {
public:
    using Script = std::function<void(Peer&)>;

    /// Listens on a free port of 127.0.0.1.
    explicit ScriptedTarget(Script script);
    ~ScriptedTarget();
    ScriptedTarget(const ScriptedTarget&) = delete;
    ScriptedTarget& operator=(const ScriptedTarget&) = delete;

    std::string address() const;
    int connections() const { return connections_; }

    /// What a server does that dies: no more connections, and those that are open end at once.
    void die();

private:
    void accept_all();

    Script script_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<int> connections_{0};
    std::atomic<bool> stopping_{false};
    std::mutex mutex_;
    std::vector<int> open_;
    std::vector<std::thread> threads_;
    std::thread acceptor_;
};

/// A port of 127.0.0.1 that nobody listens at.
std::string unused_address();

/// A transaction that a witness accepted, by the local part of its sender.
struct Accepted {
    std::string sender;  ///< "tf.<run-id>.<ordinal>"
    /// When the client's next command arrived: by then it had read the 250.
    std::chrono::steady_clock::time_point known_at;
};

/// Speaks SMTP, accepts everything, keeps nothing but notes.
class Witness {
public:
    void serve(Peer& peer);
    std::vector<Accepted> accepted() const;

private:
    mutable std::mutex mutex_;
    std::vector<Accepted> accepted_;
};

}  // namespace twofifty::cli
