// The sending side of one connection: greeting, EHLO (or HELO, LHLO), STARTTLS, AUTH, any number of
// transactions, QUIT. Each step is readable as the dialogue it speaks, and each wait has the
// deadline of its phase.
#pragma once

#include "record/recorder.hpp"
#include "smtp/error.hpp"
#include "smtp/message.hpp"
#include "smtp/reply.hpp"
#include "smtp/timeouts.hpp"
#include "smtp/tls_options.hpp"
#include "world/block_pool.hpp"
#include "world/stream.hpp"
#include "world/task.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace twofifty::smtp {

struct ClientCredentials {
    std::string user;
    std::string password;
    bool login = false;  ///< AUTH LOGIN instead of PLAIN.
};

struct ClientOptions {
    std::string helo = "sender.test";
    /// Says QUIT also where a reply is outstanding, which is then read as the answer to it: what
    /// clients do whose library hides that a timeout leaves the dialogue out of step.
    bool quits_after_timeout = false;
    bool lmtp = false;
    bool pipelining = true;  ///< Use it where offered.
    bool chunking = false;   ///< Use BDAT where offered.
    std::uint64_t chunk_size = 65536;
    Timeouts timeouts;
    Timer timer = Timer::per_reply;
    std::optional<ClientCredentials> credentials{};
    std::optional<ClientTls> tls{};
};

class ClientSession : public world::block_pool::Pooled {
public:
    /// `connection` and `node` are the numbers under which the session's events are recorded.
    /// `options` and `recorder` must outlive the session.
    ClientSession(world::Clock& clock, std::unique_ptr<world::Stream> stream,
                  const ClientOptions& options, Recorder& recorder, std::uint32_t connection,
                  std::uint16_t node);

    /// What a step that must succeed came to: nothing, or the phase it failed in and why.
    struct Failure {
        Phase phase = Phase::none;
        boost::system::error_code error;
        std::uint16_t code = 0;  ///< The refusing reply, where there was one.
        Duration waited{};
    };

    /// Reads the greeting, introduces itself, and turns to TLS and authenticates where asked to.
    /// After a failure the session is over.
    world::Task<std::optional<Failure>> open();

    /// One transaction; the results are in the order of the recipients. REQUIRES: usable().
    world::Task<std::vector<RecipientResult>> hand_over(const OutgoingMessage& message);

    /// Says QUIT, waits for the answer, closes.
    world::Task<> quit();

    /// False once a reply is outstanding that could be read as the answer to a later command, or
    /// the connection has gone.
    bool usable() const { return usable_; }

    /// Why the session ended; for the record.
    boost::system::error_code last_error() const { return last_error_; }

private:
    struct Extensions {
        bool pipelining = false;
        bool chunking = false;
        bool eight_bit_mime = false;
        bool size = false;
        bool starttls = false;
        bool auth_plain = false;
        bool auth_login = false;
    };
    struct Answer {
        Reply reply;
        Duration latency{};
    };
    struct Transaction;

    world::Task<std::optional<Failure>> be_greeted();
    world::Task<std::optional<Failure>> introduce();
    world::Task<std::optional<Failure>> start_tls();
    world::Task<std::optional<Failure>> secure(TimePoint started);
    world::Task<std::optional<Failure>> authenticate();
    world::Task<bool> send_envelope(Transaction& transaction, bool with_data);
    world::Task<world::Result<std::uint16_t>> start_data(Transaction& transaction, bool sent);
    world::Task<bool> send_content(Transaction& transaction);
    world::Task<bool> send_chunks(Transaction& transaction);
    world::Task<> read_final_replies(Transaction& transaction);
    world::Task<> end_without_content(Transaction& transaction);

    world::Task<world::Result<Answer>> command(std::string_view line, Phase phase);
    world::Task<boost::system::error_code> send(std::string_view bytes, Phase phase);
    world::Task<world::Result<Answer>> receive(Phase phase);
    world::Task<boost::system::error_code> read_reply(Phase phase);
    boost::system::error_code parse_unread();

    void learn_extensions(const Reply& reply);
    void learn_mechanisms(std::string_view words);
    void note_reply(const Transaction* transaction, Phase phase, std::uint32_t recipient,
                    const Answer& answer);
    void note_content_sent(const Transaction& transaction, TimePoint started, std::size_t bytes);
    std::string mail_command(const OutgoingMessage& message) const;
    boost::system::error_code end(boost::system::error_code error);

    world::Clock& clock_;
    std::unique_ptr<world::Stream> stream_;  ///< Null once a handshake has failed.
    const ClientOptions& options_;
    Recorder& recorder_;
    std::uint32_t connection_;
    std::uint16_t node_;
    Extensions extensions_;
    ReplyParser parser_;
    std::array<char, 512> buffer_;  ///< Replies are short.
    std::string_view unread_;
    TimePoint reply_due_from_{};  ///< When the wait for the next reply began.
    TimePoint request_began_{};   ///< When the command that it answers began to be written.
    TimePoint read_deadline_{};   ///< Of the last read.
    bool usable_ = true;
    bool needs_rset_ = false;
    boost::system::error_code last_error_;
};

}  // namespace twofifty::smtp
