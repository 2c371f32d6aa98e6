// A client that a test plays against the receiving session: it says bytes and notes each piece that
// it hears. Time stands still unless the test moves it.
#pragma once

#include "smtp/server_session.hpp"
#include "world/deadline.hpp"
#include "world/task_scope.hpp"
#include "world/virtual/virtual_world.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace twofifty::smtp {

using namespace std::chrono_literals;

/// A message as the sink was given it.
struct Taken {
    std::string sender;
    std::vector<std::string> recipients;
    std::uint64_t size = 0;
    std::uint64_t body_digest = 0;

    bool operator==(const Taken&) const = default;
};

/// What a message with this content is taken as.
Taken taken(std::string sender, std::vector<std::string> recipients, std::string_view content);

/// Takes so long over each message, and answers "250 Ok" (LMTP: "250 Ok <recipient>").
class NotingSink final : public MessageSink {
public:
    NotingSink(world::Clock& clock, const ServerOptions& options)
        : clock_(clock), options_(options) {}

    world::Task<std::vector<std::string>> take(const ReceivedMessage& message) override;

    std::vector<Taken> messages;
    Duration service_time{};

private:
    world::Clock& clock_;
    const ServerOptions& options_;
};

/// One connection to one session.
class ServedClient {
public:
    explicit ServedClient(ServerOptions session_options = {});
    ~ServedClient();

    /// Says the bytes at once; yields what was heard meanwhile, with "|" for each line end.
    std::string says(std::string_view bytes);
    /// Lets time pass; yields what was heard meanwhile.
    std::string waits_until(TimePoint when);
    /// Shakes hands on the connection; yields "ok" or the error's name.
    std::string turns_to_tls();
    void goes_away() { stream_->close(); }
    void resets() { stream_->reset(); }
    bool closed() const { return closed_; }
    bool session_ended() const { return session_->size() == 0; }
    /// What each read yielded, since the beginning.
    const std::vector<std::string>& pieces() const { return pieces_; }

    world::virtual_world::VirtualWorld world{1};
    const ServerOptions options;
    NotingSink sink{world.clock(), options};

private:
    world::Task<> connect();
    world::Task<> accept(world::Listener& listener, std::unique_ptr<world::Stream>& accepted);
    world::Task<> serve(std::unique_ptr<world::Stream> stream);
    world::Task<> listen();
    world::Task<> write(std::string bytes);
    world::Task<> shake_hands(std::string& result);
    std::string heard();

    std::unique_ptr<world::Stream> stream_;
    std::array<char, 65536> buffer_{};
    std::vector<std::string> pieces_;
    std::size_t pieces_told_ = 0;
    bool closed_ = false;
    std::unique_ptr<world::TaskScope> session_;
    std::unique_ptr<world::TaskScope> listening_;
    std::unique_ptr<world::TaskScope> tasks_;
};

}  // namespace twofifty::smtp
