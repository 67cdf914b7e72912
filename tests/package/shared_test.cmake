# Builds and installs the libraries but sim as shared ones, moves them, and uses them. They are built
# without exceptions and RTTI, which shows that they need neither. Without optimisation, and with
# several sources in one, that takes half the time; so names in anonymous namespaces differ in a layer.
#   cmake ... -D LIB_DIR=lib -D SONAME_VERSION=1.0 -P shared_test.cmake
include(${CMAKE_CURRENT_LIST_DIR}/package_test.cmake)
if(NOT CMAKE_CXX_FLAGS MATCHES "-fsanitize=") # which needs RTTI
  string(APPEND CMAKE_CXX_FLAGS " -fno-exceptions -fno-rtti")
endif()
configure(${SOURCE_DIR} -D BUILD_SHARED_LIBS=ON -D CHATHTTP_BUILD_SIM=OFF
  -D CHATHTTP_PRECOMPILE=OFF -D CMAKE_UNITY_BUILD=ON -D CMAKE_BUILD_TYPE= -D CMAKE_CXX_FLAGS=${CMAKE_CXX_FLAGS})
build()
foreach(component runtime development)
  run(${CMAKE_COMMAND} --install ${build_dir} --prefix ${SCRATCH_DIR}/first
    --component ${component})
endforeach()
set(prefix ${SCRATCH_DIR}/moved)
file(RENAME ${SCRATCH_DIR}/first ${prefix})

foreach(layer domain transport adapters)
  run(readelf -d ${prefix}/${LIB_DIR}/libchathttp_${layer}.so)
  foreach(entry "soname: [libchathttp_${layer}.so.${SONAME_VERSION}]" "path: [$ORIGIN")
    string(FIND "${output}" "${entry}" at)
    if(at EQUAL -1)
      message(FATAL_ERROR "libchathttp_${layer}.so has no \"${entry}\":\n${output}")
    endif()
  endforeach()
endforeach()

set(consumer ${CMAKE_CURRENT_LIST_DIR}/consumer)
set(settings -D CMAKE_PREFIX_PATH=${prefix} -D LIBRARY=adapters -D CMAKE_CXX_FLAGS=${CMAKE_CXX_FLAGS})
set(build_dir ${SCRATCH_DIR}/consumer)
configure(${consumer} ${settings})
build()
run(${build_dir}/consumer)
message("${output}")

set_configure_command(command ${consumer})
run_and_expect_error("built without its component sim; the components that it has are domain, transport"
  ${command} ${settings} -D COMPONENTS=sim)
