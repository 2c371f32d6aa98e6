#pragma once

#include "harness/fleet/message_factory.hpp"
#include "harness/observe/observer.hpp"
#include "harness/run/hops.hpp"
#include "harness/run/place.hpp"
#include "harness/scenario/scenario.hpp"
#include "harness/servers/farm.hpp"
#include "harness/target/reference_receiver.hpp"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace twofifty::harness {

/// The target's side of a run: the reference receivers, and the watch over real servers' mail. In
/// the real world it has a world, hence a thread, of its own, as a server would.
class TargetSide {
public:
    /// All arguments but `identity` must outlive it. `farm`: the real servers of the run, which are
    /// not started yet; null where there can be none.
    TargetSide(Place place, Recorder& recorder, const Scenario& scenario,
               const AddressBook& recipients, const RunIdentity& identity, Farm* farm = nullptr);

    /// Starts what is ours of it, and tells the real servers where their next hops are. Throws
    /// std::runtime_error that says why not.
    void start();

    /// Where the target listens: each receiver, in their order, or the one server that runs
    /// already. REQUIRES: started.
    std::span<const world::Endpoint> endpoints() const { return endpoints_; }
    /// Messages that the target has taken and not stored yet, as far as can be seen. Any thread may
    /// ask.
    std::uint32_t in_service() const;
    /// Where copies are counted: "receiver", "maildir <path>", several of them, or "nowhere".
    std::string observed_at() const;
    /// A last look for copies; then records whether the target's queues were seen empty. Those of a
    /// server that runs already cannot be.
    world::Task<> finish();

private:
    void add_receiver(const ReceiverSettings& settings, std::uint16_t number,
                      const RunIdentity& identity);
    void start_receivers();
    void start_observers();
    void observe(const RealServer& server, std::uint16_t number);
    ObserverParts observer_parts(std::uint16_t number) const;
    bool is_reference(std::size_t place) const { return receivers_[place] != nullptr; }
    MadeMessage make_again(std::uint32_t ordinal, std::string_view message_id) const;

    Place place_;
    Recorder& recorder_;
    const Scenario& scenario_;
    const AddressBook& recipients_;
    std::string run_id_;
    Farm* farm_;
    std::unique_ptr<MessageFactory> messages_;  ///< Where receivers hand mail on.
    /// In the scenario's order; null where a real server stands in that place.
    std::vector<std::unique_ptr<ReferenceReceiver>> receivers_;
    std::vector<std::unique_ptr<Observer>> observers_;
    bool suppressed_ = false;  ///< Some look behind a server's own suppression.
    std::unique_ptr<Hops> hops_;
    std::vector<world::Endpoint> endpoints_;
    world::TaskScope tasks_;
};

}  // namespace twofifty::harness
