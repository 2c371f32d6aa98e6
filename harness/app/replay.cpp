#include "harness/app/replay.hpp"

#include "smtp/reply.hpp"
#include "world/deadline.hpp"
#include "world/notifier.hpp"
#include "world/result.hpp"
#include "world/task_scope.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>

namespace twofifty::harness {
namespace {

using What = DialogueEvent::What;
using Who = DialogueEvent::Who;

constexpr Duration connect_limit = std::chrono::seconds{30};
/// After the client has ended, the server may say so much longer.
constexpr Duration farewell_limit = std::chrono::seconds{10};
constexpr std::size_t column = 46;

/// Takes the bytes of a server, and yields the replies that they complete. False where they are
/// none.
bool take_replies(smtp::ReplyParser& parser, std::string_view bytes,
                  std::vector<std::string>& replies) {
    while (!bytes.empty()) {
        const boost::system::result<std::size_t> taken = parser.feed(bytes);
        if (!taken) return false;
        bytes.remove_prefix(*taken);
        if (parser.complete()) replies.push_back(parser.take().raw);
    }
    return true;
}

/// One connection while its recording is read.
struct Reading {
    RecordedConnection connection{};
    TimePoint opened{};
    smtp::ReplyParser parser{};
    bool client_ended = false;
};

void take(Reading& reading, const DialogueEvent& event) {
    RecordedConnection& connection = reading.connection;
    if (!connection.why_not_all.empty()) return;
    if (event.who == Who::server) {
        if (event.what == What::bytes &&
            !take_replies(reading.parser, event.bytes, connection.replies))
            connection.why_not_all = "the server's answers are no SMTP from here on (TLS?)";
        return;
    }
    if (reading.client_ended) return;
    ReplayStep step{.at = event.at - reading.opened,
                    .replies_before = static_cast<std::uint32_t>(connection.replies.size()),
                    .bytes = event.bytes};
    if (event.what == What::ended) {
        reading.client_ended = true;
        step.what =
            event.bytes == "connection_reset" ? ReplayStep::What::reset : ReplayStep::What::shut;
    }
    connection.steps.push_back(std::move(step));
}

/// The other half of a replay: takes what the server says until it ends.
class Listening {
public:
    Listening(world::Clock& clock, world::Stream& stream, Replayed& result)
        : stream_(stream), result_(result), heard_(clock.ready()) {}

    world::Task<> run() {
        while (!over_) {
            const world::Result<std::size_t> bytes = co_await stream_.read_some(buffer_);
            if (!bytes) {
                end(world::name_of(bytes.error()));
            } else if (!take_replies(parser_, {buffer_.data(), *bytes}, result_.replies)) {
                end("it answers what is no SMTP");
            }
            heard_.notify_all();
        }
    }

    /// Waits until so many replies are there. False where they will not come, or not in time.
    world::Task<bool> until(world::Clock& clock, std::size_t replies, TimePoint due) {
        while (result_.replies.size() < replies && !over_ && clock.now() < due)
            co_await world::within(clock, due, heard_.wait());
        co_return result_.replies.size() >= replies;
    }
    world::Task<> until_over(world::Clock& clock, TimePoint due) {
        while (!over_ && clock.now() < due) co_await world::within(clock, due, heard_.wait());
    }

    bool over() const { return over_; }
    const std::string& how() const { return how_; }

private:
    void end(std::string_view how) {
        over_ = true;
        how_ = how;
    }

    world::Stream& stream_;
    Replayed& result_;
    world::Notifier heard_;
    smtp::ReplyParser parser_;
    std::array<char, 4096> buffer_{};
    std::string how_;
    bool over_ = false;
};

std::string first_line(const std::vector<std::string>& replies, std::size_t i) {
    if (i >= replies.size()) return "-";
    std::string line = replies[i].substr(0, replies[i].find_first_of("\r\n"));
    for (char& c : line)
        if (c < ' ' || c > '~') c = '?';
    return line.size() <= column ? line : line.substr(0, column - 3) + "...";
}

}  // namespace

std::vector<RecordedConnection> connections_of(std::span<const DialogueEvent> events) {
    std::vector<std::unique_ptr<Reading>> readings;
    std::map<std::uint32_t, Reading*> by_number;
    for (const DialogueEvent& event : events) {
        Reading*& reading = by_number[event.connection];
        if (event.what == What::opened || reading == nullptr) {
            reading = readings.emplace_back(std::make_unique<Reading>()).get();
            reading->connection.number = event.connection;
            reading->opened = event.at;
        }
        if (event.what == What::lost)
            reading->connection.why_not_all = "events are missing from here on";
        else if (event.what != What::opened)
            take(*reading, event);
    }
    std::vector<RecordedConnection> connections;
    for (const std::unique_ptr<Reading>& reading : readings)
        connections.push_back(std::move(reading->connection));
    return connections;
}

world::Task<> replay(world::Clock& clock, world::Network& network, const world::Endpoint& target,
                     const RecordedConnection& recorded, const ReplayOptions& options,
                     Replayed& result) {
    const TimePoint began = clock.now();
    world::Result<std::unique_ptr<world::Stream>> connected =
        co_await world::within(clock, began + connect_limit, network.connect(target));
    if (!connected) {
        result.trouble = "cannot connect: " + connected.error().message();
        co_return;
    }
    const std::unique_ptr<world::Stream> stream = std::move(*connected);
    Listening listening(clock, *stream, result);
    world::TaskScope tasks(clock.ready());
    tasks.spawn(listening.run());
    for (const ReplayStep& step : recorded.steps) {
        const TimePoint due = clock.now() + options.patience;
        const bool there = co_await listening.until(clock, step.replies_before, due);
        if (!there) {
            result.trouble = fmt::format("{} replies had come by now, {} did ({})",
                                         step.replies_before, result.replies.size(),
                                         listening.over() ? listening.how() : "timed_out");
            break;
        }
        if (options.at_recorded_times && began + step.at > clock.now())
            co_await world::sleep_for(clock, began + step.at - clock.now());
        if (step.what == ReplayStep::What::reset) {
            stream->reset();
            co_return;
        }
        if (step.what == ReplayStep::What::shut) break;
        const world::Written written = co_await stream->write(step.bytes);
        if (written.error) {
            result.trouble = "cannot send: " + written.error.message();
            break;
        }
    }
    // A recording that stops in the middle, because the proxy did, waits for what was answered.
    if (result.trouble.empty() &&
        (recorded.steps.empty() || recorded.steps.back().what == ReplayStep::What::send))
        co_await listening.until(clock, recorded.replies.size(), clock.now() + options.patience);
    stream->shutdown_send();
    co_await listening.until_over(clock, clock.now() + farewell_limit);
    stream->close();
    tasks.cancel();
}

std::string side_by_side(const RecordedConnection& recorded, const Replayed& replayed,
                         bool& agree) {
    std::string page =
        fmt::format("connection {}\n  {:<{}}  {}\n", recorded.number, "then", column, "now");
    // What the client did not wait for, as it left, may have come just in time or just too late.
    std::size_t awaited = 0;
    if (!recorded.steps.empty()) {
        const ReplayStep& last = recorded.steps.back();
        awaited =
            last.what == ReplayStep::What::send ? recorded.replies.size() : last.replies_before;
    }
    const std::size_t lines = std::max(recorded.replies.size(), replayed.replies.size());
    for (std::size_t i = 0; i < lines; ++i) {
        const std::string then = first_line(recorded.replies, i);
        const std::string now = first_line(replayed.replies, i);
        const bool both = then != "-" && now != "-";
        const bool same = then.substr(0, 3) == now.substr(0, 3) || (!both && i >= awaited);
        agree = agree && same;
        page += fmt::format("{} {:<{}}  {}\n", same ? " " : "!", then, column, now);
    }
    if (!recorded.why_not_all.empty())
        page += fmt::format("  played in part only: {}\n", recorded.why_not_all);
    if (!replayed.trouble.empty()) {
        agree = false;
        page += fmt::format("! ended early: {}\n", replayed.trouble);
    }
    return page;
}

}  // namespace twofifty::harness
