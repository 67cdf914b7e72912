// Where files of the source tree are that tests read.
#ifndef CHATHTTP_TESTS_SOURCE_PATH_H_
#define CHATHTTP_TESTS_SOURCE_PATH_H_

#include <string>
#include <string_view>

namespace chathttp {

// SourcePath("docs/simulation.md") is the path of that file of the tree that was built.
std::string SourcePath(std::string_view file);

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_SOURCE_PATH_H_
