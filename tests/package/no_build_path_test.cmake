# No installed file names the folder of the sources or of the build.
#   cmake ... -D PREFIX=... -D BUILD_DIR=... -P no_build_path_test.cmake
include(${CMAKE_CURRENT_LIST_DIR}/package_test.cmake)
if(CMAKE_CXX_FLAGS MATCHES "-fsanitize=")
  skip("sanitizers write the paths of sources into each object file")
endif()
execute_process(COMMAND grep -r -l -F -e ${SOURCE_DIR} -e ${BUILD_DIR} ${PREFIX}
  RESULT_VARIABLE result OUTPUT_VARIABLE files)
if(NOT result EQUAL 1)
  message(FATAL_ERROR "files with a path of the build:\n${files}")
endif()
# The search would find such a path.
file(WRITE ${SCRATCH_DIR}/planted "\n${SOURCE_DIR}/domain/text.cc\n")
run(grep -r -q -F -e ${SOURCE_DIR} -e ${BUILD_DIR} ${SCRATCH_DIR})
