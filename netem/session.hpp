// One client's session through the layer. Three coroutines share it: one gives the client's bytes
// to the server (session_client.cpp), one reads the server's replies and judges them by the rules
// (session_server.cpp), one gives them to the client when they may leave (reply_queue.cpp).
#pragma once

#include "netem/path.hpp"
#include "netem/proxy.hpp"
#include "netem/reception.hpp"
#include "netem/reply_queue.hpp"
#include "netem/transactions.hpp"
#include "smtp/dialogue.hpp"
#include "world/block_pool.hpp"
#include "world/notifier.hpp"
#include "world/task_scope.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace twofifty::netem {

class Session final : private ReplyQueue::Listener, private Path::Owner, private RuleBook::Watcher {
public:
    Session(const ProxyContext& context, const ProxyOptions& options, Door& door,
            std::unique_ptr<world::Stream> client, std::uint32_t connection,
            std::span<char> scratch, std::size_t& unanswered)
        : clock_(context.clock),
          context_(context),
          options_(options),
          client_(std::move(client)),
          connection_(connection),
          reception_(context, options, door, *client_, connection, client_buffer_),
          scratch_(scratch),
          unanswered_(unanswered),
          dialogue_(options.lmtp),
          transactions_(context, connection),
          paths_{context.clock, context.rules, context.recorder},
          stream_rules_(context.rules, connection, options.receiver),
          to_client_(paths_, stream_rules_, *this, connection, Direction::to_client),
          to_server_(paths_, stream_rules_, *this, connection, Direction::to_server),
          replies_(paths_, *this, to_client_),
          changed_(clock_.ready()),
          tasks_(clock_.ready()) {
        to_client_.lead_to(*client_);
        context_.rules.watch(*this);
    }
    ~Session() {
        if (counted_unanswered_) --unanswered_;
        if (context_.tap) context_.tap->gone(connection_);
    }

    world::Task<> serve();

private:
    world::Task<> client_to_server();
    world::Task<> forward_close(bool was_reset);
    bool is_patient();
    world::Task<> until_answered();
    world::Task<> server_to_client();
    world::Task<bool> shake_hands_with_server();
    world::Task<bool> shake_hands_with_client();
    world::Task<> turn_to_tls();
    world::Task<> deliver_replies();
    world::Task<> end_afterlife();
    world::Task<bool> pass_pieces();
    world::Task<bool> pass_end_of_data(std::string_view bytes);
    world::Task<bool> impair_end_of_data(const Verdict& verdict, const std::vector<Event>& fired,
                                         std::string_view end);
    world::Task<bool> wait_with_client(TimePoint due, const std::vector<Event>& holding);
    world::Task<> read_on();

    std::string_view all_that_arrived(world::Stream& stream, std::span<char> first,
                                      std::size_t bytes);
    void take_from_server(std::string_view bytes);
    void take_reply(smtp::Reply reply);
    void count_unanswered();
    void note_server_gone(const boost::system::error_code& error);
    void note_not_followed(const char* why);
    void note_client_of_its_own(Duration connecting);
    const std::vector<std::string>& recipients_of_content() const;
    Event event(EventKind kind, Phase phase) const;
    std::vector<Event> record_firings(const std::vector<Firing>& firings, const Passing& passing);
    void record_achieved(const std::vector<Event>& firings, TimePoint began, const char* how);
    void cut(const Verdict& verdict);
    void cut_one(world::Stream& stream, Verdict::How how);

    void reply_ended(const ReplyQueue::Item& item, std::string_view bytes) override;
    void path_ended(Verdict::How how) override;
    void rules_changed() override { changed_.notify_all(); }

    world::Clock& clock_;
    const ProxyContext& context_;
    const ProxyOptions& options_;
    std::unique_ptr<world::Stream> client_;
    std::unique_ptr<world::Stream> server_;
    std::uint32_t connection_;
    Reception reception_;
    std::span<char> scratch_;
    std::size_t& unanswered_;
    bool counted_unanswered_ = false;

    smtp::Dialogue dialogue_;
    smtp::ReplyParser parser_;
    Transactions transactions_;
    std::uint32_t transaction_ = 0;  ///< The one whose replies are coming in.
    PathContext paths_;
    StreamRules stream_rules_;
    Path to_client_;
    Path to_server_;
    ReplyQueue replies_;
    world::Notifier changed_;               ///< A reply was taken, a side has ended, rules let go.
    world::block_pool::Bytes from_client_;  ///< Read, and not yet given to the server.
    std::string held_back_;  ///< The possible beginning of a final dot, kept until it is decided.
    // Most reads bring a line; the few that fill these go on in the scratch buffer.
    std::array<char, 512> client_buffer_;
    std::array<char, 512> server_buffer_;
    world::ReadSome* client_read_ = nullptr;    ///< The one that waits, where one does.
    std::optional<ReplyQueue::Item> go_ahead_;  ///< The 220 to STARTTLS, until the server is ready.
    bool turning_ = false;                      ///< A side is shaking hands.
    bool client_left_ = false;                  ///< It closed while its end of data was kept.
    bool said_quit_ = false;  ///< The client has; it expects no more than what is owed to it.
    bool delivered_ = false;  ///< Nothing more will be given to the client.
    bool client_closed_ = false;
    bool server_closed_ = false;
    bool silent_ = false;      ///< The client keeps a dead connection: its bytes go nowhere.
    bool cut_ = false;         ///< The layer has ended the client's connection.
    bool server_cut_ = false;  ///< The same of the server's.
    bool not_followed_ = false;

    world::TaskScope tasks_;  // Last: what the tasks use must outlive them.
};

}  // namespace twofifty::netem
