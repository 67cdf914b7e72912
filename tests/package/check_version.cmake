# The newest release in CHANGELOG.md is the version of the project.
#   cmake -D SOURCE_DIR=... -D VERSION=... -P check_version.cmake
file(STRINGS ${SOURCE_DIR}/CHANGELOG.md releases REGEX "^## .[0-9]")
list(GET releases 0 release)
string(FIND "${release}" "${VERSION}" at)
if(NOT at EQUAL 4)
  message(FATAL_ERROR "CMakeLists.txt has version ${VERSION}; CHANGELOG.md has ${release}")
endif()
