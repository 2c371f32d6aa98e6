# What every target shares: the language, the warnings, the sanitizers.
add_library(twofifty_options INTERFACE)
target_compile_features(twofifty_options INTERFACE cxx_std_20)
target_include_directories(twofifty_options INTERFACE "${CMAKE_SOURCE_DIR}")
# Floating-point results may not depend on the compiler: virtual runs print one digest everywhere.
target_compile_options(twofifty_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
                                                  -Werror -ffp-contract=off)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 sees danger where there is none in inlined string code (GCC bugs 105329, 105651), and in coroutine frames.
  target_compile_options(twofifty_options INTERFACE -Wno-restrict -Wno-maybe-uninitialized -Wno-mismatched-new-delete)
endif()
target_compile_definitions(twofifty_options INTERFACE TWOFIFTY_VERSION="${PROJECT_VERSION}")
# What the tests themselves are made of is not instrumented: it is most of the code, and not what is tested. Only the
# thread sanitizer must see all of it.
set(twofifty_sanitizers "")
if(TWOFIFTY_SANITIZE)
  set(twofifty_sanitizers -fsanitize=${TWOFIFTY_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(twofifty_options INTERFACE -fsanitize=${TWOFIFTY_SANITIZE})
  if(TWOFIFTY_SANITIZE MATCHES "thread")
    target_compile_options(twofifty_options INTERFACE ${twofifty_sanitizers})
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      # g++ warns of Asio's fences, which this sanitizer does not model.
      target_compile_options(twofifty_options INTERFACE -Wno-tsan)
    endif()
  endif()
  if(TWOFIFTY_SANITIZE MATCHES "undefined")
    # What is left out costs a third of the compiler's time, and is seen by the address sanitizer too where it matters.
    list(APPEND twofifty_sanitizers -fno-sanitize-recover=undefined -fno-sanitize=null,alignment,object-size,vptr)
  endif()
endif()

# twofifty_library(NAME SOURCES file... [USES library...] [PRIVATE library...])
# One layer, or one part of a layer. USES are seen by its users too.
function(twofifty_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;USES;PRIVATE")
  add_library(${name} STATIC ${arg_SOURCES})
  target_link_libraries(${name} PUBLIC twofifty_options ${arg_USES} PRIVATE ${arg_PRIVATE})
  target_compile_options(${name} PRIVATE ${twofifty_sanitizers})
endfunction()

# twofifty_test(NAME SOURCES file... USES library... [LABEL label])
# One test program; each of its tests is a test of ctest, labelled with its folder.
function(twofifty_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "LABEL" "SOURCES;USES")
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_USES} GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE TWOFIFTY_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST PROPERTIES LABELS "${arg_LABEL}" TIMEOUT 120)
endfunction()
