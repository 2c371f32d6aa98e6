#include "harness/servers/farm.hpp"

#include <algorithm>

namespace twofifty::harness {

Farm::Farm(const Scenario& scenario, const std::filesystem::path& folder) {
    const std::filesystem::path base = std::filesystem::absolute(folder) / "servers";
    const auto add = [&](const ServerSettings& settings, const std::string& name,
                         std::uint16_t number) {
        const Adapter& adapter = find_adapter(settings.server);
        servers_.push_back(
            std::make_unique<RealServer>(adapter, settings, ServerPlace{name, base / name}));
        members_.push_back({servers_.back().get(), number});
    };
    const std::span<const ReceiverSettings> receivers = scenario.target.receivers();
    for (std::size_t i = 0; i < receivers.size(); ++i)
        if (receivers[i].is_real())
            add(receivers[i].real, receivers[i].name, static_cast<std::uint16_t>(i + 1));
    if (scenario.sender.server.empty()) return;
    add(scenario.sender, std::string(sender_name), number_of_sender(scenario));
    sender_ = servers_.back().get();
}

RealServer* Farm::receiver(std::size_t place) const {
    const auto found = std::ranges::find(members_, place + 1, &Member::number);
    return found == members_.end() || found->server == sender_ ? nullptr : found->server;
}

const Farm::Member& Farm::named(std::string_view name) const {
    return *std::ranges::find_if(
        members_, [&](const Member& member) { return member.server->name() == name; });
}

void Farm::start() {
    for (const auto& server : servers_) server->start();
}

void Farm::stop() {
    // The one that sends first: it should not lose its receivers while it works.
    for (auto server = servers_.rbegin(); server != servers_.rend(); ++server) (*server)->stop();
}

void Farm::set_queued(std::uint64_t messages) {
    queued_.store(static_cast<std::uint32_t>(std::min<std::uint64_t>(messages, UINT32_MAX)),
                  std::memory_order_relaxed);
}

std::uint16_t number_of_sender(const Scenario& scenario) {
    return static_cast<std::uint16_t>(scenario.target.receivers().size() + 1);
}

}  // namespace twofifty::harness
