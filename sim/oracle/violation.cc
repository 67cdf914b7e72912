#include "chathttp/sim/oracle/violation.h"

#include <ostream>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/escape.h"

namespace chathttp::sim {

std::string Describe(const Violation& violation) {
  std::string text = violation.invariant + ": ";
  if (violation.line > 0) {
    const std::string place = violation.file.empty() ? "line " : violation.file + ":";
    absl::StrAppend(&text, place, violation.line, ": ");
  }
  const std::string when =
      violation.at ? absl::StrCat("at ", absl::FormatDuration(*violation.at)) : "";
  const bool both = !violation.who.empty() && violation.at;
  const std::string place = absl::StrCat(violation.who, both ? " " : "", when);
  if (!place.empty()) absl::StrAppend(&text, place, ": ");
  return Visible(text + violation.message);
}

std::ostream& operator<<(std::ostream& out, const Violation& violation) {
  return out << Describe(violation);
}

}  // namespace chathttp::sim
