// Golden schedules: every sender profile, run in virtual time, tries exactly when schedules.json
// says. That file is derived by schedules.py, from the documents and not from the profiles.
#include "harness/profile/profile.hpp"
#include "settings/json.hpp"
#include "settings/merge.hpp"
#include "tests/support/virtual_run.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace twofifty::test {
namespace {

struct Schedule {
    std::vector<std::int64_t> attempts_ms;
    std::int64_t gave_up_ms = 0;
    std::string why;

    bool operator==(const Schedule&) const = default;
};

void PrintTo(const Schedule& schedule, std::ostream* out) {
    for (const std::int64_t at : schedule.attempts_ms) *out << at << ' ';
    *out << "gave up " << schedule.gave_up_ms << ' ' << schedule.why;
}

const settings::Value& golden() {
    static const settings::Value document =
        settings::parse_json(source_file("tests/golden/schedules.json"), "schedules.json");
    return document;
}

const settings::Value& at_path(const std::string& path) {
    return *settings::find(std::get<settings::Table>(golden().data), path);
}

Schedule golden_schedule(const std::string& profile, const std::string& how) {
    const std::string path = "profiles." + profile + "." + how;
    Schedule schedule;
    for (const settings::Value& time :
         std::get<settings::List>(at_path(path + ".attempts_ms").data))
        schedule.attempts_ms.push_back(std::get<std::int64_t>(time.data));
    schedule.gave_up_ms = std::get<std::int64_t>(at_path(path + ".gave_up_ms").data);
    schedule.why = std::get<std::string>(at_path(path + ".why").data);
    return schedule;
}

/// One message that one host accepts and never acknowledges, or refuses at once. Queue runs are
/// left in only where they are the rule.
Schedule simulated(const std::string& profile, const std::string& how) {
    const bool every_run = profile == "sendmail";
    const VirtualRun run = run_virtual(fmt::format(
        R"(
[fleet]
profile = "{}"
messages = 1
backoff = "none"
retry = {{ jitter = 0{} }}
[[impair]]
name = "fault"
when = {{ phase = "data_done", reply = "2xx" }}
effect = {}
[virtual]
latency = "0s"
[drain]
quiet_for = "1ms"
budget = "60d"
)",
        profile, every_run ? "" : ", queue_run = \"none\"",
        how == "refused_at_once" ? "{ replace = \"451 4.3.0 try later\" }"
                                 : "{ drop = \"reply\" }"));
    const auto ms = [](TimePoint at) {
        return at.time_since_epoch() / std::chrono::milliseconds{1};
    };
    Schedule schedule;
    for (const Event& event : run.of_kind(EventKind::attempt_started))
        schedule.attempts_ms.push_back(ms(event.at));
    for (const Event& event : run.of_kind(EventKind::gave_up)) {
        schedule.gave_up_ms = ms(event.at);
        schedule.why = event.text;
    }
    return schedule;
}

std::vector<std::string> sender_profiles() {
    std::vector<std::string> names;
    for (const std::string_view name : harness::profile_names(harness::Role::sender))
        names.emplace_back(name);
    return names;
}

class GoldenSchedule : public testing::TestWithParam<std::string> {};

TEST_P(GoldenSchedule, NeverAcknowledged) {
    EXPECT_EQ(simulated(GetParam(), "never_acknowledged"),
              golden_schedule(GetParam(), "never_acknowledged"));
}

TEST_P(GoldenSchedule, RefusedAtOnce) {
    EXPECT_EQ(simulated(GetParam(), "refused_at_once"),
              golden_schedule(GetParam(), "refused_at_once"));
}

INSTANTIATE_TEST_SUITE_P(Senders, GoldenSchedule, testing::ValuesIn(sender_profiles()),
                         [](const testing::TestParamInfo<std::string>& profile) {
                             std::string name = profile.param;
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name;
                         });

// A schedule without its profile would be a profile that is not tested.
TEST(Golden, EverySchedulesProfileExists) {
    std::vector<std::string> names;
    for (const auto& entry : std::get<settings::Table>(at_path("profiles").data).entries)
        names.push_back(entry.key);
    EXPECT_THAT(names, testing::UnorderedElementsAreArray(sender_profiles()));
}

}  // namespace
}  // namespace twofifty::test
