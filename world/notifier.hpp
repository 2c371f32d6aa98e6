#pragma once

#include "world/pending_op.hpp"

#include <boost/intrusive/list.hpp>

namespace twofifty::world {

/// Lets coroutines of one world wait for a change: `co_await changed.wait()` (or within a
/// deadline), then look again. A notification with nobody waiting is lost, so test the condition
/// first. Must outlive its waits.
class Notifier {
public:
    class Wait;

    explicit Notifier(ReadyQueue& ready) : ready_(ready) {}

    Wait wait();
    void notify_one();
    void notify_all();
    bool has_waiters() const { return !waits_.empty(); }

private:
    using Hook = boost::intrusive::list_base_hook<
        boost::intrusive::tag<Notifier>,
        boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

public:
    class [[nodiscard]] Wait final : public PendingOp, public Hook {
    public:
        explicit Wait(Notifier& notifier) : notifier_(notifier) {}
        Wait(Wait&& other) noexcept
            : PendingOp(std::move(other)), Hook(), notifier_(other.notifier_) {}

        /// True when notified, false when the deadline passed.
        bool await_resume() const { return !error_; }

    private:
        friend class Notifier;
        bool begin() override {
            notifier_.waits_.push_back(*this);
            return false;
        }
        void do_cancel(boost::system::error_code error) override {
            Hook::unlink();
            complete(notifier_.ready_, error);
        }
        Notifier& notifier_;
    };

private:
    ReadyQueue& ready_;
    boost::intrusive::list<Wait, boost::intrusive::base_hook<Hook>,
                           boost::intrusive::constant_time_size<false>>
        waits_;
};

inline Notifier::Wait Notifier::wait() {
    return Wait(*this);
}

inline void Notifier::notify_one() {
    if (waits_.empty()) return;
    Wait& first = waits_.front();
    waits_.pop_front();
    first.complete(ready_);
}

inline void Notifier::notify_all() {
    while (!waits_.empty()) notify_one();
}

}  // namespace twofifty::world
