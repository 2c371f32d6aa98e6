// From the client to the server: what it said is given on as far as its meaning is known, and the
// end of a content only as the rules say.
#include "netem/session.hpp"

#include "record/text.hpp"
#include "smtp/dialogue.hpp"
#include "world/deadline.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace twofifty::netem {

using world::Result;
using world::Task;

namespace {

using smtp::Dialogue;
using PieceKind = Dialogue::PieceKind;

/// How much of what a client sent behind a held final dot is kept while it is held.
constexpr std::size_t unread_limit = 64 * 1024;
/// A client that says QUIT no later than this behind its final dot, and closes its direction, waits
/// for the answer, as Exim does. One that says it later has waited in vain: Exim and Postfix say
/// QUIT then too, and read no more.
constexpr Duration quit_behind_dot = std::chrono::milliseconds{500};

/// "QUIT" and its line end.
bool is_quit(std::string_view line) {
    return starts_with_ignoring_case(line, "QUIT");
}

}  // namespace

/// The bytes of a read that took `bytes` into `first`, and what has arrived behind them. They lie
/// there until the next wait.
std::string_view Session::all_that_arrived(world::Stream& stream, std::span<char> first,
                                           std::size_t bytes) {
    if (bytes < first.size()) return {first.data(), bytes};
    std::memcpy(scratch_.data(), first.data(), bytes);
    const std::size_t more = stream.read_now(scratch_.subspan(bytes));
    return {scratch_.data(), bytes + more};
}

Task<> Session::client_to_server() {
    boost::system::error_code error = reception_.ended();
    bool goes_on = true;
    if (!from_client_.empty()) goes_on = co_await pass_pieces();
    while (!error && (goes_on || silent_)) {
        while (turning_) co_await changed_.wait();
        if (!client_) break;
        world::ReadSome read = client_->read_some(client_buffer_);
        client_read_ = &read;
        const Result<std::size_t> bytes = co_await read;
        client_read_ = nullptr;
        if (!bytes && bytes.error() == world::Error::canceled) continue;
        if (!bytes) {
            error = bytes.error();
            break;
        }
        const std::string_view arrived = all_that_arrived(*client_, client_buffer_, *bytes);
        if (context_.tap)
            context_.tap->bytes(clock_.now(), connection_, Direction::to_server, arrived);
        if (silent_) continue;
        from_client_.append(arrived);
        goes_on = co_await pass_pieces();
        count_unanswered();
    }
    if (context_.tap)
        context_.tap->ended(clock_.now(), connection_, Direction::to_server, world::name_of(error));
    // One that says QUIT behind its final dot and then ends its direction, as Exim does, still
    // reads.
    const bool still_reads =
        error == world::Error::end_of_stream && said_quit_ && !cut_ && !silent_;
    if (still_reads) {
        replies_.client_ended();
        co_await until_answered();
    }
    client_closed_ = true;
    transactions_.on_client_gone(cut_             ? "connection_reset"
                                 : server_closed_ ? "end_of_stream"
                                                  : "timed_out");
    replies_.client_gone();
    to_client_.drop();
    while (turning_) co_await changed_.wait();
    if (!silent_ && !server_cut_ && server_ && !still_reads)
        co_await forward_close(error == world::Error::connection_reset);
    // What it still answers is seen, but not without end.
    if (!server_closed_) tasks_.spawn(end_afterlife());
}

/// Whether a client that says QUIT now still waits for what is owed to it.
bool Session::is_patient() {
    const bool is_owed = replies_.owes() || dialogue_.awaited() == Phase::data_done;
    return !is_owed || clock_.now() - transactions_.get(dialogue_.transactions()).end_of_data <=
                           quit_behind_dot;
}

/// Waits until the client, which has nothing more to say, has been given all that it will get. That
/// it goes away meanwhile shows only when something is sent to it.
Task<> Session::until_answered() {
    co_await forward_close(false);
    const TimePoint due = clock_.now() + options_.longest_afterlife;
    while (!delivered_ && !(server_closed_ && replies_.withholds()) && clock_.now() < due)
        co_await world::within(clock_, due, changed_.wait());
    if (delivered_ || !replies_.withholds()) co_return;
    // A dead path is silent: the client does not see the server go either, and loses its patience
    // unseen. What it was told it has been told.
    transactions_.on_client_gone(patience_unseen);
    while (clock_.now() < due) co_await world::within(clock_, due, changed_.wait());
}

/// Without a rule the server is told at once, with a FIN: it can still answer, and what it accepts
/// is still seen.
Task<> Session::forward_close(bool was_reset) {
    const RuleBook::Forwarded forwarded =
        context_.rules.forward_close({connection_, clock_.now(), 0, options_.receiver});
    const TimePoint began = clock_.now();
    std::vector<Event> firings;
    if (forwarded.rule != 0) {
        const CloseForwarding& how = forwarded.how;
        const Duration asked = how.after == Duration::max() ? Duration{} : how.after;
        const Firing firing{forwarded.rule, {.delay = asked}};
        firings = record_firings({firing}, {.phase = dialogue_.awaited()});
        const TimePoint due =
            began + (how.after == Duration::max() ? options_.longest_afterlife : how.after);
        while (!server_closed_ && clock_.now() < due)
            co_await world::within(clock_, due, changed_.wait());
        record_achieved(firings, began, server_closed_ ? "server_gone" : "released");
        // A path that is dead for so long ends as the kernel of the server's host ends it.
        if (how.after == Duration::max()) {
            server_->reset();
            co_return;
        }
    }
    const CloseForwarding::As as = forwarded.how.as;
    if (as == CloseForwarding::As::rst || (as == CloseForwarding::As::same && was_reset))
        server_->reset();
    else
        to_server_.close();
}

Task<> Session::end_afterlife() {
    const TimePoint due = clock_.now() + options_.longest_afterlife;
    while (!server_closed_ && clock_.now() < due)
        co_await world::within(clock_, due, changed_.wait());
    if (!server_closed_ && server_) server_->reset();
}

/// Of the transaction whose content the client has just ended. None are known yet where its replies
/// are still to come; those of the one before it are none of its business.
const std::vector<std::string>& Session::recipients_of_content() const {
    static const std::vector<std::string> none;
    return transaction_ == dialogue_.transactions() ? dialogue_.accepted_recipients() : none;
}

/// Gives on what the client sent, as far as its meaning is known. False when a direction has ended.
Task<bool> Session::pass_pieces() {
    std::size_t known = 0;
    while (known < from_client_.size()) {
        const std::string_view rest = std::string_view(from_client_).substr(known);
        const bool chunked = dialogue_.in_chunk();
        const bool content = chunked || dialogue_.in_content();
        const Dialogue::Piece piece = dialogue_.next_piece(rest);
        if (piece.kind == PieceKind::wait) {
            const bool given =
                co_await to_server_.send(std::string_view(from_client_).substr(0, known));
            if (!given) co_return false;
            from_client_.erase(0, known);
            known = 0;
            if (server_closed_) co_return false;
            co_await changed_.wait();
            continue;
        }
        if (piece.kind == PieceKind::opaque) note_not_followed("client");
        if (piece.kind == PieceKind::command) {
            replies_.command_passed();
            said_quit_ = said_quit_ || (is_quit(rest.substr(0, piece.bytes)) && is_patient());
        }
        if (content) {
            Transaction& transaction = transactions_.get(dialogue_.transactions());
            transactions_.add_content(transaction, rest.substr(0, piece.bytes), chunked);
        }
        if (piece.kind == PieceKind::end_of_data) {
            if (context_.rules.has_content_rules()) {
                const std::string upto(from_client_.data(), known + piece.bytes);
                from_client_.erase(0, known + piece.bytes);
                known = 0;
                const bool goes_on = co_await pass_end_of_data(upto);
                if (!goes_on) co_return false;
                continue;
            }
            transactions_.end_content(transactions_.get(dialogue_.transactions()),
                                      dialogue_.client_sender(), recipients_of_content());
        }
        known += piece.bytes;
    }
    std::string out = std::exchange(held_back_, {});
    if (out.empty() && !context_.rules.has_content_rules()) {
        const bool given = co_await to_server_.send(from_client_);
        world::block_pool::give_back(from_client_);
        co_return given;
    }
    out += from_client_;
    world::block_pool::give_back(from_client_);
    if (context_.rules.has_content_rules()) {
        const std::size_t undecided = dialogue_.undecided_bytes();
        held_back_ = out.substr(out.size() - undecided);
        out.resize(out.size() - undecided);
    }
    const bool given = co_await to_server_.send(out);
    co_return given;
}

/// Content with its end: the rules on data_xfer decide before its last bytes go to the server.
Task<bool> Session::pass_end_of_data(std::string_view bytes) {
    std::string out = std::exchange(held_back_, {});
    out.append(bytes);
    const std::string_view sender = dialogue_.client_sender();
    Transaction& transaction = transactions_.get(dialogue_.transactions());
    // What the identity of a message tells, the rules may ask.
    transactions_.end_content(transaction, sender, recipients_of_content());
    // BDAT may be pipelined with MAIL: then the attempt is counted only when MAIL's reply comes.
    const std::uint32_t named = context_.identities.message_of_sender(sender);
    constexpr std::size_t end_size = 5;  // CRLF.CRLF
    const std::size_t kept = std::min(end_size, out.size());
    const Passing passing{.phase = Phase::data_xfer,
                          .message = named != 0 ? named : transaction.message,
                          .attempt = transaction.attempt,
                          .sender = sender,
                          .recipients = &dialogue_.accepted_recipients(),
                          .receiver = options_.receiver,
                          .connection = connection_,
                          .transaction = dialogue_.transactions(),
                          .bytes = std::string_view(out).substr(out.size() - kept),
                          .size = transaction.size,
                          .chunked = transaction.chunked,
                          .at = clock_.now()};
    const std::uint32_t number = transaction.number;
    const std::vector<Firing> firings = context_.rules.decide(passing);
    if (!firings.empty()) {
        const TimePoint began = clock_.now();
        const std::vector<Event> fired = record_firings(firings, passing);
        const Verdict verdict = combined(firings);
        // All but the dot and its CRLF goes on; where they are split, all in front of the split.
        constexpr std::size_t dot_size = 3;
        const std::size_t held = verdict.parts.empty()
                                     ? std::min(out.size(), dot_size)
                                     : kept - std::min<std::size_t>(kept, verdict.parts[0].bytes);
        const bool given =
            co_await to_server_.send(std::string_view(out).substr(0, out.size() - held));
        if (!given) co_return false;
        out.erase(0, out.size() - held);
        const bool goes_on = co_await impair_end_of_data(verdict, fired, out);
        record_achieved(
            fired, began,
            goes_on || verdict.cut != Verdict::Side::none || silent_ ? "released" : "client_gone");
        if (!goes_on) co_return false;
        transactions_.get(number).end_of_data = clock_.now();
        co_return true;
    }
    transaction.end_of_data = clock_.now();
    const bool given = co_await to_server_.send(out);
    co_return given;
}

/// Does to the end of data what the rules say. True when it went on to the server.
Task<bool> Session::impair_end_of_data(const Verdict& verdict, const std::vector<Event>& fired,
                                       std::string_view end) {
    if (verdict.cut != Verdict::Side::none) {
        cut(verdict);
        if (silent_) replies_.withhold();
        co_return false;
    }
    const bool released = verdict.passing == Verdict::Passing::at_release;
    const bool forever = released || verdict.passing == Verdict::Passing::withhold;
    const TimePoint due = forever ? never : clock_.now() + verdict.delay;
    const std::vector<Event> nobody;
    const std::vector<Event>& holding = released ? fired : nobody;
    const bool there = co_await wait_with_client(due, holding);
    if (!there) co_return false;
    // The first part has gone already, with the content in front of it.
    for (std::size_t i = 1; i < verdict.parts.size() && !end.empty(); ++i) {
        const Verdict::Part& part = verdict.parts[i];
        const bool still = co_await wait_with_client(clock_.now() + part.pause, nobody);
        if (!still) co_return false;
        const bool last = i + 1 == verdict.parts.size();
        if (last && verdict.swallow_last_part) {
            silent_ = true;
            co_return false;
        }
        const std::size_t size = last ? end.size() : std::min<std::size_t>(part.bytes, end.size());
        const bool given = co_await to_server_.send(end.substr(0, size));
        if (!given) co_return false;
        end.remove_prefix(size);
    }
    if (end.empty()) co_return true;
    const bool given = co_await to_server_.send(end);
    co_return given;
}

/// Waits until then, or until one of the rules that hold lets go. False when the client has gone
/// before.
Task<bool> Session::wait_with_client(TimePoint due, const std::vector<Event>& holding) {
    const std::uint64_t releases = context_.rules.releases(holding);
    world::TaskScope reading(clock_.ready());
    if (clock_.now() < due) reading.spawn(read_on());
    while (clock_.now() < due && !client_left_ && context_.rules.releases(holding) == releases)
        co_await world::within(clock_, due, changed_.wait());
    co_return !client_left_;
}

/// Reading on is how a client that goes away is noticed. What it says goes to the server later.
Task<> Session::read_on() {
    const TimePoint began = clock_.now();
    bool in_vain = false;
    while (from_client_.size() <= unread_limit) {
        const Result<std::size_t> bytes = co_await client_->read_some(client_buffer_);
        if (!bytes) {
            // What it said behind its content may be that it only waits for the answer.
            const std::size_t line =
                from_client_.rfind('\n', std::max<std::size_t>(from_client_.size(), 2) - 2);
            const std::string_view last = std::string_view(from_client_).substr(line + 1);
            if (bytes.error() == world::Error::end_of_stream && is_quit(last) && !in_vain)
                co_return;
            client_left_ = true;
            changed_.notify_all();
            co_return;
        }
        from_client_.append(client_buffer_.data(), *bytes);
        in_vain = clock_.now() - began > quit_behind_dot;
    }
}

}  // namespace twofifty::netem
