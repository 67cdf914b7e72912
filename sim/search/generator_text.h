// Texts, and entities of POST, at and beyond the limits of docs/protocol.md.
//
//   DrawText(choose, 200)        -> "the quick 17"
//   DrawBadText(choose, 200)     -> "xx\xE2\x80\xA8"
//   DrawEntity(choose, 200)      -> "the quick 17\r\n"
//
// The results depend only on the draws of the chooser.
#ifndef CHATHTTP_SIM_SEARCH_GENERATOR_TEXT_H_
#define CHATHTTP_SIM_SEARCH_GENERATOR_TEXT_H_

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "chathttp/sim/search/chooser.h"

namespace chathttp::sim {

// A valid text without line end, of at most `max_bytes` bytes; `max_bytes` >= 8.
[[nodiscard]] std::string DrawText(Chooser& choose, std::size_t max_bytes);

// An invalid text.
[[nodiscard]] std::string DrawBadText(Chooser& choose, std::size_t max_bytes);

// The entity of a POST: any text and any line end. `max_bytes`: the limit on entities.
[[nodiscard]] std::string DrawEntity(Chooser& choose, std::size_t max_bytes);

// All valid words, all invalid ones, and all line ends.
[[nodiscard]] std::span<const std::string_view> TextWords();
[[nodiscard]] std::span<const std::string_view> BadTextWords();
[[nodiscard]] std::span<const std::string_view> LineEnds();

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SEARCH_GENERATOR_TEXT_H_
