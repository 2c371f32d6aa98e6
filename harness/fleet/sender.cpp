// The queue of a sender: what is in it, and when it is tried again.
#include "harness/fleet/sender.hpp"

#include "harness/fleet/retry_plan.hpp"
#include "record/text.hpp"
#include "world/deadline.hpp"

#include <algorithm>
#include <utility>

namespace twofifty::harness {

using smtp::RecipientResult;
using world::Task;

namespace {

std::string domain_of(std::string_view address) {
    std::string domain(address.substr(address.rfind('@') + 1));
    std::ranges::transform(domain, domain.begin(), lower);
    return domain;
}

}  // namespace

Sender::Sender(const FleetContext& context, const SenderIdentity& identity)
    : context_(context),
      settings_(identity.settings),
      client_(identity.client),
      node_(identity.node),
      deferred_changed_(context.clock.ready()),
      tasks_(context.clock.ready()) {
    if (settings_.retry.queue_run) {
        const auto interval = static_cast<double>(settings_.retry.queue_run->count());
        run_offset_ = Duration{static_cast<std::int64_t>(interval * identity.run_phase)};
    }
    for (std::uint32_t recipient = 1; recipient <= context_.recipients.size(); ++recipient)
        destination_of(recipient);
    tasks_.spawn(run_retries());
}

/// The place of the destination that a recipient belongs to; made where there is none yet.
std::uint32_t Sender::destination_of(std::uint32_t recipient) {
    const std::string domain = domain_of(context_.recipients.address_of(recipient));
    for (std::uint32_t place = 0; place < destinations_.size(); ++place)
        if (destinations_[place].domain() == domain) return place;
    destinations_.emplace_back(domain, context_.routes.hosts_of(domain), settings_,
                               context_.clock.ready());
    return static_cast<std::uint32_t>(destinations_.size() - 1);
}

void Sender::submit(std::uint32_t ordinal, TimePoint planned) {
    enqueue(ordinal, planned, nullptr);
}

/// `awake`: the destination whose connection asks for work and need not be woken.
void Sender::enqueue(std::uint32_t ordinal, TimePoint planned, const Destination* awake) {
    const TimePoint now = context_.clock.now();
    const std::shared_ptr<const Message> message = context_.messages.get(ordinal);
    std::vector<Job> jobs;
    for (const std::uint32_t recipient :
         recipients_of(ordinal, context_.message_settings, context_.recipients)) {
        context_.recorder.record(
            Event{.at = now,
                  .kind = EventKind::submitted,
                  .node = node_,
                  .message = ordinal,
                  .recipient = recipient,
                  .duration = now - planned,
                  .quantity = static_cast<std::int64_t>(message->content.size()),
                  .digest = message->body_digest});
        const std::uint32_t domain = destinations_.size() == 1 ? 0 : destination_of(recipient);
        // The last job of that domain that has room.
        const auto open = std::find_if(jobs.begin(), jobs.end(), [&](const Job& job) {
            return job.domain == domain &&
                   job.recipients.size() < settings_.recipients_per_transaction;
        });
        if (open != jobs.end()) {
            open->recipients.push_back(recipient);
        } else {
            jobs.push_back({.ordinal = ordinal,
                            .domain = domain,
                            .submitted = now,
                            .recipients = {recipient}});
        }
    }
    std::shared_ptr<SharedJob> shared;
    if (jobs.size() > 1) {
        shared = std::make_shared<SharedJob>();
        shared->open_jobs = static_cast<std::uint32_t>(jobs.size());
    }
    for (Job& job : jobs) {
        job.shared = shared;
        Destination& destination = destinations_[job.domain];
        destination.ready.push_back(std::move(job));
        if (&destination != awake) wake_connection(destination);
    }
}

void Sender::wake_connection(Destination& destination) {
    if (destination.work_arrived.has_waiters()) {
        destination.work_arrived.notify_one();
    } else if (destination.connections < destination.limit()) {
        ++destination.connections;
        tasks_.spawn(run_connection(destination));
    }
}

void Sender::start_all_connections() {
    // A connection that finds no message ends at once, so they are counted here by their starts.
    for (Destination& destination : destinations_) {
        const std::uint32_t limit = destination.limit();
        for (std::uint32_t started = destination.connections; started < limit; ++started) {
            ++destination.connections;
            tasks_.spawn(run_connection(destination));
        }
    }
}

/// Closed load: takes the next messages of the plan until one is for this destination.
void Sender::take_planned(const Destination& destination) {
    while (destination.ready.empty()) {
        const std::uint32_t ordinal = context_.next_planned();
        if (ordinal == 0) return;
        enqueue(ordinal, context_.clock.now(), &destination);
    }
}

/// Moves messages whose time has come from the deferred queue to the ready one.
Task<> Sender::run_retries() {
    while (true) {
        const TimePoint due = deferred_.empty() ? never : deferred_.begin()->first;
        if (due <= context_.clock.now()) {
            Destination& destination = destinations_[deferred_.begin()->second.domain];
            destination.ready.push_back(std::move(deferred_.begin()->second));
            deferred_.erase(deferred_.begin());
            wake_connection(destination);
        } else {
            co_await world::within(context_.clock, due, deferred_changed_.wait());
        }
    }
}

/// Records how a try ended for each recipient, and leaves those in the job who are still to be
/// served.
void Sender::settle(Job& job, const Tried& tried, std::uint32_t connection, std::uint32_t attempt) {
    const TimePoint now = context_.clock.now();
    std::vector<std::uint32_t> open;
    std::vector<std::uint32_t> served;
    for (std::size_t i = 0; i < tried.results.size(); ++i) {
        const RecipientResult& result = tried.results[i];
        const std::uint32_t recipient = job.recipients[i];
        Event ended{.at = now,
                    .kind = EventKind::attempt_ended,
                    .phase = result.phase,
                    .outcome = result.outcome,
                    .code = result.code,
                    .node = node_,
                    .message = job.ordinal,
                    .recipient = recipient,
                    .attempt = attempt,
                    .connection = connection,
                    .duration = result.waited};
        if (result.error) ended.text = smtp::name_of(result.error);
        context_.recorder.record(std::move(ended));
        if (result.outcome == Outcome::refused_for_good) {
            give_up(job, recipient, "refused_for_good");
        } else if (result.outcome == Outcome::accepted) {
            served.push_back(recipient);
        } else {
            open.push_back(recipient);
        }
    }
    if (settings_.resends_to_all && !open.empty())
        open.insert(open.end(), served.begin(), served.end());
    std::sort(open.begin(), open.end());
    job.recipients = std::move(open);
}

/// After the last host of a delivery: the job is done, waits for its next time, or is given up.
void Sender::end_delivery(Job job, TimePoint started) {
    if (job.recipients.empty()) return finish(job);
    const TimePoint now = context_.clock.now();
    if (job.failures++ == 0) job.first_failure = now;
    warn_of_delay(job);
    const RetryPlan plan = plan_next(job, started);
    if (!plan.next) {
        for (const std::uint32_t recipient : job.recipients) give_up(job, recipient, plan.why);
        return finish(job);
    }
    job.last_wait = plan.wait;
    defer(std::move(job), *plan.next);
}

RetryPlan Sender::plan_next(const Job& job, TimePoint started) const {
    RetryStanding standing{.submitted = job.submitted,
                           .first_failure = job.first_failure,
                           .attempt_started = started,
                           .failed = context_.clock.now(),
                           .failures = job.failures,
                           .last_wait = job.last_wait,
                           .run_offset = run_offset_};
    if (settings_.retry.jitter > 0) {
        const std::uint64_t key = world::fold(context_.seed, "retry jitter");
        world::Random random(
            world::fold(world::fold(key, std::uint64_t{job.ordinal}), job.failures));
        standing.draw = random.uniform();
    }
    return plan_retry(settings_.retry, standing);
}

void Sender::defer(Job job, TimePoint until) {
    deferred_.emplace(until, std::move(job));
    deferred_changed_.notify_all();
}

void Sender::finish(Job& job) {
    if (!job.shared || --job.shared->open_jobs == 0) context_.finished();
}

void Sender::give_up(const Job& job, std::uint32_t recipient, std::string_view why) {
    context_.recorder.record(Event{.at = context_.clock.now(),
                                   .kind = EventKind::gave_up,
                                   .node = node_,
                                   .message = job.ordinal,
                                   .recipient = recipient,
                                   .attempt = job.last_attempt(),
                                   .text = std::string(why)});
}

void Sender::warn_of_delay(Job& job) {
    const std::vector<Duration>& ages = settings_.retry.warn_after;
    const TimePoint now = context_.clock.now();
    while (job.warnings < ages.size() && now - job.submitted >= ages[job.warnings]) {
        ++job.warnings;
        for (const std::uint32_t recipient : job.recipients)
            context_.recorder.record(Event{.at = now,
                                           .kind = EventKind::delay_warned,
                                           .node = node_,
                                           .message = job.ordinal,
                                           .recipient = recipient,
                                           .attempt = job.last_attempt()});
    }
}

}  // namespace twofifty::harness
