#pragma once

#include "netem/api/server.hpp"

#include <boost/intrusive/list.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace twofifty::netem::api {

/// Server-sent events (WHATWG HTML, 9.2) for those who watch. Each has a buffer of its own with a
/// bound: who reads more slowly than things happen loses events, and is told how many.
class EventFeed {
public:
    static constexpr std::size_t buffer_limit = 256 * 1024;

    explicit EventFeed(world::ReadyQueue& ready) : ready_(ready) {}

    /// Sees what is published from now on. The feed must outlive it.
    std::unique_ptr<EventSource> subscribe();
    bool has_subscribers() const { return !subscribers_.empty(); }
    /// `data` is one line of JSON.
    void publish(std::string_view kind, std::string_view data);

private:
    class Subscriber final : public EventSource,
                             public boost::intrusive::list_base_hook<
                                 boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
    public:
        explicit Subscriber(world::ReadyQueue& ready) : changed_(ready) {}

        void add(std::string_view event);
        std::string take() override;
        world::Notifier& changed() override { return changed_; }

    private:
        std::string waiting_;
        std::size_t lost_ = 0;
        world::Notifier changed_;
    };

    world::ReadyQueue& ready_;
    boost::intrusive::list<Subscriber, boost::intrusive::constant_time_size<false>> subscribers_;
};

}  // namespace twofifty::netem::api
