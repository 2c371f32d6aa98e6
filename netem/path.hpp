// One direction of one connection, as the effects on the stream let bytes through it. Without such
// effects it is a plain write.
#pragma once

#include "netem/rule_book.hpp"
#include "record/recorder.hpp"
#include "world/deadline.hpp"
#include "world/notifier.hpp"
#include "world/stream.hpp"
#include "world/task_scope.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace twofifty::netem {

/// What every path, and every session, of a proxy shares. All of it must outlive them.
struct PathContext {
    world::Clock& clock;
    RuleBook& rules;
    Recorder& recorder;
};

class Path final : private RuleBook::Watcher {
public:
    class Owner {
    public:
        /// An effect has ended the connection.
        virtual void path_ended(Verdict::How how) = 0;

    protected:
        ~Owner() = default;
    };

    Path(const PathContext& context, Owner& owner, std::uint32_t connection, Direction direction);
    ~Path();

    /// Where the bytes go; also after the stream was exchanged for another (TLS).
    void lead_to(world::Stream& stream) { stream_ = &stream; }

    /// Gives bytes on, or keeps them until they may go; waits while too many are kept. False when
    /// the other end is gone.
    world::Task<bool> send(std::string_view bytes);
    /// The direction ends (FIN) behind all that was given.
    void close();
    /// Waits until everything was given on, and the end after close().
    world::Task<> finished();
    /// Forgets what is kept; nothing more goes on.
    void drop();

private:
    /// One effect on this path.
    struct Acting {
        std::uint32_t rule = 0;
        Effect effect;
        PathState state;
        enum class Noted : std::uint8_t { nothing, fired, achieved } noted = Noted::nothing;
        TimePoint fired_at{};
        std::uint64_t fired_parcel = 0;  ///< The first one it touched.
    };
    struct Kept {
        Parcel parcel;
        std::uint64_t number = 0;
    };

    void rules_changed() override;
    void ask_rules();
    bool refresh();
    void flush();
    void keep(std::string_view bytes);
    world::Task<> deliver();
    world::Task<bool> write(std::string_view bytes);
    std::optional<PathEnd> earliest_end() const;
    void note_fired(Acting& acting, const std::vector<Parcel>& parcels);
    void note_achieved(Acting& acting, const char* how);
    void note_left(std::uint64_t parcel);
    Event event(EventKind kind, const Acting& acting) const;

    PathContext context_;
    Owner& owner_;
    std::uint32_t connection_;
    Direction direction_;
    world::Stream* stream_ = nullptr;
    std::vector<Acting> acting_;
    std::vector<std::uint32_t> asked_;  ///< Rules that were asked about this path.
    std::string bytes_;                 ///< Kept, in order.
    std::vector<Kept> kept_;            ///< In order; its front part may be gone already.
    std::size_t first_kept_ = 0;
    std::uint64_t parcels_ = 0;
    TimePoint last_due_{};
    TimePoint close_due_ = never;
    bool closing_ = false;
    bool closed_ = false;
    bool dropped_ = false;
    bool delivering_ = false;
    world::Notifier changed_;
    world::TaskScope tasks_;  // Last: what its task uses must outlive it.
};

}  // namespace twofifty::netem
