# Builds tests/package/consumer with this project as a part of it: only the library that it links is
# built, no tests of ours are there, and nothing is installed.
#   cmake ... [-D SETTINGS=NAME=value,NAME=value...] -P subdirectory_test.cmake
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/package_test.cmake)
string(REPLACE "," ";-D" settings "-DLIBRARY=domain,CHATHTTP_FROM=${SOURCE_DIR},${SETTINGS}")
string(REGEX REPLACE ";-D$" "" settings "${settings}")
configure(${CMAKE_CURRENT_LIST_DIR}/consumer ${settings})

run(${CMAKE_COMMAND} --build ${build_dir} --target help)
string(REGEX MATCHALL "[^\n]*(_test|chat_server|chat_client|gtest|verify)[^\n]*:" extra "${output}")
if(NOT extra STREQUAL "")
  message(FATAL_ERROR "targets that should not be there: ${extra}")
endif()

build()
file(GLOB_RECURSE objects RELATIVE ${build_dir} ${build_dir}/*.o)
list(FILTER objects EXCLUDE REGEX "chathttp_domain\\.dir/|consumer\\.dir/|absl")
if(NOT objects STREQUAL "")
  message(FATAL_ERROR "files that nobody needs: ${objects}")
endif()
run(${build_dir}/consumer)
message("${output}")

file(GLOB_RECURSE tests ${build_dir}/CTestTestfile.cmake)
if(NOT tests STREQUAL "")
  message(FATAL_ERROR "tests that should not be there: ${tests}")
endif()

run(${CMAKE_COMMAND} --install ${build_dir} --prefix ${SCRATCH_DIR}/prefix)
if(EXISTS ${SCRATCH_DIR}/prefix)
  file(GLOB_RECURSE installed ${SCRATCH_DIR}/prefix/*)
  message(FATAL_ERROR "files that should not be installed: ${installed}")
endif()
