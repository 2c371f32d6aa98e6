#include "harness/observe/observer.hpp"

#include "record/text.hpp"
#include "record/token.hpp"
#include "world/deadline.hpp"

#include <algorithm>
#include <optional>

namespace twofifty::harness {
namespace {

constexpr Duration look_interval = std::chrono::milliseconds{200};
constexpr std::size_t recorded_text_limit = 200;

std::string replaced(std::string text, std::string_view what, std::string_view by) {
    for (std::size_t at = text.find(what); at != std::string::npos;
         at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
    return text;
}

std::string_view without_brackets(std::string_view address) {
    if (address.starts_with('<') && address.ends_with('>'))
        return address.substr(1, address.size() - 2);
    return address;
}

}  // namespace

world::Task<> watch(world::Clock& clock, Observer& observer) {
    while (true) {
        co_await world::sleep_for(clock, look_interval);
        co_await observer.look();
    }
}

void record_copy(const ObserverParts& parts, smtp::ContentReader& reader, std::string_view content,
                 std::uint32_t recipient, const std::string& what) {
    reader.reset();
    // Mailboxes hold LF line ends; digests are of CRLF ones, as on the wire.
    reader.add(with_crlf_line_ends(content));
    Event copy{.at = parts.clock.now(),
               .kind = EventKind::copy_found,
               .node = parts.node,
               .recipient = recipient,
               .quantity = reader.received_headers(),
               .digest = reader.body_digest(),
               .text = reader.queue_id()};
    if (copy.recipient == 0)
        copy.recipient = parts.recipients.number_of(without_brackets(reader.delivered_to()));
    const std::optional<Token> token = parse_token(reader.token());
    if (token && token->run_id == parts.run_id) {
        copy.message = token->ordinal;
        if (copy.recipient == 0) copy.recipient = parts.only_recipient(copy.message);
    } else {
        copy.text = what;
    }
    copy.text.resize(std::min(copy.text.size(), recorded_text_limit));
    parts.recorder.record(std::move(copy));
}

std::string named_after(const std::string& pattern, const std::string& address) {
    const std::string user = address.substr(0, address.rfind('@'));
    return replaced(replaced(pattern, "{recipient}", address), "{user}", user);
}

bool is_per_recipient(const std::string& pattern) {
    return pattern.find("{recipient}") != std::string::npos ||
           pattern.find("{user}") != std::string::npos;
}

}  // namespace twofifty::harness
