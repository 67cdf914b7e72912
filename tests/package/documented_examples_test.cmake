# Builds and runs the examples of the pages, in tests/package, with the installed package.
#   cmake ... -D PREFIX=... -P documented_examples_test.cmake
include(${CMAKE_CURRENT_LIST_DIR}/package_test.cmake)
configure(${SOURCE_DIR}/tests/package
  -D CMAKE_PREFIX_PATH=${PREFIX} -D CHATHTTP_SOURCE_DIR=${SOURCE_DIR})
build()
run(${CMAKE_CTEST_COMMAND} --test-dir ${build_dir} --no-tests=error --output-on-failure)
message("${output}")
