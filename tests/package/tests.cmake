# Registers the package tests with CTest. The CMakeLists.txt beside this file is another project.
set(options_file ${CMAKE_CURRENT_BINARY_DIR}/package_options.cmake)
set(options "")
foreach(name
    CMAKE_BUILD_TYPE CMAKE_CXX_COMPILER CMAKE_CXX_COMPILER_LAUNCHER CMAKE_CXX_FLAGS
    CMAKE_CXX_FLAGS_DEBUG CMAKE_EXE_LINKER_FLAGS CMAKE_MAKE_PROGRAM absl_DIR)
  if(DEFINED ${name})
    string(APPEND options "set(${name} [[${${name}}]] CACHE STRING \"\")\n")
  endif()
endforeach()
file(WRITE ${options_file} "${options}")

set(package_dir ${CMAKE_CURRENT_BINARY_DIR}/package)
set(package_prefix ${package_dir}/prefix)

# add_package_test(NAME SCRIPT [-DNAME=value...])
function(add_package_test name script)
  add_test(NAME Package.${name}
    COMMAND ${CMAKE_COMMAND}
      -D SOURCE_DIR=${PROJECT_SOURCE_DIR}
      -D SCRATCH_DIR=${package_dir}/${name}
      -D OPTIONS_FILE=${options_file} ${ARGN}
      -P ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/${script})
  set_tests_properties(Package.${name} PROPERTIES
    TIMEOUT 600
    SKIP_REGULAR_EXPRESSION "skipped: ")
endfunction()

# add_installed_test(NAME SCRIPT [-DNAME=value...]): a package test that needs the installed package.
function(add_installed_test name script)
  add_package_test(${name} ${script}
    -D PREFIX=${package_prefix}
    -D BUILD_DIR=${PROJECT_BINARY_DIR}
    -D DOC_DIR=${CMAKE_INSTALL_DOCDIR}
    -D LIB_DIR=${CMAKE_INSTALL_LIBDIR} ${ARGN})
  set_tests_properties(Package.${name} PROPERTIES FIXTURES_REQUIRED package)
endfunction()

add_package_test(ReadmeExampleIsChatEmbed check_readme.cmake)
add_package_test(ChangelogHasTheVersion check_version.cmake -D VERSION=${PROJECT_VERSION})
add_package_test(OptionsThatDoNotFitAreRefused options_test.cmake)
add_package_test(SubdirectoryBuildsOnlyWhatIsLinked subdirectory_test.cmake)
add_package_test(FetchContentUsesTheAbseilOfItsParent subdirectory_test.cmake
  -D SETTINGS=FETCHED=ON,HAS_ABSEIL=ON,CHATHTTP_BUILD_ADAPTERS=OFF,CHATHTTP_BUILD_SIM=OFF)
add_package_test(SharedLibrariesNeedNoExceptions shared_test.cmake
  -D LIB_DIR=${CMAKE_INSTALL_LIBDIR}
  -D SONAME_VERSION=${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})

if(CHATHTTP_BUILD_APPS)
  add_test(NAME Package.UnitsAreValidAndConfined
    COMMAND sh ${CMAKE_CURRENT_LIST_DIR}/units.sh $<TARGET_FILE:chat_server>)
  set_tests_properties(Package.UnitsAreValidAndConfined PROPERTIES
    SKIP_REGULAR_EXPRESSION "skipped: ")
endif()
if(CHATHTTP_INSTALL AND CHATHTTP_BUILD_APPS)
  add_package_test(IsInstalledAndMoved install_test.cmake
    -D BUILD_DIR=${PROJECT_BINARY_DIR} -D PREFIX=${package_prefix})
  set_tests_properties(Package.IsInstalledAndMoved PROPERTIES FIXTURES_SETUP package)

  add_installed_test(HasEachFileInOneComponent installed_files_test.cmake
    -D HEADER_LIST=${CMAKE_CURRENT_BINARY_DIR}/layering/headers.txt)
  add_installed_test(NamesNoFolderOfTheBuild no_build_path_test.cmake)
  add_installed_test(BuildsTheExamplesOfThePages documented_examples_test.cmake)
  add_installed_test(BuildsTheInstalledExamples installed_examples_test.cmake)
  add_installed_test(WorksWithPkgConfig pkg_config_test.cmake)
  add_installed_test(WorksWithOldCMake consumer_test.cmake
    -D LIBRARY=domain -D SETTINGS=AS_CMAKE=3.16.0)
  add_installed_test(RefusesOlderCMake consumer_test.cmake
    -D LIBRARY=domain -D SETTINGS=AS_CMAKE=3.15.7
    "-DERROR=chathttp needs CMake 3.16 or newer, this is 3.15.7")
  add_installed_test(RefusesUnknownComponents consumer_test.cmake
    -D LIBRARY=domain -D SETTINGS=COMPONENTS=bogus
    "-DERROR=no component bogus; its components are domain, transport, adapters, sim, contract")
  add_installed_test(WorksInCxx23 consumer_test.cmake
    -D LIBRARY=domain -D SETTINGS=CMAKE_CXX_STANDARD=23,CMAKE_CXX_STANDARD_REQUIRED=ON)
  add_installed_test(WorksWithoutExceptionsAndRtti consumer_test.cmake
    -D LIBRARY=adapters -D FLAGS=-fno-exceptions,-fno-rtti)
  add_installed_test(WorksWithTheOtherCompiler consumer_test.cmake
    -D LIBRARY=adapters -D OTHER_COMPILER=ON)
  add_installed_test(UsesTheAbseilOfItsParent consumer_test.cmake
    -D LIBRARY=domain -D SETTINGS=HAS_ABSEIL=ON)
endif()
