// One direction of one connection, as the effects on the stream let bytes through it. Without such
// effects it is a plain write.
#pragma once

#include "netem/rule_book.hpp"
#include "netem/stream_rules.hpp"
#include "record/recorder.hpp"
#include "world/deadline.hpp"
#include "world/fifo.hpp"
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

    /// `stream_rules` is the connection's, and must outlive the path.
    Path(const PathContext& context, StreamRules& stream_rules, Owner& owner,
         std::uint32_t connection, Direction direction);
    ~Path();

    /// Where the bytes go; also after the stream was exchanged for another (TLS).
    void lead_to(world::Stream& stream) { stream_ = &stream; }

    /// Gives bytes on, or keeps them until they may go; waits while too many are kept. False when
    /// the other end is gone, or nothing has left for so long that a kernel would have given up.
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
        Selector when;
        PathState state;
        StreamRules::Place place{};  ///< Held once it has begun.
        enum class Course : std::uint8_t { waiting, begun, over } course = Course::waiting;
        enum class Noted : std::uint8_t { nothing, fired, achieved } noted = Noted::nothing;
        TimePoint fired_at{};
        std::uint64_t fired_parcel = 0;  ///< The last of the run that it fired on.
    };
    /// How much later a rule makes something: Duration::max() is never.
    struct Lateness {
        std::uint32_t rule = 0;
        Duration later{};
    };
    /// Something on its way: bytes, the connection's end by an effect, or the direction's.
    struct Kept {
        Parcel parcel;
        TimePoint arrived{};
        std::vector<Lateness> lateness{};
        std::size_t place = 0;  ///< In the run that it came with.
        std::uint64_t number = 0;
    };

    void rules_changed() override;
    void ask_rules();
    bool refresh();
    bool acts(Acting& acting, TimePoint now);
    void follow_time();
    void leave(Acting& acting);
    void let_go(std::uint32_t rule, bool kept_for_good_only);
    static void set_due(Kept& kept, TimePoint earliest);
    void set_due_of_all();

    void keep(std::string_view bytes);
    static std::vector<Kept> made_of(const std::vector<Kept>& before,
                                     const std::vector<Parcel>& after, std::uint32_t rule);
    world::Task<> deliver();
    world::Task<> give_on();
    TimePoint next_event() const;
    TimePoint begin_write();
    void end_write();
    std::size_t kept_bytes() const { return bytes_.size() - gone_; }
    std::string take_bytes(std::size_t count);
    Acting* earliest_end();
    void end_connection(Verdict::How how);

    void note_fired(Acting& acting, Duration asked);
    void note_achieved(Acting& acting, const char* how);
    void note_left(std::uint64_t parcel);
    const char* gone() const;
    Event event(EventKind kind, const Acting& acting) const;

    PathContext context_;
    StreamRules& stream_rules_;
    Owner& owner_;
    std::uint32_t connection_;
    Direction direction_;
    world::Stream* stream_ = nullptr;
    std::vector<Acting> acting_;
    std::vector<std::uint32_t> asked_;  ///< Rules that were asked about this path.
    std::string bytes_;                 ///< Of the parcels kept, in order, behind those gone.
    std::size_t gone_ = 0;              ///< Bytes at the front of bytes_ that have left.
    world::Fifo<Kept, 0> kept_;
    std::uint64_t parcels_ = 0;
    TimePoint last_due_{};
    std::optional<Kept> close_;        ///< The direction's end, once close() was called.
    std::optional<Verdict::How> end_;  ///< A removed rule ends the connection.
    bool closed_ = false;
    bool dropped_ = false;
    bool delivering_ = false;
    bool writing_ = false;
    world::Notifier changed_;
    world::TaskScope tasks_;  // Last: what its task uses must outlive it.
};

}  // namespace twofifty::netem
