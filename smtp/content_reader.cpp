#include "smtp/content_reader.hpp"

#include "record/text.hpp"
#include "record/token.hpp"
#include "smtp/limits.hpp"
#include "world/random.hpp"

namespace twofifty::smtp {
namespace {

/// Headers longer than this say nothing we look for; their rest is not kept.
constexpr std::size_t header_limit = 4096;

/// What is longer than a line of text is no Message-ID (RFC 5322 3.6.4), whatever it calls itself.
constexpr std::size_t message_id_limit = text_line_limit;

/// " ... id ABC; date" names the queue id of the server that wrote the header (RFC 5321 4.4).
std::string_view id_clause(std::string_view received) {
    const std::size_t id = received.find(" id ");
    if (id == std::string_view::npos) return {};
    const std::string_view rest = trim(received.substr(id + 4));
    return rest.substr(0, rest.find_first_of(" \t;"));
}

}  // namespace

void ContentReader::reset() {
    part_.reset();
    line_.clear();
    header_.clear();
    message_id_.clear();
    token_.clear();
    queue_id_.clear();
    first_queue_id_.clear();
    trace_.clear();
    date_.clear();
    delivered_to_.clear();
    original_to_.clear();
    size_ = 0;
    received_headers_ = 0;
    in_body_ = false;
}

void ContentReader::add(std::string_view piece) {
    size_ += piece.size();
    if (!in_body_) piece = add_headers(piece);
    if (!piece.empty()) part_.add(piece);
}

/// Yields what stands behind the headers' end.
std::string_view ContentReader::add_headers(std::string_view piece) {
    std::string_view rest = piece;
    while (!in_body_ && !rest.empty()) {
        const std::size_t end = rest.find('\n');
        const std::string_view line = rest.substr(0, end == std::string_view::npos ? end : end + 1);
        rest.remove_prefix(line.size());
        // Most lines come in one piece.
        const bool whole = line_.empty() && end != std::string_view::npos;
        if (!whole && line_.size() < header_limit) line_.append(line);
        if (end == std::string_view::npos) break;
        end_header_line(whole ? line : line_);
        line_.clear();
    }
    part_.add(piece.substr(0, piece.size() - rest.size()));
    if (in_body_) {
        headers_digest_ = part_.value();
        part_.reset();
    }
    return rest;
}

void ContentReader::end_header_line(std::string_view line) {
    if (line.ends_with('\n')) line.remove_suffix(1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    const bool continues = !line.empty() && (line.front() == ' ' || line.front() == '\t');
    if (!continues) end_header();
    if (line.empty()) in_body_ = true;
    if (header_.size() < header_limit) header_.append(line);
}

void ContentReader::end_header() {
    const std::string_view header = header_;
    const std::size_t colon = header.find(':');
    if (colon != std::string_view::npos) {
        const std::string_view name = trim(header.substr(0, colon));
        const std::string_view value = trim(header.substr(colon + 1));
        if (equals_ignoring_case(name, "Received")) {
            const std::string_view id = id_clause(header);
            if (++received_headers_ == 1) queue_id_ = id;
            if (token_.empty()) trace_.emplace_back(header);
            if (token_.empty() && !id.empty()) first_queue_id_ = id;
        } else if (message_id_.empty() && equals_ignoring_case(name, "Message-ID")) {
            if (value.size() <= message_id_limit) message_id_ = value;
        } else if (date_.empty() && equals_ignoring_case(name, "Date")) {
            if (value.size() <= text_line_limit) date_ = value;
        } else if (equals_ignoring_case(name, token_header)) {
            token_ = value;
        } else if (delivered_to_.empty() && equals_ignoring_case(name, "Delivered-To")) {
            delivered_to_ = value;
        } else if (original_to_.empty() && equals_ignoring_case(name, "X-Original-To")) {
            original_to_ = value;
        }
    }
    header_.clear();
}

std::uint64_t ContentReader::whole_digest() const {
    const std::uint64_t headers = in_body_ ? headers_digest_ : part_.value();
    return world::fold(world::fold(headers, body_digest()), size_);
}

}  // namespace twofifty::smtp
