// A server that follows a script: what it must be told, byte for byte, and what it answers. The
// same script can be broken at any of its steps, so each dialogue is tested whole and in pieces.
#pragma once

#include "smtp/client_session.hpp"
#include "world/virtual/virtual_world.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace twofifty::smtp {

using namespace std::chrono_literals;

/// One reply, what must have been said before it, and the phase whose timer it stops.
struct Step {
    Phase phase;
    std::string expected;
    std::string reply;
    bool then_tls{};  ///< Behind the reply, both sides turn to TLS.
};
using Script = std::vector<Step>;

/// What happens instead of a reply.
enum class Break : std::uint8_t { silence, close, reset };

struct Breakage {
    std::size_t step = static_cast<std::size_t>(-1);
    Break how = Break::silence;
};

/// One message, to recipients 1, 2, ...
struct Letter {
    std::vector<std::string> recipients;
    std::string content;
    bool eight_bit = false;
};

/// What a conversation came to, in words that can be compared.
struct Conversation {
    std::string opened;                             ///< "ok", or the failure.
    std::vector<std::vector<std::string>> results;  ///< Per letter, per recipient.
    bool usable = false;                            ///< Behind the last letter.
    TimePoint ended{};                              ///< Behind the last letter.
    std::vector<std::string> events;
    std::string unexpected;  ///< What the client said that the script did not have.
};

/// Timeouts that tell the phases apart: the n-th phase has n seconds.
Timeouts one_second_more_each();
Duration timeout_of(Phase phase);

/// Plays the script with a client that hands the letters over, then says QUIT where it may.
Conversation converse(const Script& script, const ClientOptions& options,
                      const std::vector<Letter>& letters, Breakage breakage = {});

/// "unknown at data_done, code 0, waited 11000 ms, timed_out"
std::string words(const RecipientResult& result);
std::string words(Outcome outcome, Phase phase, int code, Duration waited,
                  const std::string& error = "");

}  // namespace twofifty::smtp
