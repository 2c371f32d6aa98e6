// The receiving side of one connection, strict about its input: what the reference receiver speaks.
// What becomes of a message is its owner's affair; the session hands it over at the end of data and
// says what it is told to say.
#pragma once

#include "record/time.hpp"
#include "smtp/command.hpp"
#include "smtp/content_reader.hpp"
#include "smtp/dot_stuffing.hpp"
#include "smtp/tls_options.hpp"
#include "world/block_pool.hpp"
#include "world/clock.hpp"
#include "world/stream.hpp"
#include "world/task.hpp"
#include "world/task_scope.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace twofifty::smtp {

struct ServerCredentials {
    std::string user;
    std::string password;
};

struct ServerOptions {
    std::string hostname = "receiver.test";
    bool lmtp = false;
    bool ehlo = true;  ///< false: an old server that knows HELO only.
    bool pipelining = true;
    bool chunking = true;
    bool eight_bit_mime = true;
    bool size = true;
    std::uint64_t max_size = 64ULL << 20;
    std::uint32_t max_recipients = 100;
    std::optional<ServerCredentials> credentials{};  ///< Offered, and required before MAIL.
    std::optional<ServerTls> tls{};
    /// For the next command, or the next bytes of content (RFC 5321 4.5.3.2.7: at least five
    /// minutes).
    Duration command_timeout = std::chrono::minutes{5};
    /// Commands that are refused with 5xx before the connection is closed with 421.
    std::uint32_t max_errors = 100;
};

/// A message as it stands at the end of data.
struct ReceivedMessage {
    std::string sender;
    std::vector<std::string> recipients;
    const ContentReader& content;
    TimePoint end_of_data;
    /// The client has closed or reset the connection, and has said nothing behind its message. Told
    /// only to a sink that watches clients.
    const bool& client_gone;
    std::string_view client_name;  ///< As it introduced itself.
};

/// Takes responsibility for messages, and may refuse them before. What it refuses with is a reply
/// without CRLF; an empty text: the session goes on.
class MessageSink {
public:
    virtual ~MessageSink() = default;

    /// In place of the greeting; the connection is closed behind it.
    virtual std::string refuse_client() { return {}; }
    virtual std::string refuse_sender(std::string_view /*sender*/) { return {}; }
    virtual std::string refuse_recipient(std::string_view /*sender*/,
                                         std::string_view /*recipient*/) {
        return {};
    }

    /// Whether take() asks for the client's going.
    virtual bool watches_clients() const { return false; }

    /// Called once for each message whose end was read, whether its client is still there or not.
    /// Yields the replies to the end of data, without CRLF: one, or with LMTP one for each
    /// recipient.
    virtual world::Task<std::vector<std::string>> take(const ReceivedMessage& message) = 0;
};

class ServerSession {
public:
    ServerSession(world::Clock& clock, std::unique_ptr<world::Stream> stream,
                  const ServerOptions& options, MessageSink& sink);

    /// Serves the connection to its end.
    world::Task<> serve();

private:
    /// What is read goes here.
    struct Buffer : world::block_pool::Pooled {
        std::array<char, 16384> bytes;
    };
    enum class Login : std::uint8_t { none, plain_response, login_user, login_password };

    world::Task<bool> start_tls(std::string_view argument);
    world::Task<bool> secure();
    world::Task<std::optional<std::string_view>> read_line();
    world::Task<bool> read_more();
    std::span<char> buffer();
    world::Task<bool> flush();
    world::Task<bool> receive_content();
    world::Task<bool> receive_chunk(std::string_view argument);
    world::Task<bool> finish_message();
    world::Task<> watch_client();

    /// Answers one command that needs no more input. True while the session goes on.
    bool answer(std::string_view line);
    void greet(const Command& command);
    void mail(const Command& command);
    void rcpt(const Command& command);
    bool may_send_content();
    void auth(const Command& command);
    void auth_response(std::string_view line);
    void check_plain(std::string_view response);
    void authenticated(bool success);
    void reply(std::string_view line);
    void refuse(std::string_view line);
    void reset_transaction();

    world::Clock& clock_;
    std::unique_ptr<world::Stream> stream_;  ///< Null once a handshake has failed.
    const ServerOptions& options_;
    MessageSink& sink_;
    std::unique_ptr<Buffer> buffer_;  ///< Null where nothing was read, or all of it is done with.
    std::string_view unread_;
    std::string line_;
    std::string output_;
    bool line_too_long_ = false;
    bool secured_ = false;
    bool greeted_ = false;
    bool authenticated_ = false;
    Login login_ = Login::none;
    std::string login_user_;
    bool in_transaction_ = false;
    bool in_chunks_ = false;
    std::string client_name_;
    std::string sender_;
    std::vector<std::string> recipients_;
    ContentReader content_;
    Unstuffer unstuffer_;
    std::uint32_t errors_ = 0;
    bool client_gone_ = false;
    world::TaskScope watch_;  // Last: it reads from the stream.
};

}  // namespace twofifty::smtp
