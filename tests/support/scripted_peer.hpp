// One end of a connection as a test plays it: it says what the script says, and notes all that it
// hears, with the exact time. Client or server is the same to it.
#pragma once

#include "world/stream.hpp"
#include "world/task_scope.hpp"
#include "world/virtual/virtual_world.hpp"

#include <array>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace twofifty::test {

/// What a peer heard at one instant: bytes, with "|" for each CRLF, or the connection's end as
/// "<end_of_stream>" or "<connection_reset>".
struct Heard {
    Duration at{};
    std::string what;

    bool operator==(const Heard&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Heard& heard);

class ScriptedPeer {
public:
    explicit ScriptedPeer(world::virtual_world::VirtualWorld& world)
        : world_(world), tasks_(world.clock().ready()) {}

    /// Listens on the connection from now on.
    void take(std::unique_ptr<world::Stream> stream);
    bool connected() const { return stream_ != nullptr; }

    /// Gives bytes to the connection and lets the world do all that is due now.
    void says(std::string_view bytes);
    void closes();
    void resets();
    void ends_sending();

    /// What was heard since it was asked last. Bytes of one instant are one entry.
    std::vector<Heard> heard();
    /// The bytes of all that was heard, as they came, whenever.
    const std::string& all_bytes() const { return bytes_; }

private:
    world::Task<> listen();
    world::Task<> write(std::string bytes);
    void settle();

    world::virtual_world::VirtualWorld& world_;
    std::unique_ptr<world::Stream> stream_;
    std::array<char, 4096> buffer_{};
    std::vector<Heard> heard_;
    std::string bytes_;
    world::TaskScope tasks_;  // Last: its tasks use the stream.
};

}  // namespace twofifty::test
