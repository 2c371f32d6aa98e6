#pragma once

#include "netem/tap.hpp"
#include "record/event.hpp"
#include "record/recorder.hpp"

#include <cstdint>
#include <string_view>

namespace twofifty::netem {

class NamedProxy;

/// Is told all that happens at the proxies of a set, while it happens. It must not wait, nor change
/// the set.
class ProxyObserver {
public:
    virtual void happened(const NamedProxy& proxy, const Event& event) = 0;
    virtual void passed(const NamedProxy& proxy, TimePoint at, std::uint32_t connection,
                        Direction way, std::string_view bytes) = 0;
    virtual void gone(const NamedProxy& proxy, std::uint32_t connection) = 0;
    /// The proxy is no more.
    virtual void removed(const NamedProxy& proxy) = 0;

protected:
    ~ProxyObserver() = default;
};

/// Recorder and tap of one proxy: gives on to those of its set, and to who observes the set.
class ProxyEars final : public Recorder, public Tap {
public:
    /// All must outlive it; `tap` and `*observer` may be null.
    ProxyEars(const NamedProxy& proxy, Recorder& recorder, Tap* tap, ProxyObserver* const& observer)
        : proxy_(proxy), recorder_(recorder), tap_(tap), observer_(observer) {}

    void record(Event event) override {
        if (observer_) observer_->happened(proxy_, event);
        recorder_.record(std::move(event));
    }
    void connected(TimePoint at, std::uint32_t connection, const world::Endpoint& client) override {
        if (tap_) tap_->connected(at, connection, client);
    }
    void bytes(TimePoint at, std::uint32_t connection, Direction way,
               std::string_view bytes) override {
        if (observer_) observer_->passed(proxy_, at, connection, way, bytes);
        if (tap_) tap_->bytes(at, connection, way, bytes);
    }
    void ended(TimePoint at, std::uint32_t connection, Direction way,
               std::string_view how) override {
        if (tap_) tap_->ended(at, connection, way, how);
    }
    void gone(std::uint32_t connection) override {
        if (observer_) observer_->gone(proxy_, connection);
        if (tap_) tap_->gone(connection);
    }

private:
    const NamedProxy& proxy_;
    Recorder& recorder_;
    Tap* tap_;
    ProxyObserver* const& observer_;
};

}  // namespace twofifty::netem
