# What the package tests have in common: steps in a scratch directory, each fatal when it fails.
# Needs SOURCE_DIR, SCRATCH_DIR and OPTIONS_FILE, the initial cache that the build under test made.
# The variables of that cache are set here, too.
include(${OPTIONS_FILE})
file(REMOVE_RECURSE ${SCRATCH_DIR})
file(MAKE_DIRECTORY ${SCRATCH_DIR})
set(build_dir ${SCRATCH_DIR}/build)

# run(command...) fails with the whole output, or sets `output`.
function(run)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE result OUTPUT_VARIABLE out ERROR_VARIABLE out)
  if(NOT result EQUAL 0)
    list(JOIN ARGV " " command)
    message(FATAL_ERROR "${command}\nanswered ${result}:\n${out}")
  endif()
  set(output "${out}" PARENT_SCOPE)
endfunction()

# run_and_expect_error(TEXT command...) fails unless the command fails and its output has TEXT.
function(run_and_expect_error text)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE out ERROR_VARIABLE out)
  string(REGEX REPLACE "[ \n]+" " " words "${out}")
  string(FIND "${words}" "${text}" at)
  if(result EQUAL 0 OR at EQUAL -1)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}\nanswered ${result}, not an error with \"${text}\":\n${out}")
  endif()
endfunction()

# The command that configures PROJECT with the compiler and flags of the build under test.
function(set_configure_command variable project)
  set(${variable}
    ${CMAKE_COMMAND} -G Ninja -C ${OPTIONS_FILE} -S ${project} -B ${build_dir} PARENT_SCOPE)
endfunction()

# configure(PROJECT -DNAME=value...)
function(configure project)
  set_configure_command(command ${project})
  run(${command} ${ARGN})
endfunction()

# Builds all of `build_dir` and tells the number of steps.
function(build)
  run(${CMAKE_COMMAND} --build ${build_dir})
  string(REGEX MATCH "[0-9]+\\] [^]]*$" last "${output}")
  string(REGEX MATCH "^[0-9]+" steps "${last}")
  message("${steps} build steps")
endfunction()

# skip(REASON) is the last step of a test: CTest reports the test as skipped.
macro(skip reason)
  message("skipped: ${reason}")
  return()
endmacro()
