// [target.reference] and [[target.receiver]]: how the built-in receivers behave. Each key that a
// receiver does not name is what [target.reference] says, or its default.
#include "harness/scenario/receiver_keys.hpp"
#include "harness/scenario/sections.hpp"
#include "harness/scenario/server_keys.hpp"
#include "netem/distribution_settings.hpp"
#include "record/text.hpp"
#include "world/endpoint.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace twofifty::harness {
namespace {

using settings::Section;

/// Thirty days, in nanoseconds.
constexpr double longest_service = 30.0 * 24 * 3600 * 1e9;
constexpr std::size_t longest_name = 64;
constexpr std::size_t most_receivers = 1000;
constexpr std::array<std::string_view, 2> protocol_names{"smtp", "lmtp"};

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= longest_name && std::ranges::all_of(text, [](char c) {
        return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') || c == '-' || c == '_';
    });
}

template <class Read, class Value>
void take(std::optional<Read> read, Value& value) {
    if (read) value = static_cast<Value>(*std::move(read));
}

void read_listen(Section& section, ReceiverSettings& result) {
    take(section.text("listen"), result.listen);
    if (!is_endpoint(result.listen, 0))
        section.fail("listen", fmt::format("{} is no address; expected host:port such as "
                                           "\"127.0.0.1:0\" (0: any free port) or \"[::1]:2525\"",
                                           settings::toml_text(result.listen)));
}

/// What the receiver offers in its answer to EHLO.
void read_offers(Section& section, ReceiverSettings& result) {
    take(section.flag("pipelining"), result.pipelining);
    take(section.flag("chunking"), result.chunking);
    take(section.flag("eight_bit_mime"), result.eight_bit_mime);
    take(section.flag("size"), result.size);
    take(section.flag("ehlo"), result.ehlo);
    if (section.has("auth")) result.auth = read_credentials(section, "auth");
    if (!result.ehlo && result.auth)
        section.fail("auth", "contradicts ehlo = false: only EHLO can offer AUTH; remove one");
}

/// Every key that both tables know. What is not written stays as it is in `result`.
void read_keys(Section& section, const std::string& folder, ReceiverSettings& result) {
    // Its keys are there already (receiver_profiles.hpp).
    take(section.text("profile"), result.profile);
    read_listen(section, result);
    result.service_time = netem::read_distribution(section, "service_time", netem::Quantity::time,
                                                   {.most = longest_service}, result.service_time);
    read_behaviour(section, result);
    take(section.size("max_size", 1024, 1ULL << 30), result.max_size);
    take(section.count("max_recipients", 1, 100'000), result.max_recipients);
    read_offers(section, result);
    take(read_reference_tls(section, folder, result.ehlo), result.tls);
    if (!result.ehlo && !section.has("tls") && result.tls.use == smtp::TlsUse::starttls)
        result.tls.use = smtp::TlsUse::none;
}

void read_name(Section& section, ReceiverSettings& result) {
    result.name = section.text("name").value_or("");
    if (!is_name(result.name))
        section.fail("name",
                     fmt::format("expected 1 to {} letters, digits, hyphens and "
                                 "underscores, such as \"mx1\", found {}",
                                 longest_name,
                                 section.has("name") ? settings::toml_text(result.name) : "none"));
}

void check_unlike(Section& section, const ReceiverSettings& one,
                  const std::vector<ReceiverSettings>& others) {
    for (const ReceiverSettings& other : others) {
        if (equals_ignoring_case(other.name, one.name))
            section.fail("name", fmt::format("another receiver is named {}; expected a name of "
                                             "its own",
                                             settings::toml_text(other.name)));
        if (other.listen == one.listen && !one.listen.ends_with(":0"))
            section.fail("listen", fmt::format("{} listens there already; expected an address of "
                                               "its own, or port 0",
                                               other.name));
    }
}

std::string_view domain_of(std::string_view address) {
    return address.substr(address.rfind('@') + 1);
}

bool takes(const ReceiverSettings& receiver, std::string_view domain) {
    if (receiver.inner) return false;
    return receiver.domains.empty() ||
           std::ranges::any_of(receiver.domains, [&](const std::string& own) {
               return equals_ignoring_case(own, domain);
           });
}

/// Every domain that mail goes to must have a receiver.
void check_coverage(Section& root, const Scenario& scenario) {
    const MessageSettings& message = scenario.message;
    std::vector<std::string_view> domains;
    for (const std::string& address : message.to) domains.push_back(domain_of(address));
    for (const std::string& domain : message.domains) domains.emplace_back(domain);
    if (domains.empty()) domains.push_back(generated_domain);
    const std::string_view key = !message.to.empty() ? "to" : "domains";
    for (const std::string_view domain : domains) {
        const auto covers = [&](const ReceiverSettings& one) { return takes(one, domain); };
        if (std::ranges::any_of(scenario.target.receivers(), covers)) continue;
        root.section("message").fail(
            key, fmt::format("mail goes to {}, which no receiver takes; expected it among the "
                             "domains of a [[target.receiver]]",
                             domain));
    }
}

/// A receiver with keep = true adds a copy in each round of a loop; more would fill any disk.
constexpr std::uint32_t most_hops_of_kept_loop = 100;

const ReceiverSettings* named(std::span<const ReceiverSettings> receivers, std::string_view name) {
    const auto found = std::ranges::find(receivers, name, &ReceiverSettings::name);
    return found == receivers.end() ? nullptr : &*found;
}

/// Whether mail that this forward takes away may come back to `home` by others of any pattern.
bool comes_back(std::span<const ReceiverSettings> receivers, const Forward& first,
                std::string_view home) {
    std::vector<std::string_view> visited;
    std::vector<std::string_view> next{first.to};
    while (!next.empty()) {
        const std::string_view name = next.back();
        next.pop_back();
        if (name == home) return true;
        if (std::ranges::find(visited, name) != visited.end()) continue;
        visited.push_back(name);
        if (const ReceiverSettings* const receiver = named(receivers, name))
            for (const Forward& forward : receiver->forward) next.push_back(forward.to);
    }
    return false;
}

void check_forwards(Section& root, const Scenario& scenario, std::size_t place) {
    const std::span<const ReceiverSettings> receivers = scenario.target.receivers();
    const ReceiverSettings& receiver = receivers[place];
    Section section = receiver_section(root, scenario, place);
    if (!section.has("forward")) section = root.section("target").section("reference");
    std::vector<Section> tables = section.sections("forward");
    for (std::size_t i = 0; i < receiver.forward.size(); ++i) {
        const Forward& forward = receiver.forward[i];
        const ReceiverSettings* const to = named(receivers, forward.to);
        if (!to)
            tables[i].fail("to", fmt::format("{} is no receiver; expected the name of another "
                                             "[[target.receiver]]",
                                             settings::toml_text(forward.to)));
        if (to == &receiver)
            tables[i].fail("to", "is this receiver itself; expected the name of another one");
        if (scenario.target.protocol == Protocol::lmtp)
            tables[i].fail("to",
                           "contradicts target.protocol = \"lmtp\": receivers hand mail on by "
                           "SMTP");
        if (to->tls.use == smtp::TlsUse::implicit || to->auth)
            tables[i].fail("to", fmt::format("{} wants TLS from the first byte, or authentication; "
                                             "receivers hand mail on without them",
                                             to->name));
        const bool grows = forward.keep && receiver.hop_limit > most_hops_of_kept_loop;
        if (grows && comes_back(receivers, forward, receiver.name))
            tables[i].fail("keep",
                           fmt::format("makes a copy in each round of a loop, and hop_limit "
                                       "is {}; expected a hop_limit of at most {}",
                                       receiver.hop_limit, most_hops_of_kept_loop));
    }
}

}  // namespace

bool is_endpoint(const std::string& text, int least_port) {
    const std::optional<world::Endpoint> endpoint = world::parse_endpoint(text);
    return endpoint && !text.starts_with(':') && endpoint->port >= least_port;
}

ReceiverSettings read_reference(Section reference, const std::string& folder,
                                const FleetTls& fleet) {
    ReceiverSettings result;
    // What the fleet needs is offered where nothing else is said.
    result.tls.use = fleet.use == smtp::TlsUse::opportunistic ? smtp::TlsUse::starttls : fleet.use;
    read_keys(reference, folder, result);
    reference.finish();
    return result;
}

std::vector<ReceiverSettings> read_receivers(Section& target, const ReceiverSettings& defaults,
                                             Protocol protocol, const std::string& folder) {
    std::vector<ReceiverSettings> result;
    for (Section& section : target.sections("receiver")) {
        ReceiverSettings receiver = defaults;
        read_name(section, receiver);
        take(section.texts("domains"), receiver.domains);
        if (section.has("domains")) check_domains(section, "domains", receiver.domains);
        take(section.count("preference", 0, 65'535), receiver.preference);
        if (names_real_server(section)) {
            receiver.real = read_server(section, folder);
        } else {
            section.value("server");
            receiver.protocol = protocol;
            take(section.choice("protocol", protocol_names), receiver.protocol);
            read_keys(section, folder, receiver);
        }
        section.finish();
        check_unlike(section, receiver, result);
        result.push_back(std::move(receiver));
        if (result.size() > most_receivers)
            section.fail("name", fmt::format("is one receiver more than {}", most_receivers));
    }
    return result;
}

Section receiver_section(Section& root, const Scenario& scenario, std::size_t place) {
    Section target = root.section("target");
    if (scenario.target.named.empty()) return target.section("reference");
    // A real server in [target] itself.
    if (!target.has("receiver")) return target;
    return target.sections("receiver")[place];
}

/// The next hops of a real server: other receivers, all of one protocol.
void check_relays(Section& root, const Scenario& scenario, std::size_t place) {
    const std::span<const ReceiverSettings> receivers = scenario.target.receivers();
    const std::vector<std::string>& next = receivers[place].real.relay_to;
    if (next.empty()) return;
    Section section = receiver_section(root, scenario, place);
    for (const std::string& name : next) {
        const ReceiverSettings* const to = named(receivers, name);
        if (to == nullptr)
            section.fail("relay_to", fmt::format("{} is no receiver; expected the name of another "
                                                 "[[target.receiver]]",
                                                 settings::toml_text(name)));
        if (to == &receivers[place])
            section.fail("relay_to", "is this receiver itself; expected the name of another one");
        if (to->protocol != named(receivers, next.front())->protocol)
            section.fail("relay_to", "some take SMTP and some LMTP; expected one protocol for all");
    }
}

void check_receivers(Section& root, const Scenario& scenario) {
    const std::span<const ReceiverSettings> receivers = scenario.target.receivers();
    const smtp::TlsUse wanted = scenario.fleet.tls.use;
    for (std::size_t i = 0; i < receivers.size(); ++i) {
        check_forwards(root, scenario, i);
        check_relays(root, scenario, i);
        if (receivers[i].is_real()) continue;
        const smtp::TlsUse offered = receivers[i].tls.use;
        Section section = receiver_section(root, scenario, i);
        if ((offered == smtp::TlsUse::implicit) != (wanted == smtp::TlsUse::implicit))
            section.fail("tls",
                         fmt::format("\"{}\" contradicts fleet.tls = \"{}\": each side would wait "
                                     "for the other; expected \"implicit\" for both or for neither",
                                     to_string(offered), to_string(wanted)));
        if (scenario.message.recipients > receivers[i].max_recipients)
            root.section("message").fail("recipients",
                                         fmt::format("{} are more than {}.max_recipients, {}; "
                                                     "expected at most as many",
                                                     scenario.message.recipients, section.path(),
                                                     receivers[i].max_recipients));
    }
    if (!receivers.empty()) check_coverage(root, scenario);
}

}  // namespace twofifty::harness
