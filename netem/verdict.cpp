#include "netem/verdict.hpp"

#include <algorithm>

namespace twofifty::netem {

Duration Verdict::asked() const {
    Duration time = delay;
    for (const Part& part : parts) time += part.pause;
    return time;
}

Verdict combined(Verdict first, const Verdict& second) {
    // Passing stands in the order of how long it keeps the reply; a removed one is not kept.
    first.passing = std::max(first.passing, second.passing);
    first.delay += second.delay;
    if (second.cut != Verdict::Side::none) {
        first.cut = second.cut;
        first.how = second.how;
        first.cut_after_bytes = second.cut_after_bytes;
    }
    if (!second.replacement.empty()) first.replacement = second.replacement;
    if (!second.parts.empty()) {
        first.parts = second.parts;
        first.swallow_last_part = second.swallow_last_part;
    }
    return first;
}

}  // namespace twofifty::netem
