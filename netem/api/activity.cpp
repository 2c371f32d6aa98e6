#include "netem/api/activity.hpp"

#include "settings/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace twofifty::netem::api {
namespace {

using settings::json_text;

std::string_view stream_name(Direction way) {
    return way == Direction::to_server ? "upstream" : "downstream";
}

std::string rule_name(const NamedProxy& proxy, std::uint32_t number) {
    const auto& entries = proxy.rules().entries();
    const auto found = std::ranges::find(entries, number, &RuleBook::Entry::number);
    return found == entries.end() ? "" : found->rule.name;
}

/// The reply's lines as a JSON list, without their line ends.
std::string lines_of(const smtp::Reply& reply) {
    std::string list;
    std::string_view rest = reply.raw;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size() - 1);
        std::string_view line = rest.substr(0, end + 1);
        rest.remove_prefix(line.size());
        while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
        if (!list.empty()) list += ',';
        list += json_text(line);
    }
    return "[" + list + "]";
}

}  // namespace

/// Counts what a dialogue says, and tells it to those who watch.
class Activity::Teller final : public DialogueWatch::Listener {
public:
    Teller(Activity& activity, Figures& figures, const NamedProxy& proxy, TimePoint at,
           std::uint32_t connection)
        : activity_(activity), figures_(figures), proxy_(proxy), at_(at), connection_(connection) {}

    void command(std::string_view line) override {
        if (watched()) tell("command", fmt::format(R"("line":{})", json_text(line)));
    }
    void reply(Phase phase, const smtp::Reply& reply) override {
        ++figures_.replies[{phase, reply.code / 100}];
        if (watched())
            tell("reply", fmt::format(R"("phase":"{}","code":{},"lines":{})", to_string(phase),
                                      reply.code, lines_of(reply)));
    }
    void content(std::uint64_t bytes) override {
        if (watched()) tell("content", fmt::format(R"("bytes":{})", bytes));
    }
    void opaque(Direction way, std::size_t bytes) override {
        if (watched())
            tell("opaque", fmt::format(R"("stream":"{}","bytes":{})", stream_name(way), bytes));
    }

    void tell(std::string_view kind, std::string_view fields) {
        activity_.feed_.publish(
            kind, fmt::format(R"({{"at_ms":{},"proxy":{},"connection":{}{}{}}})",
                              to_ms(at_.time_since_epoch()), json_text(proxy_.name()), connection_,
                              fields.empty() ? "" : ",", fields));
    }
    bool watched() const { return activity_.feed_.has_subscribers(); }

private:
    Activity& activity_;
    Figures& figures_;
    const NamedProxy& proxy_;
    TimePoint at_;
    std::uint32_t connection_;
};

void Activity::happened(const NamedProxy& proxy, const Event& event) {
    Known& known = proxies_[&proxy];
    if (event.kind == EventKind::layer_connected) {
        ++known.figures.connections;
        Teller(*this, known.figures, proxy, event.at, event.connection)
            .tell("connected", fmt::format(R"("client":{})", json_text(event.text)));
    } else if (event.kind == EventKind::rule_fired || event.kind == EventKind::rule_achieved) {
        note_firing(known, proxy, event);
    }
}

void Activity::note_firing(Known& known, const NamedProxy& proxy, const Event& event) {
    // A rule may be gone when its effect ends; so its name is kept.
    std::string& rule = known.rules[event.rule];
    if (rule.empty()) rule = rule_name(proxy, event.rule);
    if (event.kind == EventKind::rule_fired) {
        ++known.figures.firings[{rule, event.phase, event.text}];
        const LoggedFiring firing = firings_.fired(proxy.name(), rule, event);
        if (feed_.has_subscribers()) feed_.publish("fired", to_json(firing));
        return;
    }
    const LoggedFiring firing = firings_.achieved(proxy.name(), rule, event);
    const Duration asked = firing.fired.duration;
    if (asked > Duration::zero() && firing.ended == "released")
        known.figures.lateness.add(event.duration - asked);
    if (feed_.has_subscribers()) feed_.publish("achieved", to_json(firing));
}

void Activity::passed(const NamedProxy& proxy, TimePoint at, std::uint32_t connection,
                      Direction way, std::string_view bytes) {
    Known& known = proxies_[&proxy];
    known.figures.bytes[static_cast<std::size_t>(way)] += bytes.size();
    DialogueWatch& dialogue =
        known.dialogues.try_emplace(connection, proxy.lmtp(), proxy.sees_through_tls())
            .first->second;
    Teller teller(*this, known.figures, proxy, at, connection);
    dialogue.take(way, bytes, teller);
}

void Activity::gone(const NamedProxy& proxy, std::uint32_t connection) {
    Known& known = proxies_[&proxy];
    known.dialogues.erase(connection);
    Teller(*this, known.figures, proxy, clock_.now(), connection).tell("gone", "");
}

void Activity::removed(const NamedProxy& proxy) {
    proxies_.erase(&proxy);
}

std::string Activity::metrics(const ProxySet& proxies) const {
    std::vector<std::pair<const NamedProxy*, Figures>> figures;
    for (const NamedProxy* proxy : proxies.list()) {
        const auto known = proxies_.find(proxy);
        figures.emplace_back(proxy, known == proxies_.end() ? Figures{} : known->second.figures);
    }
    return to_prometheus(figures);
}

}  // namespace twofifty::netem::api
