// What causes and reasons are called in a sentence.
#include "harness/diagnose/note.hpp"

#include <array>

namespace twofifty::harness {

std::string_view describe(Cause cause) {
    static constexpr std::array<std::string_view, cause_names.size()> words{
        "replies or connections were lost, or late, between the servers and the senders",
        "the servers took as long to answer the final dot as the senders wait",
        "the same message comes back to a server that had it",
        "one transaction makes several copies, and no message comes back",
        "what was acknowledged is sent again",
        "the servers take the message and close the connection before they answer",
        "no message exists twice",
        "the evidence does not show why",
    };
    return words[static_cast<std::size_t>(cause)];
}

std::string_view describe(Reason reason) {
    static constexpr std::array<std::string_view, reason_names.size()> words{
        "the server had answered in time, and the sender waited in vain",
        "the connection was lost; the server had the message",
        "the server answered when the sender had gone, or was about to go",
        "the server had the message, and was never seen to answer",
        "the server closed the connection although it owed an answer",
        "the message came back, with more Received headers than the first time",
        "a server kept the message and passed it on to another one",
        "the server stored one transaction more than once",
        "the sender had read the acknowledgement, and sent again",
        "the server accepted; the sender read a refusal, or no reply at all",
        "nothing that was seen explains it",
    };
    return words[static_cast<std::size_t>(reason)];
}

}  // namespace twofifty::harness
