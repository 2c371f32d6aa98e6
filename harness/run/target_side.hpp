#pragma once

#include "harness/fleet/message_factory.hpp"
#include "harness/observe/maildir.hpp"
#include "harness/run/place.hpp"
#include "harness/scenario/scenario.hpp"
#include "harness/target/reference_receiver.hpp"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace twofifty::harness {

/// The target's side of a run: the reference receivers, or the watch over a real server's mail. In
/// the real world it has a world, hence a thread, of its own, as a server would.
class TargetSide {
public:
    /// All arguments but `identity` must outlive it.
    TargetSide(Place place, Recorder& recorder, const Scenario& scenario,
               const AddressBook& recipients, const RunIdentity& identity);

    /// Starts it. Throws std::runtime_error that says why not.
    void start();

    /// Where the target listens: each receiver, in their order, or the one server that runs
    /// already. REQUIRES: started.
    std::span<const world::Endpoint> endpoints() const { return endpoints_; }
    /// Messages that the target has taken and not stored yet, as far as can be seen. Any thread may
    /// ask.
    std::uint32_t in_service() const;
    /// Where copies are counted: "receiver", "maildir <path>" or "nowhere".
    std::string observed_at() const;
    /// A last look for copies; then records whether the target's queues were seen empty. A real
    /// server's cannot be.
    void finish();

private:
    void start_receivers();
    MadeMessage make_again(std::uint32_t ordinal, std::string_view message_id) const;

    Place place_;
    Recorder& recorder_;
    const Scenario& scenario_;
    std::unique_ptr<MessageFactory> messages_;  ///< Where receivers hand mail on.
    std::vector<std::unique_ptr<ReferenceReceiver>> receivers_;
    std::unique_ptr<MaildirObserver> maildir_;
    std::vector<world::Endpoint> endpoints_;
    world::TaskScope tasks_;
};

}  // namespace twofifty::harness
