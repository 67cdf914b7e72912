// What may be a user name, and when two of them are the same.
//
//   CheckName("Alice")     -> kNone
//   CheckName("Al ice")    -> kMalformed, told by DescribeNameProblem: "User name cannot contain
//   space" SameName("bob", "BOB") -> true
//
// Source of the rules: docs/protocol.md, "Names and text". Pure functions, safe from any thread.
#ifndef CHATHTTP_DOMAIN_USER_NAME_H_
#define CHATHTTP_DOMAIN_USER_NAME_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "domain/limits.h"

namespace chathttp {

enum class NameProblem { kNone, kMalformed, kReserved };

// A name is 1 to `max_bytes` bytes of A-Z a-z 0-9 _ . - and none of the reserved words.
// Cost: O(size of the name), bounded by `max_bytes`.
[[nodiscard]] NameProblem CheckName(std::string_view name,
                                    std::size_t max_bytes = RoomLimits().name_bytes);

// One line that tells rule, limit and value seen; empty where CheckName finds no problem.
// The line holds no byte that could drive a terminal, whatever `name` holds.
[[nodiscard]] std::string DescribeNameProblem(std::string_view name,
                                              std::size_t max_bytes = RoomLimits().name_bytes);

// Names that differ only in the case of ASCII letters are the same name.
[[nodiscard]] bool SameName(std::string_view a, std::string_view b);

// Hash and equality under which same names meet, for look-ups by std::string_view.
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
