#include "tls/pem_file.hpp"

#include "tls/identity.hpp"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace twofifty::tls {
namespace {

[[noreturn]] void fail(const std::string& path, const std::string& why) {
    throw BadCredentials("cannot read " + path + ": " + why);
}

}  // namespace

std::string read_pem_file(const std::string& path) {
    std::error_code ignored;
    // It could be opened, and fails only when it is read.
    if (std::filesystem::is_directory(path, ignored))
        fail(path, std::generic_category().message(EISDIR));
    std::ifstream file(path, std::ios::binary);
    if (!file) fail(path, std::generic_category().message(errno));
    std::string text{std::istreambuf_iterator<char>(file), {}};
    if (text.empty()) fail(path, "the file is empty");
    return text;
}

}  // namespace twofifty::tls
