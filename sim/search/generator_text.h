// Generates texts, requests that violate a rule of docs/protocol.md, and several requests in one
// piece.
//
//   DrawText(choose, 200)             -> "the quick 17"
//   DrawMalformed(choose, "alice")    -> "POST h HTTP/1.0\nUser_Agent: alice\n\n"
//
// The results depend only on the draws of the chooser.
#ifndef CHATHTTP_SIM_SEARCH_GENERATOR_TEXT_H_
#define CHATHTTP_SIM_SEARCH_GENERATOR_TEXT_H_

#include <cstddef>
#include <string>

#include "chathttp/sim/search/chooser.h"

namespace chathttp::sim {

// A valid text without line end, of at most `max_bytes` bytes; `max_bytes` >= 8.
[[nodiscard]] std::string DrawText(Chooser& choose, std::size_t max_bytes);

// An invalid text.
[[nodiscard]] std::string DrawBadText(Chooser& choose, std::size_t max_bytes);

// A request, perhaps malformed, that the server must refuse or treat as fatal.
[[nodiscard]] std::string DrawMalformed(Chooser& choose, const std::string& user);

// Complete requests of all kinds in sequence, sometimes followed by an incomplete one.
[[nodiscard]] std::string DrawPipeline(Chooser& choose, const std::string& user);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SEARCH_GENERATOR_TEXT_H_
