// A run that starts its own servers, through the program itself, and what it left: the summary, the
// ledger, and the servers' own files, read here by code that knows nothing of the harness.
#pragma once

#include "tests/cli/child.hpp"

#include <boost/json.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace twofifty::servers {

/// How many there are of each message, by "run-id.ordinal".
using Counts = std::map<std::string, int>;

class RealRun {
public:
    /// Runs the scenario to its end, in a folder of its own.
    explicit RealRun(const std::string& scenario,
                     const std::map<std::string, std::string>& files_beside_it = {});

    const cli::Ended& ended() const { return ended_; }
    /// What failed assertions print.
    std::string story() const;
    std::filesystem::path results() const { return folder_ / "results/latest"; }
    /// The private directory of a server.
    std::filesystem::path server(const std::string& name) const {
        return results() / "servers" / name;
    }

    /// A number of the summary: "verdicts.once".
    std::int64_t figure(std::string_view path) const;
    /// What is in the summary of a real server: its log's lines of that meaning.
    std::int64_t said(std::string_view server, std::string_view meaning) const;
    /// What was done to it, in order.
    std::vector<std::string> changes(std::string_view server) const;
    const boost::json::object& summary() const { return summary_; }

    /// Messages in the files below a folder of a server, each by the token in its header.
    Counts found_below(const std::filesystem::path& folder) const;
    /// The transactions that the layer saw accepted.
    Counts accepted() const;

    /// When attempts to send this message began, by the ledger, in order.
    std::vector<std::chrono::nanoseconds> attempts_of(std::uint32_t message) const;

    cli::Ended diagnose() const;

private:
    const boost::json::object* account_of(std::string_view server) const;

    cli::TempFolder folder_;
    cli::Ended ended_;
    boost::json::object summary_;
};

}  // namespace twofifty::servers
