// The dependency rule, as far as #include lines tell it:
//
//   domain <- transport <- adapters | sim <- apps
//
// domain, transport and sim see nothing of the machine: no POSIX, no clock, no threads, no random
// source, no console, no files. Every layer names the project's files from its root and uses no
// library but the standard one and Abseil.
//
//   for (const std::string& problem : CheckIncludes("domain/room.cc", text)) Report(problem);
#ifndef CHATHTTP_TESTS_LAYERING_INCLUDE_RULE_H_
#define CHATHTTP_TESTS_LAYERING_INCLUDE_RULE_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace chathttp::layering {

struct Include {
  std::size_t line;  // from 1 on
  std::string name;  // as written: "<vector>", "\"domain/limits.h\"", or what else stands there
};

// All includes of a source. Deliberately simple, so that nothing hides from it: whatever looks like
// an include is one, in a comment too.
std::vector<Include> FindIncludes(std::string_view source);

// Why a file of `layer` may not have this include; empty if it may. `layer` is one of kLayers.
std::string DescribeIncludeProblem(std::string_view layer, std::string_view include);

// One line for each include of the file that breaks the rule: "PATH:LINE: why".
std::vector<std::string> CheckIncludes(std::string_view path, std::string_view source);

}  // namespace chathttp::layering

#endif  // CHATHTTP_TESTS_LAYERING_INCLUDE_RULE_H_
