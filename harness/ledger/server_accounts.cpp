#include "harness/ledger/server_accounts.hpp"

namespace twofifty::harness {

void ServerAccounts::add_change(const Event& changed) {
    ServerAccount& server = servers_[changed.node];
    server.number = changed.node;
    const bool starts = changed.text.starts_with(start);
    if (starts) server.program = changed.text.substr(start.size());
    server.changes.push_back(
        {changed.at.time_since_epoch(), starts ? "start" : changed.text, changed.duration});
}

void ServerAccounts::add_line(const Event& said) {
    ServerAccount& server = servers_[said.node];
    server.number = said.node;
    const std::size_t colon = said.text.find(": ");
    if (colon == std::string::npos) return;
    if (++server.said[said.text.substr(0, colon)] == 1)
        server.lines.push_back(said.text.substr(colon + 2));
}

std::vector<ServerAccount> ServerAccounts::accounts() const {
    std::vector<ServerAccount> accounts;
    for (const auto& [number, server] : servers_) accounts.push_back(server);
    return accounts;
}

}  // namespace twofifty::harness
