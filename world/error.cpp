#include "world/result.hpp"

#include <array>
#include <string>

namespace twofifty::world {
namespace {

struct Naming {
    const char* name;
    const char* message;
};

constexpr std::array namings{
    Naming{"none", "no error"},
    Naming{"end_of_stream", "the peer closed the connection"},
    Naming{"connection_reset", "the connection was reset"},
    Naming{"connection_refused", "the connection was refused"},
    Naming{"unreachable", "the host cannot be reached"},
    Naming{"address_in_use", "the address is in use by another program"},
    Naming{"access_denied", "the system does not permit it"},
    Naming{"no_resources", "out of descriptors, ports or memory"},
    Naming{"name_not_found", "the host name does not resolve"},
    Naming{"timed_out", "the time allowed has passed"},
    Naming{"canceled", "the operation was given up"},
    Naming{"closed", "the connection is closed"},
    Naming{"unspecified", "the system reports an error"},
};

const Naming& naming(int value) {
    const auto index = static_cast<std::size_t>(value);
    return index < namings.size() ? namings[index] : namings.back();
}

class Category final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "world"; }
    std::string message(int value) const override { return naming(value).message; }
};

const Category& category() {
    static const Category instance;
    return instance;
}

}  // namespace

boost::system::error_code make_error_code(Error error) {
    return {static_cast<int>(error), category()};
}

std::string name_of(const boost::system::error_code& error) {
    return error.category() == category() ? naming(error.value()).name : error.message();
}

}  // namespace twofifty::world
