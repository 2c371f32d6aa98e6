#include "harness/run/target_side.hpp"

#include "harness/fleet/message_factory.hpp"

#include <stdexcept>

namespace twofifty::harness {

TargetSide::TargetSide(Place place, Recorder& recorder, const Scenario& scenario,
                       const AddressBook& recipients, const RunIdentity& identity)
    : place_(place), recorder_(recorder), scenario_(scenario), tasks_(place.clock.ready()) {
    if (!scenario.target.server.empty()) {
        const ReceiverParts parts{place.clock, place.network, recorder, recipients,
                                  identity.run_id};
        receiver_ = std::make_unique<ReferenceReceiver>(parts, scenario.target, scenario.seed);
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

void TargetSide::start() {
    if (receiver_) {
        const world::Result<world::Endpoint> endpoint = receiver_->start();
        if (!endpoint) {
            throw std::runtime_error("the reference receiver cannot listen at " +
                                     scenario_.target.reference.listen + ": " +
                                     endpoint.error().message());
        }
        endpoint_ = *endpoint;
        return;
    }
    if (maildir_) {
        const std::string trouble = maildir_->start();
        if (!trouble.empty()) throw std::runtime_error("target.maildir: " + trouble);
        tasks_.spawn(maildir_->watch());
    }
    const std::optional<world::Endpoint> endpoint = world::parse_endpoint(scenario_.target.address);
    if (!endpoint) {
        throw std::runtime_error("target.address: not host:port: " + scenario_.target.address);
    }
    endpoint_ = *endpoint;
}

std::string TargetSide::observed_at() const {
    if (receiver_) return "receiver";
    return maildir_ ? maildir_->description() : "nowhere";
}

void TargetSide::finish() {
    if (maildir_) maildir_->look();
    if (receiver_ && receiver_->in_service() == 0)
        recorder_.record(
            Event{.at = place_.clock.now(), .kind = EventKind::queues_seen_empty, .node = 1});
}

}  // namespace twofifty::harness
