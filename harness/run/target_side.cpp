#include "harness/run/target_side.hpp"

#include "harness/fleet/message_factory.hpp"

#include <stdexcept>

namespace twofifty::harness {

TargetSide::TargetSide(Place place, Recorder& recorder, const Scenario& scenario,
                       const AddressBook& recipients, const RunIdentity& identity)
    : place_(place), recorder_(recorder), scenario_(scenario), tasks_(place.clock.ready()) {
    if (!scenario.target.server.empty()) {
        for (const ReceiverSettings& settings : scenario.target.receivers()) {
            const auto number = static_cast<std::uint16_t>(receivers_.size() + 1);
            const ReceiverParts parts{place.clock, place.network,   recorder,
                                      recipients,  identity.run_id, number};
            receivers_.push_back(std::make_unique<ReferenceReceiver>(
                parts, settings, scenario.target.protocol, scenario.seed));
        }
    } else if (!scenario.target.maildir.empty()) {
        const auto only_recipient = [&scenario, &recipients](std::uint32_t message) {
            const auto numbers = recipients_of(message, scenario.message, recipients);
            return numbers.size() == 1 ? numbers.front() : 0;
        };
        maildir_ = std::make_unique<MaildirObserver>(
            MaildirParts{place.clock, recorder, recipients, identity.run_id, only_recipient},
            scenario.target.maildir);
    }
}

void TargetSide::start_receivers() {
    const std::span<const ReceiverSettings> settings = scenario_.target.receivers();
    for (std::size_t i = 0; i < receivers_.size(); ++i) {
        const world::Result<world::Endpoint> endpoint = receivers_[i]->start();
        if (!endpoint) {
            throw std::runtime_error("the reference receiver cannot listen at " +
                                     settings[i].listen + ": " + endpoint.error().message());
        }
        endpoints_.push_back(*endpoint);
    }
}

void TargetSide::start() {
    if (!receivers_.empty()) return start_receivers();
    if (maildir_) {
        const std::string trouble = maildir_->start();
        if (!trouble.empty()) throw std::runtime_error("target.maildir: " + trouble);
        tasks_.spawn(maildir_->watch());
    }
    const std::optional<world::Endpoint> endpoint = world::parse_endpoint(scenario_.target.address);
    if (!endpoint) {
        throw std::runtime_error("target.address: not host:port: " + scenario_.target.address);
    }
    endpoints_.push_back(*endpoint);
}

std::string TargetSide::observed_at() const {
    if (!receivers_.empty()) return "receiver";
    return maildir_ ? maildir_->description() : "nowhere";
}

void TargetSide::finish() {
    if (maildir_) maildir_->look();
    if (receivers_.empty() || in_service() > 0) return;
    for (std::size_t i = 1; i <= receivers_.size(); ++i)
        recorder_.record(Event{.at = place_.clock.now(),
                               .kind = EventKind::queues_seen_empty,
                               .node = static_cast<std::uint16_t>(i)});
}

std::uint32_t TargetSide::in_service() const {
    std::uint32_t sum = 0;
    for (const auto& receiver : receivers_) sum += receiver->in_service();
    return sum;
}

}  // namespace twofifty::harness
