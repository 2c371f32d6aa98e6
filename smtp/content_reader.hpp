#pragma once

#include "record/content_digest.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace twofifty::smtp {

/// What a copy says about itself: read from its content as it arrives, in pieces, without keeping
/// it.
class ContentReader {
public:
    void reset();
    /// The next piece of the content (CRLF line ends, not stuffed).
    void add(std::string_view piece);
    /// REQUIRES: all content was added. The digest of what stands behind the empty line.
    std::uint64_t body_digest() const { return in_body_ ? part_.value() : content_digest({}); }
    /// REQUIRES: all content was added. The digest of all of it, headers included.
    std::uint64_t whole_digest() const;
    std::uint64_t size() const { return size_; }
    /// How many Received headers it carries: how often it was handed on.
    std::uint32_t received_headers() const { return received_headers_; }
    /// The value of the first Message-ID, its angle brackets included; empty where there is none,
    /// or one that is longer than a line may be.
    const std::string& message_id() const { return message_id_; }
    /// The value of X-Twofifty-Token; empty where there is none.
    const std::string& token() const { return token_; }
    /// The queue id in the first Received header ("with ESMTP id ABC"): the last server's own;
    /// empty where there is none.
    const std::string& queue_id() const { return queue_id_; }
    /// The queue id in the lowest Received header above the token: of the server that had it first
    /// from its sender, where others have handed it on since. Empty where there is none.
    const std::string& first_queue_id() const { return first_queue_id_; }
    /// The Received headers above the token, from the top, each in one line: who has handed the
    /// message on.
    const std::vector<std::string>& trace() const { return trace_; }
    /// The value of Date; empty where there is none, or one longer than a line.
    const std::string& date() const { return date_; }
    /// The value of Delivered-To, or of X-Original-To where there is no other; empty where there is
    /// neither.
    const std::string& delivered_to() const {
        return delivered_to_.empty() ? original_to_ : delivered_to_;
    }

private:
    std::string_view add_headers(std::string_view piece);
    void end_header_line(std::string_view line);
    void end_header();

    ContentDigest part_;                ///< Of the headers, until they end; then of the body.
    std::uint64_t headers_digest_ = 0;  ///< Once they have ended.
    std::string line_;                  ///< The header line that has begun, cut at a limit.
    std::string header_;                ///< The header under way, unfolded.
    std::string message_id_;
    std::string token_;
    std::string queue_id_;
    std::string first_queue_id_;
    std::vector<std::string> trace_;
    std::string date_;
    std::string delivered_to_;
    std::string original_to_;
    std::uint64_t size_ = 0;
    std::uint32_t received_headers_ = 0;
    bool in_body_ = false;
};

}  // namespace twofifty::smtp
