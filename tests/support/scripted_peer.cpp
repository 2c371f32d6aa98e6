#include "tests/support/scripted_peer.hpp"

#include "world/result.hpp"

#include <fmt/format.h>

#include <utility>

namespace twofifty::test {

using world::Result;
using world::Task;

namespace {

std::string visible(std::string text) {
    for (std::size_t place = text.find("\r\n"); place != std::string::npos;
         place = text.find("\r\n", place))
        text.replace(place, 2, "|");
    return text;
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Heard& heard) {
    return out << fmt::format("{} ns \"{}\"", heard.at.count(), heard.what);
}

void ScriptedPeer::take(std::unique_ptr<world::Stream> stream) {
    stream_ = std::move(stream);
    tasks_.spawn(listen());
}

void ScriptedPeer::says(std::string_view bytes) {
    tasks_.spawn(write(std::string(bytes)));
    settle();
}

void ScriptedPeer::closes() {
    stream_->close();
    settle();
}

void ScriptedPeer::resets() {
    stream_->reset();
    settle();
}

void ScriptedPeer::ends_sending() {
    stream_->shutdown_send();
    settle();
}

std::vector<Heard> ScriptedPeer::heard() {
    settle();
    std::vector<Heard> heard = std::exchange(heard_, {});
    for (Heard& entry : heard) entry.what = visible(std::move(entry.what));
    return heard;
}

Task<> ScriptedPeer::listen() {
    while (true) {
        const Result<std::size_t> bytes = co_await stream_->read_some(buffer_);
        const Duration now = world_.now().time_since_epoch();
        if (!bytes) {
            // What this end closed itself is no news to it.
            if (bytes.error() != world::Error::closed)
                heard_.push_back({now, fmt::format("<{}>", world::name_of(bytes.error()))});
            co_return;
        }
        const std::string_view piece(buffer_.data(), *bytes);
        bytes_.append(piece);
        if (heard_.empty() || heard_.back().at != now) heard_.push_back({now, {}});
        heard_.back().what.append(piece);
    }
}

Task<> ScriptedPeer::write(std::string bytes) {
    co_await stream_->write(bytes);
}

void ScriptedPeer::settle() {
    world_.run_until(world_.now());
}

}  // namespace twofifty::test
