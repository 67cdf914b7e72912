# Registers the package tests with CTest. The CMakeLists.txt beside this file is another project.
set(options_file ${CMAKE_CURRENT_BINARY_DIR}/package_options.cmake)
set(options "")
foreach(name
    CMAKE_BUILD_TYPE CMAKE_CXX_COMPILER CMAKE_CXX_COMPILER_LAUNCHER CMAKE_CXX_FLAGS
    CMAKE_EXE_LINKER_FLAGS CMAKE_MAKE_PROGRAM absl_DIR)
  if(DEFINED ${name})
    string(APPEND options "set(${name} [[${${name}}]] CACHE STRING \"\")\n")
  endif()
endforeach()
file(WRITE ${options_file} "${options}")

# add_package_test(NAME SCRIPT [-DNAME=value...])
function(add_package_test name script)
  add_test(NAME Package.${name}
    COMMAND ${CMAKE_COMMAND}
      -D SOURCE_DIR=${PROJECT_SOURCE_DIR}
      -D SCRATCH_DIR=${CMAKE_CURRENT_BINARY_DIR}/package/${name}
      -D OPTIONS_FILE=${options_file} ${ARGN}
      -P ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/${script})
  set_tests_properties(Package.${name} PROPERTIES TIMEOUT 600)
endfunction()

add_package_test(ReadmeExampleIsChatEmbed check_readme.cmake)
add_package_test(SubdirectoryBringsNoTestsAndInstallsNothing subdirectory_test.cmake)
if(CHATHTTP_INSTALL AND CHATHTTP_BUILD_APPS)
  add_package_test(InstalledLibrariesBuildTheExamples installed_test.cmake
    -D BUILD_DIR=${PROJECT_BINARY_DIR}
    -D HEADER_LIST=${CMAKE_CURRENT_BINARY_DIR}/layering/headers.txt)
endif()
