#include "harness/run/hops.hpp"

#include "harness/servers/ports.hpp"
#include "netem/identities.hpp"
#include "record/token.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

namespace twofifty::harness {
namespace {

/// The fleet's mail on its second hop: its content is read, for what the way has added to it.
class HopIdentities final : public netem::Identities {
public:
    HopIdentities(std::string run_id, const AddressBook& recipients)
        : run_id_(std::move(run_id)), recipients_(recipients) {}

    std::uint32_t message_of_sender(std::string_view) override { return 0; }
    bool reads_content() const override { return true; }
    std::uint32_t message_of_content(std::string_view,
                                     const smtp::ContentReader& content) override {
        const std::optional<Token> token = parse_token(content.token());
        return token && token->run_id == run_id_ ? token->ordinal : 0;
    }
    std::uint32_t recipient(std::string_view address) override {
        return recipients_.number_of(address);
    }

private:
    std::string run_id_;
    const AddressBook& recipients_;
};

/// Of what the layer tells, that a message was accepted by the next hop: `forwarded`.
class HopRecorder final : public Recorder {
public:
    HopRecorder(Recorder& recorder, std::uint16_t from, std::string to)
        : recorder_(recorder), from_(from), to_(std::move(to)) {}

    void record(Event event) override {
        if (event.kind != EventKind::copy_found) return;
        event.kind = EventKind::forwarded;
        event.phase = Phase::none;
        event.outcome = Outcome::accepted;
        event.node = from_;
        event.connection = 0;
        event.digest = 0;
        event.duration = {};
        event.text = to_;
        recorder_.record(std::move(event));
    }

private:
    Recorder& recorder_;
    std::uint16_t from_;
    std::string to_;
};

}  // namespace

struct Hops::Way {
    Way(Hops& hops, std::uint16_t from, const HopEnd& to)
        : identities(hops.run_id_, hops.recipients_), recorder(hops.recorder_, from, to.name) {}

    HopIdentities identities;
    HopRecorder recorder;
    std::unique_ptr<netem::Proxy> proxy;
};

Hops::Hops(Place place, Recorder& recorder, const AddressBook& recipients, std::string run_id)
    : place_(place),
      recorder_(recorder),
      recipients_(recipients),
      run_id_(std::move(run_id)),
      no_rules_({}, 0) {}

Hops::~Hops() = default;

NextHops Hops::open(std::uint16_t from, const std::vector<HopEnd>& to) {
    NextHops next{.port = free_port(), .lmtp = to.front().lmtp};
    for (const HopEnd& end : to) {
        Way& way = ways_.emplace_back(*this, from, end);
        netem::ProxyOptions options;
        options.listen = {loopback_host(next.hosts.size()), next.port};
        options.upstream = end.endpoint;
        options.lmtp = end.lmtp;
        const netem::ProxyContext context{place_.clock, place_.network, no_rules_, way.identities,
                                          way.recorder};
        way.proxy = std::make_unique<netem::Proxy>(context, std::move(options), connections_);
        const world::Result<world::Endpoint> listening = way.proxy->start();
        if (!listening)
            throw std::runtime_error(fmt::format("the way to {} cannot be listened on: {}",
                                                 end.name, listening.error().message()));
        next.hosts.push_back(listening->host);
    }
    return next;
}

std::string loopback_host(std::size_t place) {
    return fmt::format("127.0.0.{}", place + 1);
}

}  // namespace twofifty::harness
