// What participants of a generated scenario say and send: texts, requests that break a rule of
// docs/protocol.md, and several requests in one piece.
//
//   DrawText(choose, 200)             -> "the quick 17"
//   DrawMalformed(choose, "alice")    -> "POST h HTTP/1.0\nUser_Agent: alice\n\n"
//
// Functions of what the chooser draws.
#ifndef CHATHTTP_SIM_SEARCH_GENERATOR_TEXT_H_
#define CHATHTTP_SIM_SEARCH_GENERATOR_TEXT_H_

#include <cstddef>
#include <string>

#include "sim/search/chooser.h"

namespace chathttp::sim {

// A text that may be said, without line end; of at most `max_bytes` (at least 8) bytes.
[[nodiscard]] std::string DrawText(Chooser& choose, std::size_t max_bytes);

// A text that may not.
[[nodiscard]] std::string DrawBadText(Chooser& choose, std::size_t max_bytes);

// A request, or what looks like one, that is to be refused or is fatal.
[[nodiscard]] std::string DrawMalformed(Chooser& choose, const std::string& user);

// Whole requests of all kinds, one behind the other, and sometimes the begin of another one.
[[nodiscard]] std::string DrawPipeline(Chooser& choose, const std::string& user);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SEARCH_GENERATOR_TEXT_H_
