// Between a proxy and the ledger: what one proxy's events need before they can stand beside
// another's.
#pragma once

#include "harness/app/event_writer.hpp"
#include "netem/foreign_identities.hpp"
#include "netem/rule_book.hpp"
#include "record/recorder.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace twofifty::harness {

/// What every proxy of a process shares: the numbers of rules, and who has appeared. Without a
/// ledger (null) nothing is kept. Belongs to the world's thread.
class ProxyBook final : public netem::Newcomers, public Recorder {
public:
    explicit ProxyBook(EventWriter* events) : events_(events) {}

    void message(ForeignMessage message) override;
    void recipient(std::uint32_t number, std::string_view address) override;
    void full() override;

    /// The number by which a rule is known to the ledger: the same name with the same effect is the
    /// same rule, at whichever proxy.
    std::uint32_t rule(const netem::Rule& rule);

    void record(Event event) override {
        if (events_ != nullptr) events_->record(std::move(event));
    }
    /// At the end: how often each rule of a book matched.
    void record_matched(const netem::RuleBook& rules, TimePoint at);
    /// Messages that have appeared.
    std::uint32_t messages() const { return messages_; }
    /// Says once, on standard error, that a connection cannot be followed.
    void tell_not_followed(const Event& event);

private:
    EventWriter* events_;
    std::map<std::pair<std::string, std::string>, std::uint32_t> rules_;
    std::uint32_t messages_ = 0;
    bool told_not_followed_ = false;
};

/// Takes the events of one proxy. Rules are renumbered, since each proxy counts its own from 1.
class ProxyRecorder final : public Recorder {
public:
    /// All must outlive it.
    ProxyRecorder(ProxyBook& book, const netem::RuleBook& rules) : book_(book), rules_(rules) {}

    void record(Event event) override;

private:
    std::uint32_t number_of(std::uint32_t rule);

    ProxyBook& book_;
    const netem::RuleBook& rules_;
    std::map<std::uint32_t, std::uint32_t> known_;  ///< For a rule that is no longer in use.
};

}  // namespace twofifty::harness
