// `twofifty diagnose`: why messages of a run exist more than once, from what an operator could have
// seen.
#include "harness/app/commands.hpp"
#include "harness/diagnose/diagnose.hpp"
#include "harness/diagnose/note.hpp"
#include "harness/ledger/ledger.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace twofifty::harness {

ExitCode diagnose_command(const std::string& run, bool as_json) {
    const std::filesystem::path file = std::filesystem::path(run) / "ledger.sqlite";
    if (!std::filesystem::is_regular_file(file))
        throw CommandError(ExitCode::bad_input,
                           run + " is no run folder: it holds no ledger.sqlite");
    try {
        const Ledger ledger = Ledger::open(file.string());
        Diagnostician diagnostician({.senders = ledger.senders(),
                                     .receivers = ledger.receivers(),
                                     .foreign = ledger.run("mail") == "foreign"});
        ledger.for_each_event([&](const Event& event) { diagnostician.add(event); });
        const Diagnosis diagnosis = diagnostician.finish();
        fmt::print("{}", as_json ? write_diagnosis_json(diagnosis) : write_note(diagnosis));
        return ExitCode::passed;
    } catch (const LedgerError& error) {
        throw CommandError(ExitCode::bad_input, error.what());
    }
}

}  // namespace twofifty::harness
