# Builds tests/package/consumer with one library of the installed package, and runs it.
#   cmake ... -D PREFIX=... -D LIBRARY=domain [-D SETTINGS=NAME=value,NAME=value...]
#     [-D FLAGS=flag,flag...] [-D OTHER_COMPILER=ON] [-D ERROR=text] -P consumer_test.cmake
# FLAGS are added to those of the build under test. With OTHER_COMPILER, g++ stands for clang++ and
# clang++ for any other compiler. With ERROR, configuring must fail with this text.
include(${CMAKE_CURRENT_LIST_DIR}/package_test.cmake)
string(REPLACE "," ";-D" settings "-DLIBRARY=${LIBRARY},CMAKE_PREFIX_PATH=${PREFIX},${SETTINGS}")
string(REGEX REPLACE ";-D$" "" settings "${settings}")

if(FLAGS OR OTHER_COMPILER)
  if(CMAKE_CXX_FLAGS MATCHES "-fsanitize=")
    skip("sanitizers need the same compiler and RTTI on both sides")
  endif()
  string(REPLACE "," " " flags "${CMAKE_CXX_FLAGS} ${FLAGS}")
  list(APPEND settings "-DCMAKE_CXX_FLAGS=${flags}")
endif()
if(OTHER_COMPILER)
  set(other clang++)
  if(CMAKE_CXX_COMPILER MATCHES "clang")
    set(other g++)
  endif()
  find_program(other_compiler ${other})
  if(NOT other_compiler)
    skip("there is no ${other}; install it with: sh apps/setup.sh ${other}")
  endif()
  list(APPEND settings -DCMAKE_CXX_COMPILER=${other_compiler})
endif()

set(project ${CMAKE_CURRENT_LIST_DIR}/consumer)
if(ERROR)
  set_configure_command(command ${project})
  run_and_expect_error("${ERROR}" ${command} ${settings})
  return()
endif()
configure(${project} ${settings})
build()
run(${build_dir}/consumer)
message("${output}")
