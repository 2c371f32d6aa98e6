#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace twofifty::smtp {

/// Base64 (RFC 4648 section 4), as AUTH uses it.
std::string base64_encode(std::string_view bytes);

/// Nothing where the text is not canonical base64.
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace twofifty::smtp
