// One whole run in virtual time, in memory: a scenario's text in, its events and what they came to
// out. It builds what the program builds, but for the ledger's file.
#pragma once

#include "harness/ledger/judgement.hpp"
#include "harness/report/summary.hpp"
#include "harness/scenario/scenario.hpp"
#include "record/event.hpp"
#include "world/virtual/virtual_world.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace twofifty::test {

struct VirtualRunOptions {
    std::optional<std::uint64_t> seed{};  ///< In place of the scenario's.
    /// Of the network; latency is the scenario's own.
    double short_read_chance = 1.0 / 16;
    std::size_t buffer_size = 65536;
    /// When the run is interrupted, each time.
    std::vector<Duration> interrupts{};
};

struct VirtualRun {
    harness::Scenario scenario;
    world::virtual_world::Ended ended{};
    std::vector<Event> events;
    harness::Judgement judgement;
    harness::Summary summary;

    std::vector<Event> of_kind(EventKind kind) const;
    std::uint64_t verdict(std::string_view name) const;
    std::uint64_t cause(std::string_view name) const;
};

/// Throws settings::Error where the scenario is wrong.
VirtualRun run_virtual(std::string_view scenario, const VirtualRunOptions& options = {});

/// The text of a file of the source tree, such as "scenarios/clean.toml".
std::string source_file(const std::string& path);

}  // namespace twofifty::test
