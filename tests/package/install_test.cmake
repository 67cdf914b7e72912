# Installs the build and moves it elsewhere, for the other package tests.
#   cmake ... -D BUILD_DIR=... -D PREFIX=... -P install_test.cmake
include(${CMAKE_CURRENT_LIST_DIR}/package_test.cmake)
run(${CMAKE_COMMAND} --install ${BUILD_DIR} --prefix ${SCRATCH_DIR}/first)
file(REMOVE_RECURSE ${PREFIX})
file(RENAME ${SCRATCH_DIR}/first ${PREFIX})
