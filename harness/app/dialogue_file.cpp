#include "harness/app/dialogue_file.hpp"

#include "harness/app/exit_code.hpp"
#include "smtp/base64.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>

namespace twofifty::harness {
namespace {

namespace json = boost::json;

using What = DialogueEvent::What;
using Who = DialogueEvent::Who;

constexpr std::array<std::string_view, 2> who_names{"client", "server"};
constexpr std::array<std::string_view, 4> what_names{"opened", "bytes", "ended", "lost"};

std::string_view name_of(What what) {
    return what_names[static_cast<std::size_t>(what)];
}

/// How many bytes the UTF-8 character in front takes; 0 where it is none, or one that does not
/// show.
std::size_t character(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    if (byte(0) < 0x80) {
        const bool shows = byte(0) >= 0x20 && byte(0) != 0x7f;
        const bool white = byte(0) == '\r' || byte(0) == '\n' || byte(0) == '\t';
        return shows || white ? 1 : 0;
    }
    const std::size_t size = byte(0) >= 0xf0 ? 4 : byte(0) >= 0xe0 ? 3 : 2;
    if (byte(0) < 0xc2 || byte(0) > 0xf4 || text.size() < size) return 0;
    for (std::size_t i = 1; i < size; ++i)
        if ((byte(i) & 0xc0) != 0x80) return 0;
    // Overlong forms, surrogates, and what lies beyond Unicode.
    const unsigned lead = byte(0);
    const unsigned next = byte(1);
    if ((lead == 0xe0 && next < 0xa0) || (lead == 0xed && next > 0x9f)) return 0;
    if ((lead == 0xf0 && next < 0x90) || (lead == 0xf4 && next > 0x8f)) return 0;
    // C1 control characters.
    if (lead == 0xc2 && next < 0xa0) return 0;
    return size;
}

bool is_text(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::size_t size = character(bytes);
        if (size == 0) return false;
        bytes.remove_prefix(size);
    }
    return true;
}

/// What of an event stands in its own key.
std::string_view key_of(const DialogueEvent& event) {
    switch (event.what) {
        case What::opened: return "address";
        case What::ended: return "how";
        case What::lost: return "events";
        case What::bytes: break;
    }
    return is_text(event.bytes) ? "text" : "base64";
}

template <std::size_t size>
std::size_t choice(const json::value& value, const std::array<std::string_view, size>& names) {
    for (std::size_t i = 0; i < size; ++i)
        if (value.as_string() == names[i]) return i;
    throw std::runtime_error(fmt::format("{} is unknown", json::serialize(value)));
}

DialogueEvent read_event(std::string_view line) {
    const json::value value = json::parse({line.data(), line.size()});
    DialogueEvent event;
    event.connection = value.at("connection").to_number<std::uint32_t>();
    event.at = TimePoint{} +
               Duration{static_cast<std::int64_t>(value.at("at_ms").to_number<double>() * 1e6)};
    event.who = static_cast<Who>(choice(value.at("who"), who_names));
    event.what = static_cast<What>(choice(value.at("what"), what_names));
    const json::object& object = value.as_object();
    if (const json::value* const encoded = object.if_contains("base64")) {
        std::optional<std::string> bytes = smtp::base64_decode(encoded->as_string());
        if (!bytes) throw std::runtime_error("base64 holds what is no base64");
        event.bytes = std::move(*bytes);
        return event;
    }
    event.bytes = value.at(key_of(event)).as_string();
    return event;
}

}  // namespace

std::string to_json_line(const DialogueEvent& event) {
    const std::string_view key = key_of(event);
    const std::string value = key == "base64" ? smtp::base64_encode(event.bytes) : event.bytes;
    return fmt::format(
        R"({{"connection": {}, "at_ms": {:.3f}, "who": "{}", "what": "{}", "{}": {}}})"
        "\n",
        event.connection, to_ms(event.at - TimePoint{}),
        who_names[static_cast<std::size_t>(event.who)], name_of(event.what), key,
        json::serialize(json::string(value)));
}

std::vector<DialogueEvent> read_dialogue_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file)
        throw CommandError(ExitCode::bad_input,
                           fmt::format("cannot read {}: {}", path, std::strerror(errno)));
    std::vector<DialogueEvent> events;
    std::size_t number = 0;
    for (std::string line; std::getline(file, line);) {
        ++number;
        if (line.empty()) continue;
        try {
            events.push_back(read_event(line));
        } catch (const std::exception& error) {
            // A proxy that was killed leaves half a line at the end.
            if (file.eof()) break;
            throw CommandError(ExitCode::bad_input, fmt::format("{}:{}: no line of a recording: {}",
                                                                path, number, error.what()));
        }
    }
    return events;
}

}  // namespace twofifty::harness
