#include "tests/servers/real_run.hpp"

#include "harness/ledger/ledger.hpp"

#include <algorithm>
#include <fstream>

namespace twofifty::servers {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using namespace std::chrono_literals;

/// A server may be slow to start beside another test's, under a sanitizer.
constexpr std::chrono::seconds run_limit = 100s;

std::string_view view(const json::value& value) {
    return {value.as_string().data(), value.as_string().size()};
}

/// Every line of a header names a field or goes on with one; a server's index files do not look so.
bool is_header_line(std::string_view line) {
    const std::size_t colon = line.find(':');
    const bool is_field =
        colon != 0 && colon != std::string_view::npos &&
        std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(colon),
                    [](char c) { return c > ' ' && c < 127; });
    return is_field || line.starts_with(' ') || line.starts_with('\t');
}

/// The token in a message's header; empty where the file is no message of a run.
std::string token_in(const fs::path& path) {
    constexpr std::string_view header = "X-Twofifty-Token: ";
    std::ifstream file(path, std::ios::binary);
    for (std::string line; std::getline(file, line);) {
        if (line.ends_with('\r')) line.pop_back();
        if (!is_header_line(line)) break;
        if (line.starts_with(header)) return line.substr(header.size());
    }
    return {};
}

}  // namespace

RealRun::RealRun(const std::string& scenario, const std::map<std::string, std::string>& files) {
    for (const auto& [name, text] : files) folder_.write(name, text);
    folder_.write("s.toml", scenario);
    ended_ = cli::twofifty({"run", "s.toml"}, folder_.path(), {}, run_limit);
    if (fs::exists(results() / "summary.json"))
        summary_ = json::parse(cli::read_text(results() / "summary.json")).as_object();
}

std::string RealRun::story() const {
    return ended_.story();
}

std::int64_t RealRun::figure(std::string_view path) const {
    const json::object* object = &summary_;
    while (path.find('.') != std::string_view::npos) {
        const json::value* const inner = object->if_contains(path.substr(0, path.find('.')));
        if (inner == nullptr) return -1;
        object = &inner->as_object();
        path.remove_prefix(path.find('.') + 1);
    }
    const json::value* const value = object->if_contains(path);
    return value == nullptr ? -1 : value->to_number<std::int64_t>();
}

const json::object* RealRun::account_of(std::string_view server) const {
    const json::value* const servers = summary_.if_contains("servers");
    if (servers == nullptr) return nullptr;
    for (const json::value& account : servers->as_array())
        if (view(account.at("name")) == server) return &account.as_object();
    return nullptr;
}

std::int64_t RealRun::said(std::string_view server, std::string_view meaning) const {
    const json::object* const account = account_of(server);
    if (account == nullptr) return -1;
    const json::value* const lines = account->at("said").as_object().if_contains(meaning);
    return lines == nullptr ? 0 : lines->to_number<std::int64_t>();
}

std::vector<std::string> RealRun::changes(std::string_view server) const {
    std::vector<std::string> changes;
    if (const json::object* const account = account_of(server))
        for (const json::value& change : account->at("changes").as_array())
            changes.emplace_back(view(change.at("what")));
    return changes;
}

Counts RealRun::found_below(const fs::path& folder) const {
    Counts counts;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file()) continue;
        const std::string token = token_in(entry.path());
        if (!token.empty()) ++counts[token];
    }
    return counts;
}

Counts RealRun::accepted() const {
    const auto ledger = harness::Ledger::open((results() / "ledger.sqlite").string());
    const std::string run_id = ledger.run("run_id");
    Counts counts;
    ledger.for_each_event([&](const Event& event) {
        if (event.kind == EventKind::transaction_accepted)
            ++counts[run_id + "." + std::to_string(event.message)];
    });
    return counts;
}

std::vector<std::chrono::nanoseconds> RealRun::attempts_of(std::uint32_t message) const {
    const auto ledger = harness::Ledger::open((results() / "ledger.sqlite").string());
    std::vector<std::chrono::nanoseconds> attempts;
    ledger.for_each_event([&](const Event& event) {
        if (event.kind == EventKind::attempt_started && event.message == message)
            attempts.push_back(event.at.time_since_epoch());
    });
    std::sort(attempts.begin(), attempts.end());
    return attempts;
}

cli::Ended RealRun::diagnose() const {
    return cli::twofifty({"diagnose", "results/latest"}, folder_.path());
}

}  // namespace twofifty::servers
