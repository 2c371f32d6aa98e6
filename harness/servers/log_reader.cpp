#include "harness/servers/log_reader.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <regex>
#include <utility>
#include <vector>

namespace twofifty::harness {
namespace {

constexpr std::size_t line_most = 400;

struct Known {
    LogMeaning means;
    std::regex pattern;
};

std::string first_group(const std::smatch& match) {
    for (std::size_t i = 1; i < match.size(); ++i)
        if (match[i].matched) return match[i].str();
    return {};
}

}  // namespace

void QueueIds::record(Event event) {
    const bool tells = event.kind == EventKind::transaction_accepted ||
                       (event.kind == EventKind::reply_seen && event.phase == Phase::data_done);
    if (tells && event.message != 0 && !event.text.empty()) {
        const std::lock_guard lock(mutex_);
        if (messages_.size() < most) messages_.insert_or_assign(event.text, event.message);
    }
    next_.record(std::move(event));
}

std::uint32_t QueueIds::message_of(std::string_view queue_id) const {
    const std::lock_guard lock(mutex_);
    const auto found = messages_.find(queue_id);
    return found == messages_.end() ? 0 : found->second;
}

void read_logs(const LogPlace& place, const QueueIds& ids, Recorder& recorder) {
    std::vector<Known> known;
    for (const AdapterLogLine& line : place.adapter.log_lines)
        known.push_back({line.means, std::regex(line.pattern)});
    std::array<std::uint64_t, log_meaning_names.size()> counts{};
    for (const std::string& name : place.adapter.log_files) {
        std::ifstream file(place.folder / name);
        for (std::string line; std::getline(file, line);) {
            for (const Known& what : known) {
                std::smatch match;
                if (!std::regex_search(line, match, what.pattern)) continue;
                const std::uint64_t count = ++counts[static_cast<std::size_t>(what.means)];
                if (count > log_lines_most) break;
                const std::string id = first_group(match);
                recorder.record({.at = place.at,
                                 .kind = EventKind::server_said,
                                 .node = place.node,
                                 .message = id.empty() ? 0 : ids.message_of(id),
                                 .quantity = static_cast<std::int64_t>(count),
                                 .text = std::string(to_string(what.means)) + ": " +
                                         line.substr(0, line_most)});
                break;
            }
        }
    }
}

}  // namespace twofifty::harness
