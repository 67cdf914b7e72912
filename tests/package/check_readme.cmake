# The example in README.md is apps/chat_embed.cc, to the letter.
#   cmake -D SOURCE_DIR=... -P check_readme.cmake
include(${CMAKE_CURRENT_LIST_DIR}/extract_examples.cmake)
chathttp_extract_examples(${SOURCE_DIR}/README.md count example)
file(READ ${SOURCE_DIR}/apps/chat_embed.cc program)
if(NOT count EQUAL 1 OR NOT example_1 STREQUAL program)
  message(FATAL_ERROR "README.md, \"## Embedding\" and apps/chat_embed.cc differ")
endif()
