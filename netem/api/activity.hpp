// What the API knows of what happens at the proxies: the latest firings, figures, and a feed for
// those who watch.
#pragma once

#include "netem/api/dialogue_watch.hpp"
#include "netem/api/event_feed.hpp"
#include "netem/api/figures.hpp"
#include "netem/api/firing_log.hpp"
#include "netem/proxy_set.hpp"

#include <map>
#include <string>
#include <vector>

namespace twofifty::netem::api {

class Activity final : public ProxyObserver {
public:
    explicit Activity(world::Clock& clock) : clock_(clock), feed_(clock.ready()) {}

    void happened(const NamedProxy& proxy, const Event& event) override;
    void passed(const NamedProxy& proxy, TimePoint at, std::uint32_t connection, Direction way,
                std::string_view bytes) override;
    void gone(const NamedProxy& proxy, std::uint32_t connection) override;
    void removed(const NamedProxy& proxy) override;

    const FiringLog& firings() const { return firings_; }
    EventFeed& feed() { return feed_; }
    /// In Prometheus' text format.
    std::string metrics(const ProxySet& proxies) const;

private:
    class Teller;

    /// What is known of one proxy.
    struct Known {
        Figures figures;
        std::map<std::uint32_t, DialogueWatch> dialogues;  ///< By connection.
        std::map<std::uint32_t, std::string> rules;        ///< Those that fired, by number.
    };

    void note_firing(Known& known, const NamedProxy& proxy, const Event& event);

    world::Clock& clock_;
    FiringLog firings_;
    EventFeed feed_;
    std::map<const NamedProxy*, Known> proxies_;
};

}  // namespace twofifty::netem::api
