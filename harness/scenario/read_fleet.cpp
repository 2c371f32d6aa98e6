// [fleet]: how much, how fast, and by whom.
#include "harness/profile/profile.hpp"
#include "harness/scenario/assumptions.hpp"
#include "harness/scenario/read_sender.hpp"
#include "harness/scenario/sections.hpp"
#include "settings/merge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>

namespace twofifty::harness {
namespace {

using settings::Place;
using settings::Section;
using settings::Table;
using settings::Value;

constexpr Duration longest = std::chrono::hours{24 * 30};
constexpr std::int64_t most_messages = 100'000'000;
constexpr std::array<std::string_view, 3> arrivals_names{"constant", "poisson", "closed"};
constexpr std::array<std::string_view, 2> mechanism_names{"plain", "login"};

/// Of groups and receivers: they stand in reports and in rules.
bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '-' || c == '_';
    });
}

void read_amount(Section& fleet, FleetSettings& result) {
    if (const auto messages = fleet.count("messages", 1, most_messages))
        result.messages = static_cast<std::uint64_t>(*messages);
    result.duration = fleet.duration("duration", 1ms, longest);
    if (!result.messages && !result.duration)
        fleet.fail("messages",
                   "missing; expected a count (messages = 1000) or a time (duration = \"60s\")");
    if (!result.messages || !result.duration) return;
    if (overrides(fleet, "messages", "duration"))
        result.duration.reset();
    else if (overrides(fleet, "duration", "messages"))
        result.messages.reset();
    else
        fleet.fail("duration", "contradicts messages; expected one of the two");
}

void read_arrivals(Section& fleet, FleetSettings& result) {
    const std::optional<double> rate = fleet.rate("rate");
    const std::optional<std::size_t> arrivals = fleet.choice("arrivals", arrivals_names);
    result.rate = rate.value_or(0);
    result.arrivals = rate ? Arrivals::constant : Arrivals::closed;
    if (!arrivals) return;
    result.arrivals = static_cast<Arrivals>(*arrivals);
    if (result.arrivals == Arrivals::closed && rate) {
        if (overrides(fleet, "arrivals", "rate"))
            result.rate = 0;
        else if (overrides(fleet, "rate", "arrivals"))
            result.arrivals = Arrivals::constant;
        else
            fleet.fail("rate",
                       "contradicts arrivals = \"closed\", which sends as fast as the connections "
                       "allow; remove one of the two");
    }
    if (result.arrivals != Arrivals::closed && !rate)
        fleet.fail("arrivals", "needs a rate, such as rate = \"200/s\"");
}

/// A duration at a rate is a number of messages too.
void check_amount(Section& fleet, const FleetSettings& result) {
    if (!result.duration || result.rate == 0) return;
    const double messages = result.rate * to_seconds(*result.duration);
    if (messages > static_cast<double>(most_messages))
        fleet.fail("rate",
                   fmt::format("makes {:.0f} messages in that duration; expected {} at most",
                               messages, most_messages));
    if (messages < 1)
        fleet.fail("duration",
                   "is too short for one message at that rate; expected at least 1/rate");
}

LoadCurve read_load_curve(Section& fleet, Arrivals arrivals) {
    LoadCurve result;
    if (!fleet.has("load_curve")) return result;
    Section curve = fleet.section("load_curve");
    if (arrivals == Arrivals::closed)
        fleet.fail("load_curve", "needs a rate to multiply, such as rate = \"200/s\"");
    result.step = curve.duration("step", 1s, longest).value_or(1h);
    const Value* const factors = curve.value("factors");
    const auto* list = factors ? std::get_if<settings::List>(&factors->data) : nullptr;
    const std::string_view expected =
        "expected 1 to 1000 numbers from 0 to 1000, not all of them 0, such as [0.2, 1, 2.5]";
    if (list == nullptr || list->empty() || list->size() > 1000)
        curve.fail("factors", std::string(expected));
    double sum = 0;
    for (const Value& value : *list) {
        const auto* whole = std::get_if<std::int64_t>(&value.data);
        const auto* real = std::get_if<double>(&value.data);
        const double factor = whole ? static_cast<double>(*whole) : real ? *real : -1;
        if (!(factor >= 0 && factor <= 1000)) curve.fail("factors", std::string(expected));
        result.factors.push_back(factor);
        sum += factor;
    }
    if (sum <= 0) curve.fail("factors", std::string(expected));
    curve.finish();
    return result;
}

/// What one table says of a sender, before its profile is put under it.
struct Layer {
    Table table;
    Place place;
    std::string path;  ///< As messages call it.
    std::string folder;

    std::string profile_name() const {
        const Table::Entry* const entry = table.find("profile");
        const auto* name = entry ? std::get_if<std::string>(&entry->value.data) : nullptr;
        return name ? *name : std::string("rfc5321");
    }

    /// The keys of the profile, those of the table over them. Notes what of a profile that is named
    /// is assumed.
    Value with_profile(std::vector<std::string>& assumptions) const {
        const Table::Entry* const entry = table.find("profile");
        if (entry != nullptr && !std::holds_alternative<std::string>(entry->value.data))
            throw settings::Error(entry->place, path + ".profile: expected a text, found " +
                                                    settings::describe(entry->value));
        const Profile profile = load_profile(
            Role::sender, profile_name(), entry ? entry->place : place, path + ".profile", folder);
        Table under = profile.tree();
        drop_replaced_rule(under, table);
        Value result{settings::merged(under, table), place};
        if (entry != nullptr) note_assumptions(profile, std::get<Table>(result.data), assumptions);
        return result;
    }
};

std::uint32_t read_senders(Section& section) {
    return static_cast<std::uint32_t>(section.count("senders", 1, 10'000).value_or(1));
}

/// Each [[fleet.group]]: its own keys over those of [fleet], over its profile.
std::vector<SenderGroup> read_groups(Section& fleet, const Layer& base, Arrivals arrivals,
                                     std::vector<std::string>& assumptions) {
    if (arrivals == Arrivals::closed)
        fleet.fail("group",
                   "needs a rate: without one whoever is free takes the next message, and "
                   "weights mean nothing; expected rate = \"200/s\" or the like");
    if (fleet.has("senders"))
        fleet.fail("senders", "says nothing beside groups; expected senders in each group");
    Table shared;
    for (const Table::Entry& entry : base.table.entries) {
        const auto keys = sender_keys();
        const bool of_sender = std::find(keys.begin(), keys.end(), entry.key) != keys.end();
        if (of_sender || entry.key == "profile") shared.entries.push_back(entry);
    }
    std::vector<SenderGroup> result;
    double weights = 0;
    for (const Value& value : std::get<settings::List>(fleet.value("group")->data)) {
        const std::string path = fmt::format("fleet.group[{}]", result.size() + 1);
        const Table& own = std::get<Table>(value.data);
        Table under = shared;
        drop_replaced_rule(under, own);
        const Layer layer{settings::merged(under, own), value.place, path, base.folder};
        const Value whole = layer.with_profile(assumptions);
        Section section(whole, path);
        SenderGroup group;
        section.value("profile");
        group.name = section.text("name").value_or(layer.profile_name());
        if (!is_name(group.name))
            section.fail("name", fmt::format("{} is no name; expected 1 to 64 letters, digits, "
                                             "hyphens and underscores",
                                             settings::toml_text(group.name)));
        for (const SenderGroup& other : result)
            if (other.name == group.name)
                section.fail(section.has("name") ? "name" : "profile",
                             fmt::format("a group {} stands there already; expected a name of its "
                                         "own for each",
                                         settings::toml_text(group.name)));
        group.weight = section.number("weight", 0, 1e9).value_or(1);
        weights += group.weight;
        group.senders = read_senders(section);
        group.sender = read_sender(section);
        group.sender.profile = layer.profile_name();
        section.finish();
        result.push_back(std::move(group));
    }
    if (weights <= 0)
        fleet.fail("group",
                   "the weights of all groups are 0, so nobody sends; expected one above 0");
    return result;
}

}  // namespace

bool overrides(Section& section, std::string_view stronger, std::string_view weaker) {
    const settings::Value* strong = section.value(stronger);
    const settings::Value* weak = section.value(weaker);
    return strong && weak && strong->place.line == 0 && weak->place.line != 0;
}

std::optional<Credentials> read_credentials(Section& section, std::string_view key) {
    if (!section.has(key)) return std::nullopt;
    Section auth = section.section(key);
    Credentials result;
    result.user = auth.text("user").value_or("");
    result.password = auth.text("password").value_or("");
    if (result.user.empty()) auth.fail("user", "missing or empty; expected a user's name");
    if (result.password.empty()) auth.fail("password", "missing or empty; expected a password");
    for (const std::string_view part : {"user", "password"}) {
        const std::string& text = part == "user" ? result.user : result.password;
        // RFC 4616: the parts are separated by NUL, and 255 octets are enough for each.
        if (text.size() > 255 || text.find('\0') != std::string::npos)
            auth.fail(part, "expected at most 255 bytes, none of them NUL");
    }
    if (const auto mechanism = auth.choice("mechanism", mechanism_names))
        result.mechanism = mechanism_names[*mechanism];
    auth.finish();
    return result;
}

FleetSettings read_fleet(Section& root, const std::string& folder,
                         std::vector<std::string>& assumptions) {
    const Value* const written = root.value("fleet");
    const Table* const table = written ? std::get_if<Table>(&written->data) : nullptr;
    if (table == nullptr) root.section("fleet");  // Complains, or there is none.
    const Place place = table ? root.place_of("fleet") : root.place();
    const Table own = table ? *table : Table{};

    FleetSettings result;
    const std::vector<Section> groups = Section(Value{own, place}, "fleet").sections("group");
    const Layer base{.table = own, .place = place, .path = "fleet", .folder = folder};
    const Value whole = groups.empty() ? base.with_profile(assumptions) : Value{own, place};
    Section fleet(whole, "fleet");
    fleet.value("profile");
    fleet.value("group");
    read_amount(fleet, result);
    read_arrivals(fleet, result);
    check_amount(fleet, result);
    result.load_curve = read_load_curve(fleet, result.arrivals);
    result.auth = read_credentials(fleet, "auth");
    result.tls = read_fleet_tls(fleet, folder);
    SenderGroup& only = result.groups.front();
    only.senders = read_senders(fleet);
    only.sender = read_sender(fleet);
    only.sender.profile = base.profile_name();
    fleet.finish();
    if (!groups.empty()) result.groups = read_groups(fleet, base, result.arrivals, assumptions);
    return result;
}

}  // namespace twofifty::harness
