// From the server to the client: replies are cut out of the bytes, judged, and queued.
#include "netem/session.hpp"

#include "smtp/dialogue.hpp"
#include "world/deadline.hpp"

#include <utility>

namespace twofifty::netem {

using world::Result;
using world::Task;

using smtp::Dialogue;

Task<> Session::server_to_client() {
    boost::system::error_code error;
    while (!error) {
        if (!replies_.has_room()) co_await replies_.wait_for_room();
        const Result<std::size_t> bytes = co_await server_->read_some(server_buffer_);
        if (!bytes) {
            error = bytes.error();
            break;
        }
        take_from_server(all_that_arrived(*server_, server_buffer_, *bytes));
        count_unanswered();
        if (go_ahead_) co_await turn_to_tls();
        changed_.notify_all();
        if (!server_) {
            error = world::Error::closed;
            break;
        }
        // Of a server that speaks no SMTP nothing is learnt once its client has gone, and it may
        // talk without end.
        if (client_closed_ && dialogue_.opaque()) {
            server_->close();
            break;
        }
    }
    if (context_.tap)
        context_.tap->ended(clock_.now(), connection_, Direction::to_client, world::name_of(error));
    server_closed_ = true;
    count_unanswered();
    note_server_gone(error);
    replies_.push_end();
    changed_.notify_all();
}

void Session::take_from_server(std::string_view unread) {
    if (context_.tap) context_.tap->bytes(clock_.now(), connection_, Direction::to_client, unread);
    while (!unread.empty() && !dialogue_.opaque()) {
        const Result<std::size_t> taken = parser_.feed(unread);
        if (!taken) {
            dialogue_.stop_following();
            note_not_followed("server");
            break;
        }
        unread.remove_prefix(*taken);
        if (parser_.complete()) take_reply(parser_.take());
    }
    if (go_ahead_) return;
    // Whatever is not SMTP passes as it is.
    if (!unread.empty() && parser_.pending() > 0)
        replies_.push({.bytes = parser_.take_unfinished(), .arrived = clock_.now()});
    if (!unread.empty()) replies_.push({.bytes = std::string(unread), .arrived = clock_.now()});
}

void Session::take_reply(smtp::Reply reply) {
    const Dialogue::Answered answered = dialogue_.on_reply(reply);
    if (answered.transaction != 0 && answered.transaction != transaction_) {
        transaction_ = answered.transaction;
        transactions_.forget_before(transaction_);
    }
    Transaction& transaction = transactions_.get(answered.transaction);
    if (answered.phase == Phase::mail) transactions_.on_mail(transaction, dialogue_.sender());
    if (answered.phase == Phase::data_done)
        transactions_.on_data_done(transaction, reply, dialogue_.accepted_recipients(),
                                   answered.recipient);

    const Passing passing{.phase = answered.phase,
                          .code = reply.code,
                          .message = transaction.message,
                          .attempt = transaction.attempt,
                          .recipient = answered.recipient,
                          .sender = dialogue_.sender(),
                          .recipients = &dialogue_.accepted_recipients(),
                          .receiver = options_.receiver,
                          .connection = connection_,
                          .transaction = answered.transaction,
                          .reply_index = answered.reply_index,
                          .bytes = reply.raw,
                          .size = transaction.size,
                          .chunked = transaction.chunked,
                          .at = clock_.now()};
    ReplyQueue::Item item{.arrived = clock_.now()};
    if (answered.phase == Phase::data_done && !transaction.undecided.empty()) {
        item.transaction = answered.transaction;
        item.recipient = answered.recipient;
    }
    const std::vector<Firing> firings = context_.rules.decide(passing);
    if (!firings.empty())
        item.acting = std::make_unique<ReplyQueue::Acting>(
            ReplyQueue::Acting{combined(firings), record_firings(firings, passing)});
    item.bytes = std::move(reply.raw);
    if (options_.tls && answered.phase == Phase::starttls && reply.positive())
        go_ahead_ = std::move(item);
    else
        replies_.push(std::move(item));
}

}  // namespace twofifty::netem
