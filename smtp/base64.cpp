#include "smtp/base64.hpp"

#include <cstdint>

namespace twofifty::smtp {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string base64_encode(std::string_view bytes) {
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::string_view group = bytes.substr(i, 3);
        std::uint32_t bits = 0;
        for (std::size_t j = 0; j < 3; ++j)
            bits = bits << 8 | (j < group.size() ? static_cast<unsigned char>(group[j]) : 0U);
        for (std::size_t j = 0; j < 4; ++j)
            text += j <= group.size() ? alphabet[bits >> (18 - 6 * j) & 63U] : '=';
    }
    return text;
}

std::optional<std::string> base64_decode(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    std::string bytes;
    for (std::size_t i = 0; i < text.size(); i += 4) {
        std::string_view group = text.substr(i, 4);
        const bool last = i + 4 == text.size();
        while (last && group.size() > 2 && group.ends_with('=')) group.remove_suffix(1);
        std::uint32_t bits = 0;
        for (std::size_t j = 0; j < 4; ++j) {
            const std::size_t value = j < group.size() ? alphabet.find(group[j]) : 0;
            if (value == std::string_view::npos) return std::nullopt;
            bits = bits << 6 | static_cast<std::uint32_t>(value);
        }
        for (std::size_t j = 0; j + 1 < group.size(); ++j)
            bytes += static_cast<char>(bits >> (16 - 8 * j) & 255U);
    }
    // Unused bits must be zero, so that each value has one spelling.
    if (base64_encode(bytes) != text) return std::nullopt;
    return bytes;
}

}  // namespace twofifty::smtp
