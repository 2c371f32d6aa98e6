// The token that joins a copy, an attempt and a dialogue to a message: `run-id.ordinal`. It travels
// in MAIL FROM
// (`tf.<run-id>.<ordinal>@<domain>`), in the header X-Twofifty-Token and in the first line of the
// body.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace twofifty {

struct Token {
    std::string run_id;
    std::uint32_t ordinal = 0;

    bool operator==(const Token&) const = default;
};

/// In front of the token in the local part of the envelope sender.
inline constexpr std::string_view sender_prefix = "tf.";
inline constexpr std::string_view token_header = "X-Twofifty-Token";
inline constexpr std::string_view digest_header = "X-Twofifty-Digest";

/// "run-id.ordinal", as it stands in header and body.
std::string to_string(const Token& token);

/// Reads "run-id.ordinal". Nothing where it is anything else, an ordinal of 0 or above 2^32-1
/// included.
std::optional<Token> parse_token(std::string_view text);

/// The local part of the envelope sender: "tf.run-id.ordinal".
std::string sender_local_part(const Token& token);

/// The ordinal of a reverse-path such as "tf.1a2b.7@sender.test" that carries `run_id`; 0 for any
/// other. Does not allocate.
std::uint32_t ordinal_of_sender(std::string_view mailbox, std::string_view run_id);

}  // namespace twofifty
