// JSON as people can read it too: keys in the order in which they were put in, lists of numbers on
// one line, and numbers as short as they read back as the same.
#pragma once

#include <boost/json.hpp>

#include <string>

namespace twofifty::harness {

/// A whole document, ending with a line feed. A number that is not finite is null.
std::string json_text(const boost::json::value& document);

}  // namespace twofifty::harness
