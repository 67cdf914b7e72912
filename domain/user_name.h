// The rules for a user name, and when two names are the same.
//
//   CheckName("Alice")     -> kNone
//   CheckName("Al ice")    -> kMalformed
//   DescribeNameProblem("Al ice") -> "User name cannot contain space: only A-Z a-z 0-9 _ . -"
//   SameName("bob", "BOB") -> true
//
// The rules come from docs/protocol.md, "Names and text". Pure functions, safe from any thread.
#ifndef CHATHTTP_DOMAIN_USER_NAME_H_
#define CHATHTTP_DOMAIN_USER_NAME_H_

#include <string>
#include <string_view>

#include "chathttp/domain/limits.h"

namespace chathttp {

enum class NameProblem { kNone, kMalformed, kReserved };

// A name is 1 to limits.name_bytes bytes of A-Z a-z 0-9 _ . - and not a reserved name.
// O(limits.name_bytes + number of reserved names).
[[nodiscard]] NameProblem CheckName(std::string_view name, const RoomLimits& limits = {});

// One line with the rule, the limit and the value found; empty if CheckName finds no problem.
// The line is safe to show on a terminal for any `name`.
[[nodiscard]] std::string DescribeNameProblem(std::string_view name, const RoomLimits& limits = {});

// Names that differ only in the case of ASCII letters are the same name.
[[nodiscard]] bool SameName(std::string_view a, std::string_view b);

// Hash and equality consistent with SameName, for look-ups by std::string_view.
struct NameHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view name) const;
};
struct NameEqual {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const { return SameName(a, b); }
};

}  // namespace chathttp

#endif  // CHATHTTP_DOMAIN_USER_NAME_H_
