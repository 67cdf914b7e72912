# Looks at what is installed: headers, programs, pages; and at what each component has of it.
#   cmake ... -D PREFIX=... -D BUILD_DIR=... -D HEADER_LIST=... -D DOC_DIR=share/doc/...
#     -P installed_files_test.cmake
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/package_test.cmake)

# Public headers are installed, private ones are not.
file(STRINGS ${HEADER_LIST} public_headers REGEX "^public ")
list(TRANSFORM public_headers REPLACE "^public " "")
file(GLOB_RECURSE installed_headers RELATIVE ${PREFIX}/include/chathttp ${PREFIX}/include/*)
list(SORT public_headers)
list(SORT installed_headers)
if(NOT public_headers STREQUAL installed_headers)
  message(FATAL_ERROR "public:    ${public_headers}\ninstalled: ${installed_headers}")
endif()

foreach(program chat_admin chat_server chat_client chat_history chat_load chat_sim)
  run(${PREFIX}/bin/${program} --version)
  if(NOT EXISTS ${PREFIX}/share/man/man1/${program}.1)
    message(FATAL_ERROR "${program} has no man page in share/man/man1")
  endif()
endforeach()

run(sh ${CMAKE_CURRENT_LIST_DIR}/links.sh ${PREFIX}/${DOC_DIR})

# Each file belongs to one component.
file(GLOB_RECURSE all RELATIVE ${PREFIX} ${PREFIX}/*)
set(files_of_components "")
foreach(component runtime development doc)
  set(tree ${SCRATCH_DIR}/${component})
  run(${CMAKE_COMMAND} --install ${BUILD_DIR} --prefix ${tree} --component ${component})
  file(GLOB_RECURSE ${component} RELATIVE ${tree} ${tree}/*)
  list(APPEND files_of_components ${${component}})
endforeach()
list(SORT all)
list(SORT files_of_components)
if(NOT all STREQUAL files_of_components)
  message(FATAL_ERROR "installed:     ${all}\nof components: ${files_of_components}")
endif()
list(FILTER runtime EXCLUDE REGEX "^bin/|^share/man/|\\.so\\.")
list(FILTER doc EXCLUDE REGEX "^${DOC_DIR}/")
list(FILTER development EXCLUDE REGEX
  "^include/|/cmake/chathttp/|/pkgconfig/chathttp-|libchathttp_[a-z]*\\.(a|so)$")
if(NOT "${runtime}${doc}${development}" STREQUAL "")
  message(FATAL_ERROR "of another component: ${runtime} ${doc} ${development}")
endif()
