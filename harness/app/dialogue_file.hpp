// Recorded dialogues as a file: one JSON object a line, in the order in which things happened at
// the layer, before any rule acted on them. docs/proxy.md describes it to the user.
#pragma once

#include "record/time.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace twofifty::harness {

struct DialogueEvent {
    enum class Who : std::uint8_t { client, server };
    enum class What : std::uint8_t {
        opened,  ///< The client connected; `bytes` is its endpoint.
        bytes,
        ended,  ///< That side has ended its direction; `bytes` says how, as an error's name.
        lost,   ///< So many events (the number in `bytes`) are missing: the disk was too slow.
    };

    std::uint32_t connection = 0;
    TimePoint at{};
    Who who = Who::client;
    What what = What::bytes;
    std::string bytes{};

    bool operator==(const DialogueEvent&) const = default;
};

/// One line, with its line end.
std::string to_json_line(const DialogueEvent& event);

/// Reads a file of such lines. Keys that are not known are left alone. Throws CommandError
/// (bad_input) that names the file and the line.
std::vector<DialogueEvent> read_dialogue_file(const std::string& path);

}  // namespace twofifty::harness
