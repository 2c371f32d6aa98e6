#include "harness/run/target_side.hpp"


#include <algorithm>
#include <stdexcept>

namespace twofifty::harness {

TargetSide::TargetSide(Place place, Recorder& recorder, const Scenario& scenario,
                       const AddressBook& recipients, const RunIdentity& identity)
    : place_(place), recorder_(recorder), scenario_(scenario), tasks_(place.clock.ready()) {
    if (!scenario.target.server.empty()) {
        const auto forwards = [](const ReceiverSettings& one) { return !one.forward.empty(); };
        if (std::ranges::any_of(scenario.target.receivers(), forwards))
            messages_ = std::make_unique<MessageFactory>(
                scenario.message, recipients, scenario.seed, identity.run_id, identity.date);
        for (const ReceiverSettings& settings : scenario.target.receivers()) {
            const auto number = static_cast<std::uint16_t>(receivers_.size() + 1);
            const ReceiverParts parts{place.clock,
                                      place.network,
                                      recorder,
                                      recipients,
                                      identity.run_id,
                                      number,
                                      identity.date,
                                      scenario.target.sample_every,
                                      [this](std::uint32_t ordinal, std::string_view message_id) {
                                          return make_again(ordinal, message_id);
                                      }};
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

/// The message as the fleet made it. A sender that gives it another Message-ID at each attempt has
/// named one.
MadeMessage TargetSide::make_again(std::uint32_t ordinal, std::string_view message_id) const {
    Message message = messages_->make(ordinal);
    constexpr std::string_view name = "\r\nMessage-ID: ";
    const std::size_t begin = message.content.find(name) + name.size();
    const std::size_t end = message.content.find("\r\n", begin);
    if (!message_id.empty()) message.content.replace(begin, end - begin, message_id);
    return {std::move(message.sender), std::move(message.content), message.eight_bit};
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
    for (const auto& receiver : receivers_)
        for (std::size_t i = 0; i < settings.size(); ++i)
            receiver->know(settings[i].name, endpoints_[i]);
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
    for (const auto& receiver : receivers_) receiver->look_at_queues();
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
