#include "netem/api/event_feed.hpp"

#include <fmt/format.h>

#include <utility>

namespace twofifty::netem::api {
namespace {

std::string event_of(std::string_view kind, std::string_view data) {
    return fmt::format("event: {}\ndata: {}\n\n", kind, data);
}

}  // namespace

void EventFeed::Subscriber::add(std::string_view event) {
    // What comes behind a lost event is lost too, until the client has taken what waits: then it
    // knows where the gap is.
    if (lost_ > 0 || waiting_.size() + event.size() > buffer_limit)
        ++lost_;
    else
        waiting_ += event;
    changed_.notify_all();
}

std::string EventFeed::Subscriber::take() {
    std::string taken = std::exchange(waiting_, {});
    if (lost_ > 0) taken += event_of("lost", fmt::format(R"({{"events":{}}})", lost_));
    lost_ = 0;
    return taken;
}

std::unique_ptr<EventSource> EventFeed::subscribe() {
    auto subscriber = std::make_unique<Subscriber>(ready_);
    subscribers_.push_back(*subscriber);
    return subscriber;
}

void EventFeed::publish(std::string_view kind, std::string_view data) {
    if (subscribers_.empty()) return;
    const std::string event = event_of(kind, data);
    for (Subscriber& subscriber : subscribers_) subscriber.add(event);
}

}  // namespace twofifty::netem::api
