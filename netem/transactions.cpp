#include "netem/transactions.hpp"

#include <algorithm>
#include <charconv>

namespace twofifty::netem {
namespace {

std::uint16_t code_of(std::string_view reply) {
    std::uint16_t code = 0;
    const std::string_view digits = reply.substr(0, 3);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code);
    return error == std::errc{} && end == digits.data() + 3 ? code : 0;
}

}  // namespace

Transactions::Transactions(const ProxyContext& context, std::uint32_t connection)
    : context_(context), connection_(connection) {}

Transaction& Transactions::get(std::uint32_t number) {
    if (number == 0) return nobodys_;
    for (Transaction& open : open_)
        if (open.number == number) return open;
    open_.push_back({.number = number, .began = context_.clock.now()});
    return open_.back();
}

const Transaction* Transactions::find(std::uint32_t number) const {
    const auto found = std::ranges::find(open_, number, &Transaction::number);
    return found == open_.end() ? nullptr : &*found;
}

void Transactions::add_content(Transaction& transaction, std::string_view bytes, bool chunked) {
    if (transaction.size == 0) transaction.content_began = context_.clock.now();
    transaction.size += bytes.size();
    transaction.chunked = chunked;
    // Content behind no MAIL is refused; there is nothing to be known.
    if (!context_.identities.reads_content() || transaction.number == 0) return;
    if (!transaction.content) transaction.content = std::make_unique<Transaction::Content>();
    Transaction::Content& content = *transaction.content;
    if (chunked) return content.reader.add(bytes);
    content.unstuffer.feed(bytes, [&](std::string_view run) { content.reader.add(run); });
}

void Transactions::end_content(Transaction& transaction, std::string_view sender,
                               const std::vector<std::string>& recipients) {
    transaction.end_of_data = context_.clock.now();
    transaction.ended = true;
    if (!context_.identities.reads_content() || transaction.number == 0) return;
    if (!transaction.content) transaction.content = std::make_unique<Transaction::Content>();
    transaction.message =
        context_.identities.message_of_content(sender, transaction.content->reader);
    if (transaction.message != 0)
        transaction.attempt = context_.identities.count_attempt(transaction.message);
    introduce(transaction, recipients);
}

void Transactions::on_mail(Transaction& transaction, std::string_view sender) {
    if (context_.identities.reads_content() || transaction.attempt != 0) return;
    transaction.message = context_.identities.message_of_sender(sender);
    if (transaction.message != 0)
        transaction.attempt = context_.identities.count_attempt(transaction.message);
}

/// Where messages are known by their content, nobody else records that they were sent. The judge
/// takes the first `submitted` of a pair as its beginning, and every attempt brings one. It carries
/// no digest: a client may well build the same message anew, and that is no damage on the way.
void Transactions::introduce(Transaction& transaction, const std::vector<std::string>& recipients) {
    if (transaction.message == 0 || !transaction.content) return;
    const std::size_t known = transaction.introduced.size();
    for (const std::string& address : recipients) {
        const std::uint32_t recipient = context_.identities.recipient(address);
        if (recipient == 0 ||
            std::ranges::find(transaction.introduced, recipient) != transaction.introduced.end())
            continue;
        Event submitted = event(EventKind::submitted, transaction);
        submitted.at = transaction.began;
        submitted.recipient = recipient;
        submitted.quantity = static_cast<std::int64_t>(transaction.size);
        context_.recorder.record(std::move(submitted));
        transaction.introduced.push_back(recipient);
        transaction.undecided.push_back(recipient);
    }
    if (known == transaction.introduced.size()) return;
    if (known == 0) note_begin(transaction);
    if (!client_gone_) return;
    const std::vector<std::uint32_t> undecided = transaction.undecided;
    for (const std::uint32_t recipient : undecided)
        end_attempt(transaction, recipient, 0, client_gone_);
}

void Transactions::note_begin(const Transaction& transaction) {
    Event started = event(EventKind::attempt_started, transaction);
    started.at = transaction.began;
    context_.recorder.record(std::move(started));
    Event sent = event(EventKind::content_sent, transaction);
    sent.at = transaction.end_of_data;
    sent.duration = transaction.end_of_data - transaction.content_began;
    context_.recorder.record(std::move(sent));
}

void Transactions::on_data_done(Transaction& transaction, const smtp::Reply& reply,
                                const std::vector<std::string>& recipients,
                                std::string_view recipient) {
    introduce(transaction, recipients);
    if (transaction.message == 0 || !reply.positive()) return;
    Event accepted = event(EventKind::transaction_accepted, transaction);
    accepted.code = reply.code;
    accepted.duration = context_.clock.now() - transaction.end_of_data;
    accepted.text = smtp::queue_id(reply);
    std::vector<Event> copies;
    const auto note = [&](std::string_view address) {
        accepted.recipient = context_.identities.recipient(address);
        // One that could not be remembered is not counted, rather than taken for somebody unknown.
        if (transaction.content && accepted.recipient == 0) return;
        context_.recorder.record(accepted);
        // Nobody looks behind the server: what it accepted is the copy that is counted.
        if (!transaction.content) return;
        Event& copy = copies.emplace_back(accepted);
        copy.kind = EventKind::copy_found;
        copy.node = 1;
        copy.quantity = transaction.content->reader.received_headers();
        copy.digest = transaction.content->reader.body_digest();
    };
    if (!recipient.empty()) {
        note(recipient);
    } else {
        for (const std::string& address : recipients) note(address);
    }
    for (Event& copy : copies) context_.recorder.record(std::move(copy));
}

void Transactions::on_told(Transaction& transaction, std::string_view recipient,
                           std::string_view reply, bool cut) {
    const std::uint16_t code = code_of(reply);
    const std::vector<std::uint32_t> undecided = transaction.undecided;
    const std::uint32_t one = recipient.empty() ? 0 : context_.identities.recipient(recipient);
    // What a client was not told it may still learn while its connection lasts, but for a cut.
    if (code == 0 && !cut) return;
    for (const std::uint32_t number : undecided)
        if (one == 0 || one == number) end_attempt(transaction, number, code, "connection_reset");
}

void Transactions::on_client_gone(const char* why) {
    client_gone_ = why;
    for (Transaction& transaction : open_) {
        const std::vector<std::uint32_t> undecided = transaction.undecided;
        for (const std::uint32_t recipient : undecided) end_attempt(transaction, recipient, 0, why);
    }
}

void Transactions::end_attempt(Transaction& transaction, std::uint32_t recipient,
                               std::uint16_t code, const char* why) {
    std::erase(transaction.undecided, recipient);
    Event ended = event(EventKind::attempt_ended, transaction);
    ended.recipient = recipient;
    ended.phase = Phase::data_done;
    ended.code = code;
    ended.outcome = code == 0 ? Outcome::unknown : outcome_of(code);
    ended.duration = context_.clock.now() - transaction.end_of_data;
    if (code == 0) ended.text = why;
    const bool gave_up = ended.outcome == Outcome::refused_for_good;
    context_.recorder.record(ended);
    // Who was refused for good has nothing left to try; should it do so all the same, what that
    // attempt comes to counts.
    if (!gave_up) return;
    ended.kind = EventKind::gave_up;
    context_.recorder.record(std::move(ended));
}

void Transactions::forget_before(std::uint32_t number) {
    std::erase_if(open_, [&](const Transaction& open) {
        return open.number < number && open.undecided.empty();
    });
}

Event Transactions::event(EventKind kind, const Transaction& transaction) const {
    return {.at = context_.clock.now(),
            .kind = kind,
            .phase = kind == EventKind::transaction_accepted ? Phase::data_done : Phase::none,
            .message = transaction.message,
            .attempt = transaction.attempt,
            .connection = connection_};
}

}  // namespace twofifty::netem
