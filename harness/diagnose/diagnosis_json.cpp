#include "harness/diagnose/evidence_text.hpp"
#include "harness/diagnose/note.hpp"

#include <boost/json.hpp>

namespace twofifty::harness {
namespace {

namespace json = boost::json;

/// Counts up whenever a reader of the former form would go wrong.
constexpr std::int64_t schema = 1;

double in_ms(Duration span) {
    return static_cast<double>(span.count()) / 1e6;
}

json::value in_ms(const std::optional<Duration>& span) {
    return span ? json::value(in_ms(*span)) : json::value();
}

json::object of(const Share& share) {
    return {{"part", share.part}, {"whole", share.whole}};
}

json::value of(const std::optional<ChiSquare>& test) {
    if (!test) return nullptr;
    return json::object{{"chi_square", test->value},
                        {"degrees", test->degrees},
                        {"chance", test->chance()},
                        {"significant", test->significant()}};
}

json::object of(const TimeSpread& spread) {
    return {{"count", spread.count},    {"p50", in_ms(spread.p50)}, {"p90", in_ms(spread.p90)},
            {"p99", in_ms(spread.p99)}, {"max", in_ms(spread.max)}, {"censored", spread.censored}};
}

json::object of(const Counted& found) {
    json::object histogram;
    for (const auto& [copies, pairs] : found.histogram) histogram[std::to_string(copies)] = pairs;
    return {{"messages", found.messages},
            {"recipients", found.pairs},
            {"duplicated", found.duplicated},
            {"copies", found.copies},
            {"extra_copies", found.extra_copies},
            {"suppressed", found.suppressed},
            {"transactions", found.transactions},
            {"given_up", found.given_up},
            {"inferred", found.inferred},
            {"unexpected", found.unexpected},
            {"copies_histogram", std::move(histogram)}};
}

json::object of(const QueueFacts& queue) {
    return {{"samples", queue.samples},
            {"usual", queue.usual},
            {"deepest", queue.deepest},
            {"deepest_at_ms", in_ms(queue.deepest_at.time_since_epoch())},
            {"oldest_ms", in_ms(queue.oldest)},
            {"grew", queue.grew},
            {"time_deep", queue.time_deep}};
}

json::array senders_of(const Diagnosis& diagnosis) {
    json::array senders;
    for (const SenderKind& kind : diagnosis.senders)
        senders.push_back(json::object{{"name", kind.name},
                                       {"senders", kind.senders},
                                       {"duplicated", of(kind.duplicated)},
                                       {"given_up", kind.given_up},
                                       {"timer_ms_min", in_ms(kind.timer_least)},
                                       {"timer_ms_max", in_ms(kind.timer_most)},
                                       {"answered_ms_max", in_ms(kind.longest_answered)}});
    return senders;
}

json::array receivers_of(const Diagnosis& diagnosis) {
    json::array receivers;
    for (const ReceiverSeen& receiver : diagnosis.receivers)
        receivers.push_back(json::object{{"name", receiver.name},
                                         {"copies", receiver.copies},
                                         {"extra_copies", receiver.extra_copies},
                                         {"copies_max", receiver.copies_most},
                                         {"discarded", receiver.discarded},
                                         {"incoming", of(receiver.incoming)},
                                         {"outgoing", of(receiver.outgoing)}});
    return receivers;
}

json::object of(const Pattern& pattern) {
    json::array times;
    for (const Share& share : pattern.by_time) times.push_back(of(share));
    return {{"senders", of(pattern.senders)},
            {"within_kinds", of(pattern.within_kinds)},
            {"receivers", of(pattern.receivers)},
            {"times", of(pattern.times)},
            {"slice_ms", in_ms(pattern.slice)},
            {"by_time", std::move(times)},
            {"while_deep", of(pattern.while_deep)},
            {"otherwise", of(pattern.otherwise)},
            {"deep", of(pattern.deep)}};
}

json::object of(const Prevention& prevention) {
    const TimeoutAdvice& advice = prevention.timeout;
    json::array edges;
    for (const LoopEdge& edge : prevention.edges)
        edges.push_back(
            json::object{{"from", edge.from}, {"to", edge.to}, {"copies", edge.copies}});
    return {{"waited_in_vain", advice.in_vain},
            {"timeout_for_99_percent_ms", in_ms(advice.for_most)},
            {"timeout_for_all_ms", in_ms(advice.for_all)},
            {"longer_waits_seen", advice.longer_waits_seen},
            {"best_timeout_ms", in_ms(advice.at_best)},
            {"best_timeout_prevents", advice.share_at_best},
            {"shortest_timer_ms", in_ms(prevention.shortest_timer)},
            {"received_headers_normal", prevention.headers_normal},
            {"received_headers_max", prevention.headers_most},
            {"loop", std::move(edges)}};
}

}  // namespace

std::string write_diagnosis_json(const Diagnosis& diagnosis) {
    json::object causes;
    for (const CauseShare& cause : diagnosis.causes)
        causes[to_string(cause.cause)] = cause.extra_copies;
    json::object reasons;
    for (std::size_t i = 0; i < reason_names.size(); ++i)
        reasons[reason_names[i]] = diagnosis.reasons[static_cast<Reason>(i)];
    json::array limits;
    for (const std::string& limit : limits_of(diagnosis)) limits.emplace_back(limit);
    const json::object document{{"schema", schema},
                                {"cause", to_string(diagnosis.cause)},
                                {"causes", std::move(causes)},
                                {"reasons", std::move(reasons)},
                                {"found", of(diagnosis.found)},
                                {"server_ms", of(diagnosis.times.server)},
                                {"path_ms", of(diagnosis.times.path)},
                                {"sender_ms", of(diagnosis.times.sender)},
                                {"senders", senders_of(diagnosis)},
                                {"receivers", receivers_of(diagnosis)},
                                {"pattern", of(diagnosis.pattern)},
                                {"prevention", of(diagnosis.prevention)},
                                {"limits", std::move(limits)}};
    return json::serialize(document) + "\n";
}

}  // namespace twofifty::harness
