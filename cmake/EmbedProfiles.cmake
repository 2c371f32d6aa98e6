# Writes OUTPUT: every file of FOLDER/senders and FOLDER/receivers as a text in C++.
#   cmake -D FOLDER=profiles -D OUTPUT=embedded_profiles.cpp -P EmbedProfiles.cmake
set(entries "")
foreach(role sender receiver)
  file(GLOB files "${FOLDER}/${role}s/*.toml")
  list(SORT files)
  foreach(file ${files})
    get_filename_component(name "${file}" NAME_WE)
    file(READ "${file}" text)
    string(APPEND entries "    {Role::${role}, \"${name}\", R\"profile(${text})profile\"},\n")
  endforeach()
endforeach()
file(WRITE "${OUTPUT}.new" "// Made by cmake/EmbedProfiles.cmake.
#include \"harness/profile/embedded.hpp\"

namespace twofifty::harness {
namespace {

constexpr EmbeddedProfile profiles[] = {
${entries}};

}  // namespace

std::span<const EmbeddedProfile> embedded_profiles() {
    return profiles;
}

}  // namespace twofifty::harness
")
file(COPY_FILE "${OUTPUT}.new" "${OUTPUT}" ONLY_IF_DIFFERENT)
