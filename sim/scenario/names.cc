#include "chathttp/sim/scenario/names.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/domain/user_name.h"
#include "chathttp/sim/scenario/scenario.h"

namespace chathttp::sim {
namespace {

constexpr std::array<std::string_view, kMaxServers> kServerNames = {kServerName, "server2",
                                                                    "server3", "server4"};

// Keywords that start a step or an expectation and so cannot be names.
constexpr std::array<std::string_view, 11> kTakenWords = {kWitnessName, "link",    "disk",   "raw",
                                                          "partition",  "swizzle", "effect", "no",
                                                          "exactly",    "within",  "between"};

// A canonical decimal number: no sign, no leading zero, at most six digits.
std::optional<std::uint32_t> ParseIndex(std::string_view digits) {
  std::uint32_t value = 0;
  const char* const end = digits.data() + digits.size();
  if (digits.empty() || digits.size() > 6 || (digits.size() > 1 && digits.front() == '0') ||
      std::from_chars(digits.data(), end, value).ptr != end) {
    return std::nullopt;
  }
  return value;
}

// "d[1..4]x"
struct Range {
  std::string_view prefix;
  std::uint32_t first;
  std::uint32_t last;
  std::string_view suffix;
};

std::optional<Range> ParseRange(std::string_view part) {
  const std::size_t open = part.find('[');
  const std::size_t dots = part.find("..", open);
  const std::size_t close = part.find(']', dots);
  if (close == std::string_view::npos) return std::nullopt;
  const auto first = ParseIndex(part.substr(open + 1, dots - open - 1));
  const auto last = ParseIndex(part.substr(dots + 2, close - dots - 2));
  if (!first || !last) return std::nullopt;
  return Range{part.substr(0, open), *first, *last, part.substr(close + 1)};
}

bool IsInRange(const Range& range, std::string_view name) {
  const std::size_t fixed = range.prefix.size() + range.suffix.size();
  if (name.size() <= fixed || !name.starts_with(range.prefix) || !name.ends_with(range.suffix)) {
    return false;
  }
  const auto index = ParseIndex(name.substr(range.prefix.size(), name.size() - fixed));
  return index && range.first <= *index && *index <= range.last;
}

// At a mismatch the last star matches one more byte: O(size of glob * size of name).
bool MatchesGlob(std::string_view glob, std::string_view name) {
  std::size_t star = std::string_view::npos;
  std::size_t taken = 0;  // end of the bytes that the last star matches
  std::size_t at = 0;
  for (std::size_t i = 0; i < name.size();) {
    if (at < glob.size() && glob[at] == '*') {
      star = at++;
      taken = i;
    } else if (at < glob.size() && glob[at] == name[i]) {
      ++at;
      ++i;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      i = ++taken;
    } else {
      return false;
    }
  }
  return glob.find_first_not_of('*', at) == std::string_view::npos;
}

bool Matches(std::string_view part, std::string_view name) {
  if (part.find('[') == std::string_view::npos) return MatchesGlob(part, name);
  const std::optional<Range> range = ParseRange(part);
  return range && IsInRange(*range, name);
}

// How many of `names` from `begin` on consist of `prefix` and consecutive numbers.
std::size_t RunLength(const std::vector<std::string>& names, std::size_t begin,
                      std::string_view prefix, std::uint32_t first) {
  std::size_t length = 0;
  while (begin + length < names.size() &&
         names[begin + length] == absl::StrCat(AbslView(prefix), first + length)) {
    ++length;
  }
  return length;
}

}  // namespace

bool MatchesText(std::string_view text, std::string_view entity) {
  if (MatchesGlob(text, entity)) return true;
  return entity.ends_with('\n') && MatchesGlob(text, entity.substr(0, entity.size() - 1));
}

std::vector<std::string> ExpandNames(const std::string& who, const std::vector<std::string>& all) {
  const std::vector<std::string> parts = SplitList(who);
  std::vector<std::string> names;
  for (const std::string& name : all) {
    const auto matches = [&](const std::string& part) { return Matches(part, name); };
    if (std::any_of(parts.begin(), parts.end(), matches)) names.push_back(name);
  }
  return names;
}

std::string_view ServerName(std::size_t index) { return kServerNames[index]; }

std::optional<std::size_t> ServerIndex(std::string_view name) {
  const auto found = std::find(kServerNames.begin(), kServerNames.end(), name);
  if (found == kServerNames.end()) return std::nullopt;
  return static_cast<std::size_t>(found - kServerNames.begin());
}

std::vector<std::string> DeclaredNames(std::string_view word) {
  if (word.find('[') == std::string_view::npos) return {std::string(word)};
  const std::optional<Range> range = ParseRange(word);
  if (!range || range->first > range->last || range->last - range->first >= kMaxParticipants) {
    return {};
  }
  std::vector<std::string> names;
  for (std::uint32_t index = range->first; index <= range->last; ++index) {
    names.push_back(absl::StrCat(AbslView(range->prefix), index, AbslView(range->suffix)));
  }
  return names;
}

std::string DescribeParticipantProblem(std::string_view name) {
  const NameProblem problem = CheckName(name);
  if (std::find(kTakenWords.begin(), kTakenWords.end(), name) != kTakenWords.end() ||
      ServerIndex(name) || problem == NameProblem::kReserved) {
    return "a name that is not reserved";
  }
  const char initial = name.empty() ? '0' : name.front();
  const bool letter = (initial >= 'a' && initial <= 'z') || (initial >= 'A' && initial <= 'Z');
  if (problem == NameProblem::kMalformed || !letter) {
    return "a name (a letter, then up to 31 of A-Z a-z 0-9 _ . -) or a range such as d[1..4]";
  }
  return "";
}

std::string PrintNames(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t begin = 0; begin < names.size();) {
    const std::string& name = names[begin];
    // Leading zeros belong to the prefix, not to the index.
    std::size_t cut = name.find_last_not_of("0123456789") + 1;
    while (cut < name.size() && !ParseIndex(std::string_view(name).substr(cut))) ++cut;
    const auto first = ParseIndex(std::string_view(name).substr(cut));
    const std::size_t length = first ? RunLength(names, begin, name.substr(0, cut), *first) : 0;
    if (!text.empty()) text += ' ';
    if (length >= 3) {
      absl::StrAppend(&text, name.substr(0, cut), "[", *first, "..", *first + length - 1, "]");
      begin += length;
    } else {
      text += name;
      ++begin;
    }
  }
  return text;
}

std::vector<std::string> SplitList(std::string_view list) {
  std::vector<std::string> parts;
  for (;;) {
    const std::size_t comma = list.find(',');
    parts.emplace_back(list.substr(0, comma));
    if (comma == std::string_view::npos) return parts;
    list.remove_prefix(comma + 1);
  }
}

std::optional<Sides> SplitSides(std::string_view who, std::string_view separator) {
  const std::size_t at = who.find(separator);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view second = who.substr(at + separator.size());
  if (second.find(separator) != std::string_view::npos) return std::nullopt;
  return Sides{std::string(who.substr(0, at)), std::string(second)};
}

}  // namespace chathttp::sim
