// TLS over any stream of either world. What comes out is a stream like any other, so whoever speaks
// over it does not know.
#pragma once

#include "tls/context.hpp"
#include "tls/error.hpp"
#include "world/clock.hpp"
#include "world/stream.hpp"
#include "world/task.hpp"

#include <memory>
#include <string>

namespace twofifty::tls {

/// Shakes hands over `transport`, on the side that `context` is for, and yields the stream inside.
///
/// `server_name`   on the client's side, whom the certificate must be for (where the context
///                 verifies), and what the server is told that it is called. May be empty: then
///                 the name is not looked at. The accepting side has none.
/// `deadline`      for the whole handshake.
/// Errors: those of tls::Error and, of what is below, timed_out, end_of_stream, connection_reset.
/// After an error the transport is closed; the alert that says why was sent where there was room.
///
/// Nothing that was read from the transport before may be kept for later: bytes in plain text that
/// stand in front of the handshake are an attack (CVE-2011-0411), and the caller must refuse them.
///
/// The stream that comes out:
/// - reads the transport only while somebody reads it, or, behind a read that was given up, until
///   the next bytes come, which are kept;
/// - counts bytes as given when they were encrypted, record by record, each once the transport has
///   taken the one before: what was encrypted goes out before anything else, also where the write
///   was given up, so that a later write goes on at `bytes`;
/// - says close_notify when it is closed or its sending ends, and reads the peer's as
///   end_of_stream, as it does a close without one: mail servers often do without.
world::Task<world::Result<std::unique_ptr<world::Stream>>> handshake(
    world::Clock& clock, std::unique_ptr<world::Stream> transport, const Context& context,
    std::string server_name, TimePoint deadline);

}  // namespace twofifty::tls
