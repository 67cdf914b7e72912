// User names at and beyond the limits of docs/protocol.md: their length, their bytes, and the
// reserved ones.
//
//   DrawName(choose)         -> "a.b-c_d"
//   DrawRefusedName(choose)  -> "Root", "no name"
//
// The results depend only on the draws of the chooser.
#ifndef CHATHTTP_SIM_SEARCH_GENERATOR_NAMES_H_
#define CHATHTTP_SIM_SEARCH_GENERATOR_NAMES_H_

#include <span>
#include <string>
#include <string_view>

#include "chathttp/sim/search/chooser.h"

namespace chathttp::sim {

// A valid name that is no participant's.
[[nodiscard]] std::string DrawName(Chooser& choose);

// A reserved or malformed name, not empty.
[[nodiscard]] std::string DrawRefusedName(Chooser& choose);

// `name` with some letters in the other case: the same name.
[[nodiscard]] std::string Respelled(Chooser& choose, std::string name);

// All valid and all refused names.
[[nodiscard]] std::span<const std::string_view> NameWords();
[[nodiscard]] std::span<const std::string_view> RefusedNameWords();

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SEARCH_GENERATOR_NAMES_H_
