#include "netem/selector.hpp"

#include "record/text.hpp"
#include "smtp/reply.hpp"

#include <algorithm>

namespace twofifty::netem {
namespace {

bool fits_reply(int wanted, int code) {
    if (wanted == 0) return true;
    return wanted < 10 ? code / 100 == wanted : code == wanted;
}

bool fits_recipient(const std::string& pattern, const Passing& passing) {
    if (!passing.recipient.empty()) return matches_pattern(pattern, passing.recipient);
    return passing.recipients != nullptr &&
           std::any_of(
               passing.recipients->begin(), passing.recipients->end(),
               [&](const std::string& address) { return matches_pattern(pattern, address); });
}

/// The text of the reply's first line, behind the code.
std::string_view text_of(std::string_view reply) {
    reply = reply.substr(0, reply.find('\n'));
    if (reply.ends_with('\r')) reply.remove_suffix(1);
    return reply.substr(std::min<std::size_t>(4, reply.size()));
}

bool fits_words(const Selector& when, const Passing& passing) {
    const std::string_view text = text_of(passing.bytes);
    if (!when.text.empty() && !matches_pattern(when.text, text)) return false;
    return when.enhanced.empty() || matches_pattern(when.enhanced, first_word(text));
}

bool fits_content(const Selector& when, const Passing& passing) {
    if (passing.size < when.size_least || passing.size > when.size_most) return false;
    return when.ended_by == EndOfData::any || (when.ended_by == EndOfData::bdat) == passing.chunked;
}

}  // namespace

bool fits_receiver(const Selector& when, std::string_view receiver) {
    return when.receiver.empty() || matches_pattern(when.receiver, receiver);
}

bool fits(const Selector& when, const Passing& passing) {
    const bool content = passing.phase == Phase::data_xfer && passing.code == 0;
    if (content && when.phase != Phase::data_xfer) return false;
    if (when.phase != Phase::none && when.phase != passing.phase) return false;
    if (when.phase == Phase::data_xfer && !content) return false;
    if (!fits_reply(when.reply, passing.code)) return false;
    if (when.attempt != 0 && when.attempt != passing.attempt) return false;
    if (when.connection != 0 && when.connection != passing.connection) return false;
    if (when.transaction != 0 && when.transaction != passing.transaction) return false;
    if (!fits_content(when, passing)) return false;
    if (!fits_receiver(when, passing.receiver)) return false;
    if (!when.sender.empty() && !matches_pattern(when.sender, passing.sender)) return false;
    if (!when.recipient.empty() && !fits_recipient(when.recipient, passing)) return false;
    return (when.text.empty() && when.enhanced.empty()) || fits_words(when, passing);
}

bool within_window(const Selector& when, TimePoint at) {
    const Duration time = at.time_since_epoch();
    return when.from <= time && time < when.until;
}

}  // namespace twofifty::netem
