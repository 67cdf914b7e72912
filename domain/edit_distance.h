// The edit distance between two words, for "did you mean" hints.
//
//   EditDistance("/usres", "/users") -> 1
//
// Pure function, safe from any thread.
#ifndef CHATHTTP_DOMAIN_EDIT_DISTANCE_H_
#define CHATHTTP_DOMAIN_EDIT_DISTANCE_H_

#include <cstddef>
#include <string_view>

namespace chathttp {

// The smallest number of edits that turn `a` into `b`: insert, remove or replace a byte, or swap
// two adjacent bytes (optimal string alignment). Takes time and memory proportional to a.size() *
// b.size().
[[nodiscard]] std::size_t EditDistance(std::string_view a, std::string_view b);

}  // namespace chathttp

#endif  // CHATHTTP_DOMAIN_EDIT_DISTANCE_H_
