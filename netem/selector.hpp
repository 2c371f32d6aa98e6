// When a rule acts: which replies, or which connections, and when. All conditions must hold.
#pragma once

#include "record/phase.hpp"
#include "record/time.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace twofifty::netem {

/// Which way bytes go.
enum class Direction : std::uint8_t { to_client, to_server, both };

inline constexpr std::array<std::string_view, 3> direction_names{"to_client", "to_server", "both"};

/// What ended a content: the final dot of DATA, or the chunk of BDAT LAST.
enum class EndOfData : std::uint8_t { any, dot, bdat };

inline constexpr std::array<std::string_view, 3> end_of_data_names{"any", "dot", "bdat"};

/// A process in time that is good, then bad, then good again, each for an exponentially distributed
/// time with its mean (Gilbert and Elliott's). A rule acts while it is bad.
struct OnOff {
    Duration good{};  ///< 0: always bad.
    Duration bad{};

    bool operator==(const OnOff&) const = default;
};

/// Which replies, or connections, a rule is about. An absent condition holds for all.
struct Selector {
    /// The phase whose reply is meant; none: any phase. data_xfer means the content itself: the
    /// effect acts where the final dot is about to be given to the server.
    Phase phase = Phase::none;
    /// 2, 3, 4, 5 for a class ("2xx"), a three-digit code ("250"), 0 for any.
    int reply = 0;
    /// The chance that the effect acts on a reply, or a connection, that fits; 0..1.
    double probability = 1.0;
    /// Act on no more than the first n that fit; 0: no limit. Counted per message, or over the run.
    std::uint32_t first = 0;
    /// Act on the n-th that fits only; 0: no such condition.
    std::uint32_t nth = 0;
    /// Act on every n-th that fits (n, 2n, ...); 0: no such condition.
    std::uint32_t every_nth = 0;
    /// Act on this attempt only (1 is the first), as the layer counts; 0: on any.
    std::uint32_t attempt = 0;
    /// Shell patterns (* and ?) over the whole address, without regard to case; empty: any.
    std::string recipient{};
    std::string sender{};
    /// The same over the name of the receiver behind the layer.
    std::string receiver{};
    /// What first, nth and every_nth count: the replies of one message (default), or of the whole
    /// run, which depends on the order of arrival.
    bool counts_over_run = false;
    /// Shell patterns over the enhanced code ("4.7.*") and over the text of the reply's first line,
    /// behind the code; empty: any.
    std::string enhanced{};
    std::string text{};
    /// The content's size in bytes as it passed the layer; in data_xfer and data_done only.
    std::uint64_t size_least = 0;
    std::uint64_t size_most = UINT64_MAX;
    EndOfData ended_by = EndOfData::any;
    /// The layer's number of the connection, and the transaction's on it, from 1; 0: any.
    std::uint32_t connection = 0;
    std::uint32_t transaction = 0;
    /// Effects on the stream only: which way.
    Direction direction = Direction::both;
    /// Time since the run began: from <= now < until.
    Duration from{};
    Duration until = Duration::max();
    OnOff on_off{};  ///< bad == 0: no such condition.

    bool operator==(const Selector&) const = default;
};

/// One reply (or, in data_xfer, the end of one content) that passes the layer, as far as rules may
/// ask.
struct Passing {
    Phase phase = Phase::none;
    std::uint16_t code = 0;        ///< 0 in data_xfer.
    std::uint32_t message = 0;     ///< Ordinal; 0: not known.
    std::uint32_t attempt = 0;     ///< As the layer counts; 0 outside a transaction.
    std::string_view recipient{};  ///< For rcpt, and for LMTP's data_done.
    std::string_view sender{};
    const std::vector<std::string>* recipients = nullptr;  ///< Accepted so far in this transaction.
    std::string_view receiver{};  ///< By name; empty where servers have none.
    std::uint32_t connection = 0;
    std::uint32_t transaction = 0;
    std::uint32_t reply_index = 0;
    std::string_view bytes{};  ///< The reply as it stands on the wire.
    std::uint64_t size = 0;    ///< Of the content, where it is known.
    bool chunked = false;      ///< The content came as BDAT.
    TimePoint at{};
};

/// Whether a rule is about this receiver.
bool fits_receiver(const Selector& when, std::string_view receiver);

/// The conditions that hold whatever was counted or drawn before; those on time are not among
/// them.
bool fits(const Selector& when, const Passing& passing);

/// from <= at < until.
bool within_window(const Selector& when, TimePoint at);

}  // namespace twofifty::netem
