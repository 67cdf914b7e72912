#include "tests/layering/include_rule.h"

#include <algorithm>
#include <array>
#include <span>

#include "tests/layering/source_tree.h"

namespace chathttp::layering {
namespace {

// Headers of the standard library that neither block, nor ask the machine, nor print; each between
// blanks.
constexpr std::string_view kPureStandardHeaders =
    " algorithm any array bit bitset cassert cctype charconv climits cmath compare "
    "concepts cstddef cstdint cstring deque exception expected forward_list functional "
    "initializer_list iosfwd iterator limits list map memory new numbers numeric optional "
    "queue ranges ratio set source_location span stack stdexcept string string_view tuple "
    "type_traits typeindex typeinfo unordered_map unordered_set utility valarray variant "
    "vector version ";

// What layers that know the machine may include with a slash in it; other paths are libraries.
constexpr std::array<std::string_view, 5> kSystemFolders = {"sys/", "netinet/", "arpa/", "net/",
                                                            "linux/"};

// Parts of Abseil without a clock, a lock, a random source or output.
constexpr std::array<std::string_view, 13> kPureAbseil = {
    "absl/algorithm/",  "absl/base/attributes.h",
    "absl/cleanup/",    "absl/container/",
    "absl/functional/", "absl/hash/",
    "absl/memory/",     "absl/meta/",
    "absl/numeric/",    "absl/status/",
    "absl/strings/",    "absl/types/",
    "absl/utility/"};

constexpr std::array<std::string_view, 2> kAbseilTimeValues = {"absl/time/civil_time.h",
                                                               "absl/time/time.h"};

struct Rule {
  std::string_view layer;
  std::array<std::string_view, 5> layers;  // that it may include; empty ones fill up
  bool machine;                            // POSIX, all of the standard library and of Abseil
  bool time_values;                        // instants and durations, but no clock
};

constexpr std::array<Rule, 5> kRules = {{
    {"domain", {"domain"}, false, false},
    {"transport", {"transport", "domain"}, false, true},
    {"adapters", {"adapters", "transport", "domain"}, true, true},
    {"sim", {"sim", "transport", "domain"}, false, true},
    {"apps", {"apps", "adapters", "sim", "transport", "domain"}, true, true},
}};

bool Contains(std::span<const std::string_view> list, std::string_view value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

bool StartsWithOneOf(std::string_view value, std::span<const std::string_view> prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](std::string_view prefix) { return value.starts_with(prefix); });
}

std::string DescribeSystemProblem(const Rule& rule, std::string_view name) {
  const std::string word = std::string(" ").append(name).append(" ");
  if (kPureStandardHeaders.find(word) != std::string_view::npos) return "";
  if (!rule.machine) return "is not on the list of headers that know nothing of the machine";
  const bool plain = name.find('/') == std::string_view::npos;
  if (plain || StartsWithOneOf(name, kSystemFolders)) return "";
  return "is neither standard nor POSIX, and no other library is allowed";
}

std::string DescribeProjectProblem(const Rule& rule, std::string_view name) {
  if (name.find("..") != std::string_view::npos || name.find('/') == std::string_view::npos) {
    return "must be named from the root of the project";
  }
  const std::string_view folder = LayerOf(name);
  if (folder == "absl") {
    if (rule.machine || StartsWithOneOf(name, kPureAbseil)) return "";
    if (rule.time_values && Contains(kAbseilTimeValues, name)) return "";
    return "is a part of Abseil that is not for this layer";
  }
  if (Contains(kLayers, folder)) {
    return Contains(rule.layers, folder) ? "" : "is in a layer that this one must not know";
  }
  return "is in no layer of the project";
}

}  // namespace

std::vector<Include> FindIncludes(std::string_view source) {
  constexpr std::string_view kBlanks = " \t";
  constexpr std::string_view kDirective = "include";
  std::vector<Include> includes;
  std::size_t line_number = 0;
  while (!source.empty()) {
    ++line_number;
    const std::size_t end = source.find('\n');
    std::string_view line = source.substr(0, end);
    source.remove_prefix(end == std::string_view::npos ? source.size() : end + 1);
    while (line.ends_with('\r')) line.remove_suffix(1);

    for (std::size_t hash = line.find('#'); hash != std::string_view::npos;
         hash = line.find('#', hash + 1)) {
      const std::size_t word = line.find_first_not_of(kBlanks, hash + 1);
      if (word == std::string_view::npos || !line.substr(word).starts_with(kDirective)) continue;
      const std::size_t name = line.find_first_not_of(kBlanks, word + kDirective.size());
      std::string_view rest = name == std::string_view::npos ? "" : line.substr(name);
      if (rest.starts_with('<')) rest = rest.substr(0, rest.find('>') + 1);
      if (rest.starts_with('"')) rest = rest.substr(0, rest.find('"', 1) + 1);
      includes.push_back({line_number, std::string(rest)});
    }
  }
  return includes;
}

std::string DescribeIncludeProblem(std::string_view layer, std::string_view include) {
  const auto rule = std::find_if(kRules.begin(), kRules.end(),
                                 [&](const Rule& candidate) { return candidate.layer == layer; });
  if (rule == kRules.end()) return "is in a file of no layer";
  if (include.size() > 2 && include.front() == '<' && include.back() == '>') {
    return DescribeSystemProblem(*rule, include.substr(1, include.size() - 2));
  }
  if (include.size() > 2 && include.front() == '"' && include.back() == '"') {
    return DescribeProjectProblem(*rule, include.substr(1, include.size() - 2));
  }
  return "names no file, so nothing can be said about it";
}

std::vector<std::string> CheckIncludes(std::string_view path, std::string_view source) {
  std::vector<std::string> problems;
  for (const Include& include : FindIncludes(source)) {
    const std::string problem = DescribeIncludeProblem(LayerOf(path), include.name);
    if (problem.empty()) continue;
    problems.push_back(std::string(path) + ":" + std::to_string(include.line) + ": " +
                       include.name + " " + problem);
  }
  return problems;
}

}  // namespace chathttp::layering
