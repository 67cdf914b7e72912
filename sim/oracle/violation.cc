#include "chathttp/sim/oracle/violation.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/escape.h"

namespace chathttp::sim {

std::string Describe(const Violation& violation) {
  std::string text = violation.invariant + ": ";
  if (!violation.file.empty())
    absl::StrAppend(&text, violation.file, ":", violation.file_line, ": ");
  if (violation.line > 0) absl::StrAppend(&text, "line ", violation.line, ": ");
  const std::string when =
      violation.at ? absl::StrCat("at ", absl::FormatDuration(*violation.at)) : "";
  const bool both = !violation.who.empty() && violation.at;
  const std::string place = absl::StrCat(violation.who, both ? " " : "", when);
  if (!place.empty()) absl::StrAppend(&text, place, ": ");
  return Visible(text + violation.message);
}

void SortViolations(std::vector<Violation>& violations) {
  const auto place = [](const Violation& violation) {
    return std::pair(violation.line, violation.at.value_or(absl::InfiniteDuration()));
  };
  std::stable_sort(
      violations.begin(), violations.end(),
      [&](const Violation& one, const Violation& other) { return place(one) < place(other); });
}

}  // namespace chathttp::sim
