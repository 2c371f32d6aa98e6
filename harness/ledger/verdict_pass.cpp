#include "harness/ledger/verdict_pass.hpp"

#include "harness/ledger/attribution.hpp"

#include <algorithm>

namespace twofifty::harness {

void VerdictPass::run() {
    history_.for_each_message([this](std::uint32_t ordinal, const MessageHistory& message) {
        judge_message(ordinal, message);
    });
    judgement_.time_to_acknowledge = time_to_acknowledge_.spread();
    judgement_.time_to_delivery = time_to_delivery_.spread();
    judgement_.histograms.time_to_acknowledge = time_to_acknowledge_.histogram();
    judgement_.histograms.time_to_delivery = time_to_delivery_.histogram();
    judgement_.examples = examples_.chosen(Judgement::examples_most);
}

void VerdictPass::judge_message(std::uint32_t ordinal, const MessageHistory& message) {
    pairs_.clear();
    history_.for_each_pair(message, [&](const Pair& pair) {
        if (pair.submitted) {
            pairs_.push_back(&pair);
        } else {
            // A message, or a recipient of one, that the fleet never sent.
            history_.copies.for_each(pair.copies,
                                     [&](const Copy&) { ++judgement_.counts.unexpected; });
        }
    });
    if (pairs_.empty()) return;
    ++judgement_.counts.messages;
    std::sort(pairs_.begin(), pairs_.end(), [](const Pair* left, const Pair* right) {
        return left->recipient < right->recipient;
    });
    for (const Pair* pair : pairs_) judge_pair(ordinal, message, *pair);
}

void VerdictPass::judge_pair(std::uint32_t ordinal, const MessageHistory& message,
                             const Pair& pair) {
    const PairFigures figures = figures_of(pair);
    const bool gave_up = pair.gave_up || seen_.sender_is_empty;
    const SenderEnd end = figures.acknowledged_at != never ? SenderEnd::acknowledged
                          : gave_up                        ? SenderEnd::gave_up
                                                           : SenderEnd::pending;
    const Verdict verdict = verdict_of(figures, end);

    Counts& counts = judgement_.counts;
    ++counts.recipients;
    ++counts.verdicts[verdict];
    ++counts.sender_ends[end];
    ++counts.copies_histogram[figures.copies];
    counts.copies += figures.copies;
    counts.transactions_accepted += figures.transactions;
    counts.copies_suppressed += figures.suppressed;
    counts.copies_discarded += pair.discarded;
    const std::uint32_t queued = figures.copies + figures.suppressed;
    const std::uint32_t taken = history_.connections.layer_seen() ? figures.transactions : queued;
    if (taken >= 2) ++counts.wire_duplicated;

    if (end == SenderEnd::acknowledged) {
        time_to_acknowledge_.add(figures.acknowledged_at - pair.planned);
    } else {
        time_to_acknowledge_.add_censored();
    }
    if (figures.copies > 0) {
        time_to_delivery_.add(figures.delivered_at - pair.planned);
    } else {
        time_to_delivery_.add_censored();
    }

    judgement_.pairs.push_back({ordinal, pair.recipient, figures.copies, verdict, end});
    examples_.offer(ordinal, figures.copies, verdict);
    compare_with_layer(ordinal, pair, figures);
    if (figures.copies > 1) explain(ordinal, message, pair);
}

VerdictPass::PairFigures VerdictPass::figures_of(const Pair& pair) const {
    PairFigures figures;
    history_.copies.for_each(pair.copies, [&](const Copy& copy) {
        ++figures.copies;
        figures.delivered_at = std::min(figures.delivered_at, copy.at);
        // 0: the digest was not taken.
        const bool comparable = copy.digest != 0 && pair.digest != 0;
        figures.corrupted = figures.corrupted || (comparable && copy.digest != pair.digest);
    });
    history_.transactions.for_each(pair.transactions,
                                   [&](const Transaction&) { ++figures.transactions; });
    history_.ends.for_each(pair.ends, [&](const AttemptEnd& end) {
        if (end.outcome == Outcome::accepted) {
            figures.acknowledged_at = std::min(figures.acknowledged_at, end.at);
        }
    });
    figures.suppressed = pair.suppressed;
    // Nobody told of these; the wire did. Where the mailbox has none, nothing was there to
    // suppress.
    if (seen_.suppresses && figures.copies > 0 && figures.transactions > figures.copies)
        figures.suppressed = figures.transactions - figures.copies;
    return figures;
}

Verdict VerdictPass::verdict_of(const PairFigures& figures, SenderEnd end) const {
    if (figures.corrupted) return Verdict::corrupted;
    if (figures.copies >= 2) return Verdict::duplicated;
    if (end == SenderEnd::gave_up && figures.copies == 1) return Verdict::ghost;
    if (end == SenderEnd::pending) return Verdict::pending;
    if (end == SenderEnd::gave_up) return Verdict::failed;
    if (figures.copies == 1) return Verdict::once;
    // A copy may still lie in the receiver's queue, or be found by a count that goes on: "lost" is
    // said only where both were over after the acknowledgement.
    const bool looked_for =
        seen_.queues_empty_at >= figures.acknowledged_at && !judgement_.drain_end.empty();
    return looked_for ? Verdict::lost : Verdict::unobserved;
}

void VerdictPass::compare_with_layer(std::uint32_t ordinal, const Pair& pair,
                                     const PairFigures& figures) {
    // A copy that was suppressed was accepted all the same; one that was discarded was not.
    const std::uint32_t queued = figures.copies + figures.suppressed;
    if (!history_.connections.layer_seen() || queued == figures.transactions) return;
    ++judgement_.discrepancy_count;
    if (judgement_.discrepancies.size() >= Judgement::discrepancies_named_most) return;
    judgement_.discrepancies.push_back(
        {ordinal, pair.recipient, figures.copies, figures.transactions});
}

void VerdictPass::explain(std::uint32_t ordinal, const MessageHistory& message, const Pair& pair) {
    const MessageStory story = message_story(history_, message);
    const PairStory way = pair_story(history_, story, pair);
    const auto copies = static_cast<std::uint32_t>(way.copies.size());
    for (ExtraCopy extra : explain_extra_copies(story, way, history_.connections.layer_seen())) {
        extra.message = ordinal;
        ++judgement_.counts.extra_copies;
        ++judgement_.counts.causes[extra.trigger];
        ++judgement_.counts.routes[extra.route];
        examples_.offer(ordinal, copies, extra.trigger);
        if (judgement_.extra_copies.size() < Judgement::extra_copies_listed_most) {
            judgement_.extra_copies.push_back(extra);
        }
    }
}

}  // namespace twofifty::harness
