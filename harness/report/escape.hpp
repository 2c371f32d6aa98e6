// Names and texts come from scenario files and from servers. Whatever they hold, it may neither
// break a report's format nor become a part of it.
#pragma once

#include <string>
#include <string_view>

namespace twofifty::harness {

/// For text and quoted attributes of XML and HTML: <, >, &, " and ' as entities. Characters that
/// XML cannot hold at all become U+FFFD.
std::string escape_xml(std::string_view text);

/// For a cell of a Markdown table: marks lose their meaning, line ends become spaces.
std::string escape_markdown(std::string_view text);

}  // namespace twofifty::harness
