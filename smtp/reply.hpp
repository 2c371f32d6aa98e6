#pragma once

#include <boost/system/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace twofifty::smtp {

/// RFC 3463: class.subject.detail.
struct EnhancedCode {
    std::uint16_t kind = 0;
    std::uint16_t subject = 0;
    std::uint16_t detail = 0;

    bool operator==(const EnhancedCode&) const = default;
};

/// One complete reply as it stood on the wire, all its lines.
struct Reply {
    std::uint16_t code = 0;
    std::string raw;  ///< Every line with its code and CRLF.

    bool positive() const { return code >= 200 && code < 300; }
    bool transient() const { return code >= 400 && code < 500; }
    bool permanent() const { return code >= 500 && code < 600; }

    /// The texts of the lines, without code, separator and CRLF.
    std::vector<std::string_view> lines() const;
    /// The text of the first line.
    std::string_view text() const;
    /// The enhanced code at the start of the first line's text; nothing where there is none, or its
    /// class is not the code's.
    std::optional<EnhancedCode> enhanced_code() const;

    bool operator==(const Reply&) const = default;
};

/// The queue id that a server names in its reply to the end of data: Postfix and the reference
/// receiver ("queued as X"), Exim ("OK id=X"), Sendmail and OpenSMTPD ("X Message accepted for
/// delivery"), Haraka ("Message Queued (X)"), qmail ("ok N qp X"). Empty where none is recognised,
/// and where the reply is not 2xx.
std::string_view queue_id(const Reply& reply);

/// Cuts replies out of a stream of bytes, however it is split. Accepts lines that end in CRLF, and
/// in a bare LF, as clients do (a reply has no ambiguity there). After an error it stays failed.
class ReplyParser {
public:
    /// Takes the bytes up to the end of the next reply, or all of them. Returns how many were
    /// taken; on an error, none are. REQUIRES: no reply is complete. Errors: reply_malformed,
    /// reply_code_changed, reply_line_too_long, reply_too_many_lines (smtp::Error).
    boost::system::result<std::size_t> feed(std::string_view bytes);

    /// True when a reply is complete; then take() must be called before more is fed.
    bool complete() const { return complete_; }
    /// REQUIRES: complete().
    Reply take();

    /// Bytes of an unfinished reply held so far.
    std::size_t pending() const { return reply_.raw.size(); }
    /// Hands out those bytes and forgets them, for one who passes on what is no SMTP (any more).
    std::string take_unfinished();

private:
    boost::system::error_code end_line();

    Reply reply_;
    std::size_t line_start_ = 0;
    std::size_t line_count_ = 0;
    bool complete_ = false;
    boost::system::error_code failed_;
};

}  // namespace twofifty::smtp
