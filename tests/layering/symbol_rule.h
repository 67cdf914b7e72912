// The dependency rule, as far as the linker sees it: domain and transport call nothing that reads a
// clock, waits, draws at random, prints, or asks the system for anything.
//
//   for (const UndefinedSymbol& symbol : ParseNm(output_of_nm)) {
//     const std::string problem = DescribeSymbolProblem(symbol.name);
//   }
//
// Names of C are refused unless they are known to be pure; system calls, pthreads and the clock are
// all among them. So are names of the standard library. Of Abseil, the parts that know the machine
// are refused.
#ifndef CHATHTTP_TESTS_LAYERING_SYMBOL_RULE_H_
#define CHATHTTP_TESTS_LAYERING_SYMBOL_RULE_H_

#include <string>
#include <string_view>
#include <vector>

namespace chathttp::layering {

struct UndefinedSymbol {
  std::string object;  // "libchathttp_domain.a[text.cc.o]"
  std::string name;    // as the linker knows it
};

// Reads what `nm -A -P -u` wrote.
std::vector<UndefinedSymbol> ParseNm(std::string_view output);

// The name without parameters, template arguments, return type and inline namespaces:
// "absl::FormatDuration" of "absl::lts_20220623::FormatDuration[abi:cxx11](absl::...::Duration)".
std::string QualifiedName(std::string_view demangled);

// Why a pure layer may not leave this symbol undefined; empty if it may.
std::string DescribeSymbolProblem(const std::string& name);

// One line for each symbol that breaks the rule: "OBJECT: NAME why".
std::vector<std::string> CheckSymbols(const std::vector<UndefinedSymbol>& symbols);

}  // namespace chathttp::layering

#endif  // CHATHTTP_TESTS_LAYERING_SYMBOL_RULE_H_
