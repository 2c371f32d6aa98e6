#include "harness/app/dialogue_recorder.hpp"

#include "harness/app/exit_code.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>
#include <utility>

namespace twofifty::harness {
namespace {

constexpr std::size_t queued_bytes_limit = 64 << 20;
/// What an event takes beside its bytes, about.
constexpr std::size_t event_size = 64;
constexpr std::chrono::milliseconds longest_wait{100};

DialogueEvent::Who sender_of(netem::Direction way) {
    return way == netem::Direction::to_server ? DialogueEvent::Who::client
                                              : DialogueEvent::Who::server;
}

}  // namespace

DialogueRecorder::DialogueRecorder(const std::string& path)
    : path_(path), file_(path, std::ios::binary | std::ios::trunc) {
    if (!file_)
        throw CommandError(ExitCode::bad_input,
                           fmt::format("--record {}: {}", path, std::strerror(errno)));
    thread_ = std::thread([this] { run(); });
}

DialogueRecorder::~DialogueRecorder() {
    {
        const std::scoped_lock lock(mutex_);
        finishing_ = true;
    }
    arrived_.notify_one();
    thread_.join();
}

void DialogueRecorder::connected(TimePoint at, std::uint32_t connection,
                                 const world::Endpoint& client) {
    put({.connection = connection,
         .at = at,
         .what = DialogueEvent::What::opened,
         .bytes = to_string(client)});
}

void DialogueRecorder::bytes(TimePoint at, std::uint32_t connection, netem::Direction way,
                             std::string_view bytes) {
    put({.connection = connection, .at = at, .who = sender_of(way), .bytes = std::string(bytes)});
}

void DialogueRecorder::ended(TimePoint at, std::uint32_t connection, netem::Direction way,
                             std::string_view how) {
    put({.connection = connection,
         .at = at,
         .who = sender_of(way),
         .what = DialogueEvent::What::ended,
         .bytes = std::string(how)});
}

void DialogueRecorder::put(DialogueEvent event) {
    const std::scoped_lock lock(mutex_);
    if (queued_bytes_ >= queued_bytes_limit) {
        ++lost_;
        return;
    }
    if (lost_ > 0)
        queue_.push_back({.connection = event.connection,
                          .at = event.at,
                          .what = DialogueEvent::What::lost,
                          .bytes = std::to_string(std::exchange(lost_, 0))});
    queued_bytes_ += event.bytes.size() + event_size;
    queue_.push_back(std::move(event));
}

void DialogueRecorder::run() {
    std::vector<DialogueEvent> events;
    bool last = false;
    while (!last) {
        {
            std::unique_lock lock(mutex_);
            arrived_.wait_for(lock, longest_wait, [this] { return finishing_; });
            last = finishing_;
            events.clear();
            std::swap(events, queue_);
            queued_bytes_ = 0;
        }
        if (!failed_) write(events);
    }
}

void DialogueRecorder::write(const std::vector<DialogueEvent>& events) {
    errno = 0;
    for (const DialogueEvent& event : events) file_ << to_json_line(event);
    file_.flush();
    if (file_) return;
    failed_ = true;
    fmt::print(stderr, "twofifty: cannot write {}: {}; the dialogues are recorded no further\n",
               path_, std::strerror(errno));
}

}  // namespace twofifty::harness
