// A server adapter: how one real mail server is installed, configured, started and looked at. It is
// data, a folder of servers/ or of the user's; the program carries all of servers/ in itself.
// docs/servers.md is its manual.
#pragma once

#include "record/time.hpp"
#include "settings/value.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace twofifty::harness {

/// A program and its arguments; each is a template.
using CommandWords = std::vector<std::string>;

struct AdapterVersion {
    CommandWords run{};
    std::string pattern{};   ///< The first group is the version.
    std::string at_least{};  ///< Empty: any.
};

struct AdapterFolder {
    std::string path{};   ///< In the private directory.
    std::string owner{};  ///< A user of the server's world.
    std::string mode{};   ///< Octal digits.
};

/// How the server's world differs from the machine.
struct AdapterInside {
    std::string hostname{};
    /// A file or folder of the machine, and what is seen in its place: a path in the private
    /// directory, or an absolute one.
    std::vector<std::pair<std::string, std::string>> bind{};
    std::vector<AdapterFolder> folders{};
    std::string disk{};  ///< The folder that a scenario's `disk` bounds; empty: none can be.
};

struct AdapterStart {
    std::map<std::string, std::string> environment{};
    std::vector<CommandWords> prepare{};
    CommandWords run{};
    Duration ready_within = std::chrono::seconds{20};
    int stop_signal = 15;
    Duration stop_within = std::chrono::seconds{10};
};

/// Where mail ends that is not relayed. At most one of the first three is set.
struct AdapterCopies {
    std::string maildir{};  ///< In the private directory; may hold {user} and {recipient}.
    std::string mbox{};     ///< Likewise.
    std::string imap{};     ///< The name of the port.
    std::string user{};     ///< For IMAP; may hold {user} and {recipient}.
    std::string password{};
    bool suppresses = false;  ///< What is counted there has passed its own suppression.
};

struct AdapterTimeouts {
    std::vector<std::string> can_set{};  ///< Names of phases.
    bool retry = false;
    std::string why_not{};
};

enum class QueueFormat : std::uint8_t { none, postqueue, exim, sendmail, smtpctl, haraka, files };

struct AdapterQueue {
    QueueFormat format = QueueFormat::none;
    CommandWords run{};
    std::string folder{};  ///< In the private directory, for formats that are files.
    CommandWords flush{};
};

/// What a line of its log can mean.
enum class LogMeaning : std::uint8_t {
    may_be_sent_twice,
    client_gone,
    suppressed,
    deferred,
    bounced,
};
inline constexpr std::array log_meaning_names{
    std::string_view{"may_be_sent_twice"}, std::string_view{"client_gone"},
    std::string_view{"suppressed"}, std::string_view{"deferred"}, std::string_view{"bounced"}};
constexpr std::string_view to_string(LogMeaning meaning) {
    return log_meaning_names[static_cast<std::size_t>(meaning)];
}

struct AdapterLogLine {
    LogMeaning means = LogMeaning::deferred;
    std::string pattern{};  ///< ECMAScript; the first group that matched is the queue id.
};

struct AdapterFile {
    std::string path{};
    std::string text{};  ///< A template.
    bool executable = false;
};

struct Adapter {
    std::string name{};
    std::string summary{};
    bool lmtp = false;   ///< It takes LMTP, else SMTP.
    bool sends = false;  ///< It relays, and can be the sender under test.
    std::vector<std::string> packages{};
    std::vector<std::string> unpacked{};
    std::vector<std::string> npm{};
    std::string program{};             ///< May begin with {{programs}}.
    std::vector<std::string> ports{};  ///< Beside the one for mail.
    AdapterVersion version{};
    AdapterInside inside{};
    AdapterStart start{};
    AdapterCopies copies{};
    AdapterTimeouts timeouts{};
    std::map<std::string, std::string> option_lines{};  ///< By section; templates.
    AdapterQueue queue{};
    std::vector<std::string> log_files{};
    std::string syslog{};  ///< In the private directory: what it says to /dev/log; empty: nothing.
    std::vector<AdapterLogLine> log_lines{};
    std::vector<AdapterFile> files{};
};

/// The names of the servers that the program carries, in alphabetical order.
std::vector<std::string_view> adapter_names();

/// The adapter of that name. Throws settings::Error that names the nearest one where there is none,
/// with `place` and `key`, where it was asked for.
const Adapter& find_adapter(std::string_view name, const settings::Place& place = {},
                            std::string_view key = "server");

/// Reads one: `files` are those of its folder, server.toml among them. Throws settings::Error.
Adapter read_adapter(const std::string& name, std::vector<AdapterFile> files,
                     const std::string& source);

}  // namespace twofifty::harness
