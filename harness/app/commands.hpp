// The subcommands of the program. Each takes its options as they were given and yields the exit
// code, or throws CommandError or settings::Error.
#pragma once

#include "harness/app/exit_code.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace twofifty::harness {

struct RunOptions {
    std::vector<std::string> scenarios;
    std::vector<std::string> overrides;  ///< key=value
    bool is_virtual = false;
    std::optional<std::uint64_t> seed;
    std::string target;  ///< host:port
    std::string maildir;
    std::string out = "results";
    std::string junit;
    std::vector<std::string> may_send_to;
    bool quiet = false;
};

ExitCode run_command(const RunOptions& options);

struct ProxyCommandOptions {
    std::vector<std::string> listen;    ///< host:port, each with the upstream in its place.
    std::vector<std::string> upstream;  ///< host:port
    std::string rules;                  ///< A file that holds nothing but [[impair]].
    std::string api;                    ///< host:port of the control API; empty: none.
    std::string token;                  ///< What every request to it must bring; empty: nothing.
    std::string out;                    ///< The folder for run folders; empty: nothing is stored.
    std::vector<std::string> expect;    ///< Bounds: "duplicated == 0".
    std::string record;                 ///< The file for the dialogues; empty: none.
    std::string tls = "terminate";      ///< Or "pass", or "implicit".
    std::string certificate;            ///< What clients are shown; empty: one is made.
    std::string key;                    ///< Empty: it stands in the certificate's file.
    std::string verify;  ///< Authorities to believe servers by; empty: any certificate.
    bool lmtp = false;
    std::uint64_t seed = 1;
    std::string lasting;  ///< A duration; empty: until interrupted.
    std::vector<std::string> may_send_to;
    bool quiet = false;
};

/// The impairment layer between a client and a server that are not ours.
ExitCode proxy_command(const ProxyCommandOptions& options);

struct ReplayCommandOptions {
    std::string recording;
    std::string target;                       ///< host:port
    std::optional<std::uint32_t> connection;  ///< Nothing: all of them, one behind the other.
    int speed = 0;                            ///< 1: at the recorded times.
    std::vector<std::string> may_send_to;
    bool quiet = false;
};

ExitCode replay_command(const ReplayCommandOptions& options);

struct SweepCommandOptions {
    std::string scenario;
    std::vector<std::string> overrides;  ///< key=value
    std::optional<std::uint64_t> seed;
    unsigned jobs = 0;  ///< Threads; 0: as many as there are cores.
    bool real = false;  ///< On real sockets, one run after the other.
    bool yes = false;   ///< However long it takes.
    std::string out = "results";
    std::vector<std::string> may_send_to;
    bool quiet = false;
};

ExitCode sweep_command(const SweepCommandOptions& options);

ExitCode check_command(const std::vector<std::string>& scenarios,
                       const std::vector<std::string>& overrides);

ExitCode report_command(const std::string& run, const std::string& junit, bool quiet);

/// Why messages of a run exist more than once.
ExitCode diagnose_command(const std::string& run, bool as_json);

struct CompareCommandOptions {
    std::string first;  ///< A run's or a sweep's folder, or its JSON file.
    std::string second;
    std::vector<std::string> bounds;
    bool significant = false;  ///< Only a significant difference exceeds a bound.
    bool json = false;
};

ExitCode compare_command(const CompareCommandOptions& options);

/// What the program knows of real servers. `role`: "sender", "receiver", or empty for both.
ExitCode profiles_list_command();
ExitCode profiles_show_command(const std::string& name, const std::string& role);
ExitCode profiles_diff_command(const std::string& first, const std::string& second,
                               const std::string& role);

/// The real servers that a run can start, and which are installed.
ExitCode servers_list_command();
/// Starts one, says where it listens, and keeps it until it is interrupted.
ExitCode servers_run_command(const std::string& name, std::uint16_t port, const std::string& out);
/// Starts each of them once, and stops it.
ExitCode servers_check_command(const std::vector<std::string>& names, const std::string& out);

/// Ends what runs that were killed have left behind, below a folder of results, and says so.
ExitCode clean_command(const std::string& results);

/// Writes a commented scenario; never over an existing file.
ExitCode init_command(const std::string& path);

}  // namespace twofifty::harness
