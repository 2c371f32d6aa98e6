// Bytes are copied once, into the reply that take() hands out; what is held is bounded by
// reply_line_limit times reply_lines_limit, whatever a server sends.
#include "record/check.hpp"
#include "record/text.hpp"
#include "smtp/error.hpp"
#include "smtp/limits.hpp"
#include "smtp/reply.hpp"

#include <algorithm>
#include <utility>

namespace twofifty::smtp {
namespace {

bool all_digits(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return is_digit(c); });
}

/// Whoever speaks another protocol is known by its first bytes, not by the end of a line that may
/// never come.
bool may_begin_reply(std::string_view line) {
    return all_digits(line.substr(0, 3));
}

}  // namespace

boost::system::result<std::size_t> ReplyParser::feed(std::string_view bytes) {
    TF_CHECK(!complete_);
    if (failed_) return failed_;
    const std::size_t held = reply_.raw.size();
    std::size_t taken = 0;
    while (taken < bytes.size() && !complete_) {
        const std::size_t room = reply_line_limit - (reply_.raw.size() - line_start_);
        const std::string_view reach = bytes.substr(taken, room);
        const std::size_t line_end = reach.find('\n');
        const bool ended = line_end != std::string_view::npos;
        const std::size_t size = ended ? line_end + 1 : reach.size();
        reply_.raw.append(reach.data(), size);
        taken += size;
        if (ended) {
            failed_ = end_line();
            // The other lines of a reply mostly come with its first.
            if (!failed_ && !complete_) reply_.raw.reserve(held + bytes.size());
        } else if (!may_begin_reply(std::string_view(reply_.raw).substr(line_start_)))
            failed_ = Error::reply_malformed;
        else if (size == room)
            failed_ = Error::reply_line_too_long;
        if (failed_) {
            reply_.raw.resize(held);
            return failed_;
        }
    }
    return taken;
}

boost::system::error_code ReplyParser::end_line() {
    std::string_view line = std::string_view(reply_.raw).substr(line_start_);
    line.remove_suffix(line.ends_with("\r\n") ? 2 : 1);
    if (line.size() < 3 || !all_digits(line.substr(0, 3))) return Error::reply_malformed;
    if (line.size() > 3 && line[3] != ' ' && line[3] != '-') return Error::reply_malformed;

    const auto digit = [line](std::size_t place) { return line[place] - '0'; };
    const auto code = static_cast<std::uint16_t>(digit(0) * 100 + digit(1) * 10 + digit(2));
    if (line_count_ > 0 && code != reply_.code) return Error::reply_code_changed;
    if (++line_count_ > reply_lines_limit) return Error::reply_too_many_lines;
    reply_.code = code;
    line_start_ = reply_.raw.size();
    complete_ = line.size() == 3 || line[3] == ' ';
    return {};
}

Reply ReplyParser::take() {
    TF_CHECK(complete_);
    complete_ = false;
    line_start_ = 0;
    line_count_ = 0;
    return std::exchange(reply_, Reply{});
}

std::string ReplyParser::take_unfinished() {
    TF_CHECK(!complete_);
    line_start_ = 0;
    line_count_ = 0;
    return std::exchange(reply_, Reply{}).raw;
}

}  // namespace twofifty::smtp
