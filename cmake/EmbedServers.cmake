# Writes OUTPUT: every file below FOLDER (servers/<name>/...) as a text in C++.
#   cmake -D FOLDER=servers -D OUTPUT=embedded_servers.cpp -P EmbedServers.cmake
set(entries "")
file(GLOB_RECURSE files RELATIVE "${FOLDER}" "${FOLDER}/*")
list(SORT files)
foreach(file ${files})
  string(FIND "${file}" "/" slash)
  math(EXPR behind "${slash} + 1")
  string(SUBSTRING "${file}" 0 ${slash} name)
  string(SUBSTRING "${file}" ${behind} -1 path)
  file(READ "${FOLDER}/${file}" text)
  string(APPEND entries "    {\"${name}\", \"${path}\", R\"server(${text})server\"},\n")
endforeach()
file(WRITE "${OUTPUT}.new" "// Made by cmake/EmbedServers.cmake.
#include \"harness/adapter/embedded_servers.hpp\"

namespace twofifty::harness {
namespace {

constexpr EmbeddedServerFile files[] = {
${entries}};

}  // namespace

std::span<const EmbeddedServerFile> embedded_server_files() {
    return files;
}

}  // namespace twofifty::harness
")
file(COPY_FILE "${OUTPUT}.new" "${OUTPUT}" ONLY_IF_DIFFERENT)
