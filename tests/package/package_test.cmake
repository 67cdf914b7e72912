# What the package tests have in common: steps in a scratch directory, each fatal when it fails.
# Needs SOURCE_DIR, SCRATCH_DIR and OPTIONS_FILE, the initial cache that the build under test made.
file(REMOVE_RECURSE ${SCRATCH_DIR})
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

# configure(-DNAME=value...) configures tests/package with the compiler and flags of the build under
# test.
function(configure)
  run(${CMAKE_COMMAND} -G Ninja -C ${OPTIONS_FILE} ${ARGV}
    -D CHATHTTP_SOURCE_DIR=${SOURCE_DIR} -S ${SOURCE_DIR}/tests/package -B ${build_dir})
endfunction()
