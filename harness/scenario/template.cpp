#include "harness/scenario/template.hpp"

namespace twofifty::harness {

std::string scenario_template() {
    return R"toml(# What happens to mail when one in twenty replies to the final dot is lost?
# Expected: those messages are delivered twice, and nothing is lost.
#
# Every key and its default: docs/scenario.md. Change one thing, then: twofifty run THIS_FILE
name = "my-scenario"
seed = 1                           # the same seed impairs the same messages

[fleet]
senders = 5                        # sending servers, each with its own queue
messages = 500                     # or duration = "60s"
rate = "100/s"                     # all senders together; without it: as fast as connections allow
connections = 4                    # at most, per sender
timeouts = { data_done = "1s" }    # the others are those of RFC 5321
retry = { schedule = ["500ms", "1s"], lifetime = "1m" }  # the last wait repeats

[message]
size = "8KiB"                      # or { distribution = "lognormal", median = "8KiB", sigma = 1.5 }
recipients = 1                     # r1@recipient.test, ...; or to = ["a@example.test"]

[target]
server = "reference"               # or address = "127.0.0.1:2525" of a server that runs already
# maildir = "/var/mail/test"       # with address: where copies appear

[[impair]]
name = "lose-250"
when = { phase = "data_done", reply = "2xx", probability = 0.05 }
effect = { drop = "reply" }        # or delay, hold, swallow, cut, replace: docs/effects.md

[drain]                            # after the load, wait until
quiet_for = "2s"                   # nothing has happened for so long, or
budget = "1m"                      # at most so long after the load

[expect]                           # the run fails where one does not hold
lost = "== 0"
duplicated = [">= 1", "<= 15%"]    # a count, or a share of all (message, recipient) pairs
"causes.reply_dropped" = ">= 1"
fired.lose-250 = ">= 1"
)toml";
}

}  // namespace twofifty::harness
