#pragma once

#include <string>

namespace twofifty::tls {

/// The text of a PEM file. Throws BadCredentials where it is missing or cannot be read.
std::string read_pem_file(const std::string& path);

}  // namespace twofifty::tls
