#include "harness/run/target_side.hpp"

#include "harness/observe/imap.hpp"
#include "harness/observe/maildir.hpp"
#include "harness/observe/mbox.hpp"

#include <algorithm>
#include <stdexcept>

namespace twofifty::harness {

TargetSide::TargetSide(Place place, Recorder& recorder, const Scenario& scenario,
                       const AddressBook& recipients, const RunIdentity& identity, Farm* farm)
    : place_(place),
      recorder_(recorder),
      scenario_(scenario),
      recipients_(recipients),
      run_id_(identity.run_id),
      farm_(farm),
      tasks_(place.clock.ready()) {
    const std::span<const ReceiverSettings> receivers = scenario.target.receivers();
    const auto forwards = [](const ReceiverSettings& one) { return !one.forward.empty(); };
    if (std::ranges::any_of(receivers, forwards))
        messages_ = std::make_unique<MessageFactory>(scenario.message, recipients, scenario.seed,
                                                     identity.run_id, identity.date);
    for (const ReceiverSettings& settings : receivers)
        add_receiver(settings, static_cast<std::uint16_t>(receivers_.size() + 1), identity);
    if (!scenario.target.maildir.empty())
        observers_.push_back(
            std::make_unique<MaildirObserver>(observer_parts(1), scenario.target.maildir));
}

void TargetSide::add_receiver(const ReceiverSettings& settings, std::uint16_t number,
                              const RunIdentity& identity) {
    if (settings.is_real()) {
        receivers_.push_back(nullptr);
        return;
    }
    const ReceiverParts parts{place_.clock,
                              place_.network,
                              recorder_,
                              recipients_,
                              identity.run_id,
                              number,
                              identity.date,
                              scenario_.target.sample_every,
                              [this](std::uint32_t ordinal, std::string_view message_id) {
                                  return make_again(ordinal, message_id);
                              }};
    // [target.reference] alone speaks what the fleet speaks.
    const Protocol protocol =
        scenario_.target.named.empty() ? scenario_.target.protocol : settings.protocol;
    receivers_.push_back(
        std::make_unique<ReferenceReceiver>(parts, settings, protocol, scenario_.seed));
}

ObserverParts TargetSide::observer_parts(std::uint16_t number) const {
    const auto only_recipient = [this](std::uint32_t message) {
        const auto numbers = recipients_of(message, scenario_.message, recipients_);
        return numbers.size() == 1 ? numbers.front() : 0;
    };
    return {place_.clock, recorder_, recipients_, run_id_, only_recipient, number};
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
        if (!is_reference(i)) {
            endpoints_.push_back(farm_->receiver(i)->endpoint());
            continue;
        }
        const world::Result<world::Endpoint> endpoint = receivers_[i]->start();
        if (!endpoint) {
            throw std::runtime_error("the reference receiver cannot listen at " +
                                     settings[i].listen + ": " + endpoint.error().message());
        }
        endpoints_.push_back(*endpoint);
    }
    for (const auto& receiver : receivers_)
        for (std::size_t i = 0; receiver && i < settings.size(); ++i)
            receiver->know(settings[i].name, endpoints_[i]);
    for (std::size_t i = 0; i < receivers_.size(); ++i) {
        if (is_reference(i)) continue;
        const auto number = static_cast<std::uint16_t>(i + 1);
        RealServer& server = *farm_->receiver(i);
        std::vector<HopEnd> next;
        for (const std::string& name : settings[i].real.relay_to) {
            const auto to = std::ranges::find(settings, name, &ReceiverSettings::name);
            next.push_back({name, endpoints_[static_cast<std::size_t>(to - settings.begin())],
                            to->protocol == Protocol::lmtp});
        }
        if (next.empty()) {
            observe(server, number);
            continue;
        }
        if (!hops_) hops_ = std::make_unique<Hops>(place_, recorder_, recipients_, run_id_);
        server.relay_to(hops_->open(number, next));
    }
}

/// Where the server's adapter says that mail ends.
void TargetSide::observe(const RealServer& server, std::uint16_t number) {
    const AdapterCopies& copies = server.adapter().copies;
    suppressed_ = suppressed_ || copies.suppresses;
    const ObserverParts parts = observer_parts(number);
    if (!copies.imap.empty()) {
        observers_.push_back(std::make_unique<ImapObserver>(
            parts, place_.network,
            ImapAccess{server.endpoint(copies.imap), copies.user, copies.password,
                       "IMAP of " + server.name()}));
    } else if (!copies.mbox.empty()) {
        observers_.push_back(std::make_unique<MboxObserver>(
            parts, (server.folder() / copies.mbox).string(), "mbox of " + server.name()));
    } else {
        observers_.push_back(std::make_unique<MaildirObserver>(
            parts, (server.folder() / copies.maildir).string(), "Maildir of " + server.name()));
    }
}

void TargetSide::start_observers() {
    for (const auto& observer : observers_) {
        const std::string trouble = observer->start();
        if (!trouble.empty()) throw std::runtime_error(observer->description() + ": " + trouble);
        tasks_.spawn(watch(place_.clock, *observer));
    }
}

void TargetSide::start() {
    if (!receivers_.empty()) {
        start_receivers();
        // What is found in the folders of servers that are not started yet is this run's.
        for (const auto& observer : observers_) tasks_.spawn(watch(place_.clock, *observer));
        return;
    }
    start_observers();
    const std::optional<world::Endpoint> endpoint = world::parse_endpoint(scenario_.target.address);
    if (!endpoint) {
        throw std::runtime_error("target.address: not host:port: " + scenario_.target.address);
    }
    endpoints_.push_back(*endpoint);
}

std::string TargetSide::observed_at() const {
    std::vector<std::string> places;
    const auto is_there = [](const auto& receiver) { return receiver != nullptr; };
    if (std::ranges::any_of(receivers_, is_there)) places.emplace_back("receiver");
    for (const auto& observer : observers_) places.push_back(observer->description());
    if (places.empty()) return "nowhere";
    std::string all = places.front();
    for (std::size_t i = 1; i < places.size(); ++i) all += ", " + places[i];
    if (suppressed_) all += " (after the server's own suppression of duplicates)";
    return all;
}

world::Task<> TargetSide::finish() {
    // No look may be under way.
    tasks_.cancel();
    for (const auto& observer : observers_) co_await observer->look();
    for (const auto& receiver : receivers_)
        if (receiver) receiver->look_at_queues();
    if (receivers_.empty() || in_service() > 0) co_return;
    for (std::size_t i = 1; i <= receivers_.size(); ++i)
        recorder_.record(Event{.at = place_.clock.now(),
                               .kind = EventKind::queues_seen_empty,
                               .node = static_cast<std::uint16_t>(i)});
}

std::uint32_t TargetSide::in_service() const {
    std::uint32_t sum = farm_ != nullptr ? farm_->queued() : 0;
    for (const auto& receiver : receivers_)
        if (receiver) sum += receiver->in_service();
    return sum;
}

}  // namespace twofifty::harness
