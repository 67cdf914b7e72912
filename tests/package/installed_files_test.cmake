# Installs the build, moves it elsewhere, and builds and runs tests/package with what is there.
#   cmake -D SOURCE_DIR=... -D SCRATCH_DIR=... -D OPTIONS_FILE=... -D BUILD_DIR=...
#     -D HEADER_LIST=... -P installed_test.cmake
include(${CMAKE_CURRENT_LIST_DIR}/package_test.cmake)

run(${CMAKE_COMMAND} --install ${BUILD_DIR} --prefix ${SCRATCH_DIR}/first)
set(prefix ${SCRATCH_DIR}/moved)
file(RENAME ${SCRATCH_DIR}/first ${prefix})

# Public headers are installed, private ones are not.
file(STRINGS ${HEADER_LIST} public_headers REGEX "^public ")
list(TRANSFORM public_headers REPLACE "^public " "")
file(GLOB_RECURSE installed_headers RELATIVE ${prefix}/include/chathttp ${prefix}/include/*)
list(SORT public_headers)
list(SORT installed_headers)
if(NOT public_headers STREQUAL installed_headers)
  message(FATAL_ERROR "public:    ${public_headers}\ninstalled: ${installed_headers}")
endif()

foreach(program chat_server chat_client chat_load chat_sim)
  run(${prefix}/bin/${program} --version)
  if(NOT EXISTS ${prefix}/share/man/man1/${program}.1)
    message(FATAL_ERROR "${program} has no man page in share/man/man1")
  endif()
endforeach()

configure(-D CMAKE_PREFIX_PATH=${prefix})
run(${CMAKE_COMMAND} --build ${build_dir})
run(${CMAKE_CTEST_COMMAND} --test-dir ${build_dir} --no-tests=error --output-on-failure)
message("${output}")
