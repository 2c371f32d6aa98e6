// Runs of the program itself, in either world, and what they left in their folders.
#pragma once

#include "harness/ledger/judgement.hpp"
#include "harness/report/summary.hpp"
#include "record/event.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace twofifty::parity {

enum class World : std::uint8_t { real_time, virtual_time };

struct ProgramRun {
    std::string trouble;  ///< Why there is no result; else empty.
    int exit_code = -1;
    std::vector<Event> events;      ///< As stored in the ledger.
    harness::Judgement judgement;   ///< Of those events.
    harness::Summary summary;       ///< As read from summary.json.
    std::string recomputed_digest;  ///< Of those events.
};

/// The program that stands beside this test in the build.
std::string built_program();

/// Carries the scenario out with `program` and reads its folder. It has two minutes.
ProgramRun run_program(const std::string& program, World world, std::string_view scenario,
                       std::uint64_t seed);

}  // namespace twofifty::parity
