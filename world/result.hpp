#pragma once

#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>

#include <cstdint>
#include <string>

namespace twofifty::world {

template <class T>
using Result = boost::system::result<T>;

/// What the outside can do to us. Both worlds report these and nothing else; the names stand in the
/// ledger.
enum class Error : std::uint8_t {
    end_of_stream = 1,   ///< The peer closed, in order.
    connection_reset,    ///< The peer, or the path, tore the connection down.
    connection_refused,  ///< Nobody listens there.
    unreachable,         ///< No way there, or no such address.
    address_in_use,      ///< Another program listens there.
    access_denied,       ///< The system does not permit it.
    no_resources,        ///< No more descriptors, ports or memory.
    name_not_found,      ///< A host name that does not resolve.
    timed_out,           ///< Our own deadline passed.
    canceled,            ///< We gave the operation up.
    closed,              ///< Used after we closed it.
    unspecified,         ///< Any other error of the system.
};

boost::system::error_code make_error_code(Error error);

/// The name of an error of ours ("timed_out"); the message of a foreign one.
std::string name_of(const boost::system::error_code& error);

}  // namespace twofifty::world

template <>
struct boost::system::is_error_code_enum<twofifty::world::Error> : std::true_type {};
