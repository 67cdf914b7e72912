#include "chathttp/domain/user_name.h"

#include <algorithm>
#include <array>

#include "absl/hash/hash.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "chathttp/domain/escape.h"

namespace chathttp {
namespace {

constexpr std::array<std::string_view, 7> kReservedNames = {"server",   "system", "admin", "root",
                                                            "everyone", "all",    "here"};

bool IsNameByte(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.' || c == '-';
}

// Names the first byte of `rest`, which no user name may contain, for an error message.
std::string NameOfByte(std::string_view rest) {
  if (rest.front() == ' ') return "space";
  if (rest.front() == '\t') return "tab";
  // Shows a whole code point if there is one: "é", not its first byte.
  const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; };
  std::size_t size = 1;
  while (size < 4 && size < rest.size() && continues(rest[size])) ++size;
  return absl::StrCat("\"", Visible(rest.substr(0, size)), "\"");
}

}  // namespace

NameProblem CheckName(std::string_view name, const RoomLimits& limits) {
  if (name.empty() || name.size() > limits.name_bytes) return NameProblem::kMalformed;
  if (!std::all_of(name.begin(), name.end(), IsNameByte)) return NameProblem::kMalformed;
  const auto is_name = [&](std::string_view word) { return SameName(word, name); };
  const bool reserved =
      std::any_of(kReservedNames.begin(), kReservedNames.end(), is_name) ||
      std::any_of(limits.reserved_names.begin(), limits.reserved_names.end(), is_name);
  return reserved ? NameProblem::kReserved : NameProblem::kNone;
}

std::string DescribeNameProblem(std::string_view name, const RoomLimits& limits) {
  if (name.empty()) return "User name cannot be empty";
  if (name.size() > limits.name_bytes) {
    return absl::StrCat("User name cannot be longer than ", limits.name_bytes, " bytes, got ",
                        name.size());
  }
  const auto bad = std::find_if_not(name.begin(), name.end(), IsNameByte);
  if (bad != name.end()) {
    return absl::StrCat("User name cannot contain ", NameOfByte({bad, name.end()}),
                        ": only A-Z a-z 0-9 _ . -");
  }
  if (CheckName(name, limits) == NameProblem::kReserved) {
    return absl::StrCat("User name \"", Visible(name), "\" is reserved");
  }
  return "";
}

bool SameName(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return absl::ascii_tolower(static_cast<unsigned char>(x)) ==
           absl::ascii_tolower(static_cast<unsigned char>(y));
  });
}

std::size_t NameHash::operator()(std::string_view name) const {
  std::string folded(name);  // nearly always fits into the small-string buffer
  for (char& c : folded) c = absl::ascii_tolower(static_cast<unsigned char>(c));
  return absl::Hash<std::string>()(folded);
}

}  // namespace chathttp
