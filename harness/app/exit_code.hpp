#pragma once

#include <stdexcept>
#include <string>

namespace twofifty::harness {

/// What the program tells its caller.
enum class ExitCode : int {
    passed = 0,        ///< Every expectation held.
    failed = 1,        ///< One did not; or a comparison exceeded a bound.
    inconclusive = 2,  ///< The run cannot say.
    bad_input = 3,     ///< The scenario or the command line is wrong; nothing was started.
    environment = 4,   ///< The target, the disk or the system failed.
};

/// Ends the command: one line for standard error, and the exit code.
class CommandError : public std::runtime_error {
public:
    CommandError(ExitCode exit_code, const std::string& message)
        : std::runtime_error(message), code(exit_code) {}
    ExitCode code;
};

}  // namespace twofifty::harness
