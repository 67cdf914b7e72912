# Options that do not fit together are refused with the way out.
include(${CMAKE_CURRENT_LIST_DIR}/package_test.cmake)
set_configure_command(command ${SOURCE_DIR})
run_and_expect_error("set CHATHTTP_BUILD_SIM=ON or CHATHTTP_BUILD_APPS=OFF"
  ${command} -D CHATHTTP_BUILD_SIM=OFF -D CHATHTTP_BUILD_APPS=ON)
