# Builds tests/package with this project as a part of it: only what is asked for is built, no tests
# of ours are there, and nothing is installed.
#   cmake -D SOURCE_DIR=... -D SCRATCH_DIR=... -D OPTIONS_FILE=... -P subdirectory_test.cmake
include(${CMAKE_CURRENT_LIST_DIR}/package_test.cmake)

configure(-D CHATHTTP_AS_SUBDIRECTORY=ON)

run(${CMAKE_COMMAND} --build ${build_dir} --target help)
string(REGEX MATCHALL "[^\n]*(_test|chat_server|chat_client|gtest|verify)[^\n]*:" extra "${output}")
if(NOT extra STREQUAL "")
  message(FATAL_ERROR "targets that should not be there: ${extra}")
endif()

run(${CMAKE_CTEST_COMMAND} --test-dir ${build_dir} --show-only)
string(REGEX MATCHALL "Test +#[^\n]*" tests "${output}")
list(FILTER tests EXCLUDE REGEX ": embed_")
if(NOT tests STREQUAL "")
  message(FATAL_ERROR "tests that should not be there: ${tests}")
endif()

run(${CMAKE_COMMAND} --install ${build_dir} --prefix ${SCRATCH_DIR}/prefix)
if(EXISTS ${SCRATCH_DIR}/prefix)
  file(GLOB_RECURSE installed ${SCRATCH_DIR}/prefix/*)
  message(FATAL_ERROR "files that should not be installed: ${installed}")
endif()

# One example will do: the others would build all of the project once more.
run(${CMAKE_COMMAND} --build ${build_dir} --target embed_room)
run(${CMAKE_CTEST_COMMAND} --test-dir ${build_dir} --no-tests=error --output-on-failure
  -R embed_room)
message("${output}")
