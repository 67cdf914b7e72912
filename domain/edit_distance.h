// How far a word is from another one, for "did you mean".
//
//   EditDistance("/usres", "/users") -> 1
//
// Pure function, safe from any thread.
#ifndef CHATHTTP_DOMAIN_EDIT_DISTANCE_H_
#define CHATHTTP_DOMAIN_EDIT_DISTANCE_H_

#include <cstddef>
#include <string_view>

namespace chathttp {

// The fewest bytes to insert, remove, change, or swap with the next one, that make `a` into `b`
// (optimal string alignment). Takes time and memory proportional to a.size() * b.size().
[[nodiscard]] std::size_t EditDistance(std::string_view a, std::string_view b);

}  // namespace chathttp

#endif  // CHATHTTP_DOMAIN_EDIT_DISTANCE_H_
