# Builds and runs the installed examples, and tells the number of lines of each.
#   cmake ... -D PREFIX=... -D DOC_DIR=share/doc/... -P installed_examples_test.cmake
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/package_test.cmake)
set(examples ${PREFIX}/${DOC_DIR}/examples)
configure(${examples} -D CMAKE_PREFIX_PATH=${PREFIX})
build()
run(${CMAKE_CTEST_COMMAND} --test-dir ${build_dir} --no-tests=error --output-on-failure)
message("${output}")
file(GLOB sources ${examples}/*.cc)
run(wc -l ${sources})
message("${output}")
