#include "tls/pem_file.hpp"

#include "tls/identity.hpp"

#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>

namespace twofifty::tls {

std::string read_pem_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(file), {}};
    // A folder can be opened, and fails when it is read.
    if (!file.is_open() || file.bad() || text.empty()) {
        const int error = errno;
        const std::string why = file.is_open() && !file.bad()
                                    ? "the file is empty"
                                    : std::generic_category().message(error);
        throw BadCredentials("cannot read " + path + ": " + why);
    }
    return text;
}

}  // namespace twofifty::tls
