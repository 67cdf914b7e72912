# Builds the programs of tests/package/consumer with the installed libraries, without CMake, and runs
# them.
#   cmake ... -D PREFIX=... -D LIB_DIR=lib -P pkg_config_test.cmake
include(${CMAKE_CURRENT_LIST_DIR}/package_test.cmake)
find_program(pkg_config pkg-config)
if(NOT pkg_config)
  skip("there is no pkg-config; install it with: sh apps/setup.sh pkg-config")
endif()
set(ENV{PKG_CONFIG_PATH} ${PREFIX}/${LIB_DIR}/pkgconfig)
separate_arguments(flags UNIX_COMMAND "${CMAKE_CXX_FLAGS}")
set(consumer ${CMAKE_CURRENT_LIST_DIR}/consumer)

foreach(library domain adapters sim)
  run(${pkg_config} --cflags --libs chathttp-${library})
  separate_arguments(words UNIX_COMMAND "${output}")
  set(program ${SCRATCH_DIR}/${library})
  set(command
    ${CMAKE_CXX_COMPILER} ${flags} -I${consumer} ${consumer}/${library}.cc ${words} -o ${program})
  run(${command} -std=c++20)
  run(${program})
  message("${output}")
  run_and_expect_error("chathttp needs C++20 or later" ${command} -std=c++17 -E)
endforeach()

# What the other libraries require is there, too.
run(${pkg_config} --print-errors --exists chathttp-transport chathttp-contract)
