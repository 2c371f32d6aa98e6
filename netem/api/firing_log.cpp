#include "netem/api/firing_log.hpp"

#include "settings/json.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace twofifty::netem::api {
namespace {

using settings::json_text;

/// The end of a firing carries the fields of its beginning.
bool same_firing(const Event& fired, const Event& achieved) {
    return fired.rule == achieved.rule && fired.connection == achieved.connection &&
           fired.message == achieved.message && fired.recipient == achieved.recipient &&
           fired.attempt == achieved.attempt && fired.phase == achieved.phase;
}

}  // namespace

std::string to_json(const LoggedFiring& firing) {
    const Event& fired = firing.fired;
    return fmt::format(
        R"({{"at_ms":{},"proxy":{},"rule":{},"connection":{},"message":{},"attempt":{},)"
        R"("recipient":{},"phase":"{}","code":{},"effect":{},"asked_ms":{},"achieved_ms":{},)"
        R"("ended":{}}})",
        to_ms(fired.at.time_since_epoch()), json_text(firing.proxy), json_text(firing.rule),
        fired.connection, fired.message, fired.attempt, fired.recipient, to_string(fired.phase),
        fired.code, json_text(fired.text), to_ms(fired.duration),
        firing.achieved ? fmt::format("{}", to_ms(*firing.achieved)) : "null",
        firing.achieved ? json_text(firing.ended) : "null");
}

LoggedFiring FiringLog::fired(std::string_view proxy, std::string_view rule, const Event& event) {
    if (firings_.size() == most) firings_.pop_front();
    firings_.push_back({std::string(proxy), std::string(rule), event});
    return firings_.back();
}

LoggedFiring FiringLog::achieved(std::string_view proxy, std::string_view rule,
                                 const Event& event) {
    // Clang 14 knows no views of this library.
    for (auto latest = firings_.rbegin(); latest != firings_.rend(); ++latest) {
        LoggedFiring& firing = *latest;
        const bool open = !firing.achieved && firing.proxy == proxy && firing.rule == rule;
        if (!open || !same_firing(firing.fired, event)) continue;
        firing.achieved = event.duration;
        firing.ended = event.text;
        return firing;
    }
    LoggedFiring unknown{std::string(proxy), std::string(rule), event, event.duration, event.text};
    unknown.fired.at -= event.duration;
    unknown.fired.duration = {};
    unknown.fired.text.clear();
    return unknown;
}

std::string FiringLog::to_json(std::string_view proxy) const {
    std::string list;
    for (const LoggedFiring& firing : firings_) {
        if (!proxy.empty() && firing.proxy != proxy) continue;
        if (!list.empty()) list += ',';
        list += api::to_json(firing);
    }
    return "[" + list + "]";
}

}  // namespace twofifty::netem::api
