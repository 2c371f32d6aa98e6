// The files of servers/ as texts in the program, so that it needs none of them beside it. Made by
// the build (cmake/EmbedServers.cmake).
#pragma once

#include <span>
#include <string_view>

namespace twofifty::harness {

struct EmbeddedServerFile {
    std::string_view server{};
    std::string_view path{};  ///< Within servers/<server>.
    std::string_view text{};
};

std::span<const EmbeddedServerFile> embedded_server_files();

}  // namespace twofifty::harness
