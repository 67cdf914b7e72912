// UTF-8 and the escaping of bytes for people, written from RFC 3629 and docs/protocol.md and not from
// domain/, so that a bug of domain/ cannot hide in the checks. Pure functions.
#ifndef CHATHTTP_SIM_WORLD_RAW_TEXT_H_
#define CHATHTTP_SIM_WORLD_RAW_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace chathttp::sim {

// A code point and the number of its bytes; no bytes: the text does not begin with a well-formed
// sequence.
struct Utf8Sequence {
  std::size_t bytes = 0;
  std::uint32_t value = 0;
};
// Requires !text.empty().
Utf8Sequence FirstSequence(std::string_view text);

// One printable line: control characters, separators and marks of direction as \xNN or \uNNNN,
// bytes that are not UTF-8 as \xNN.
std::string Escaped(std::string_view bytes);

// The first `most_bytes` of it, and "..." if there are more.
std::string EscapedStart(std::string_view bytes, std::size_t most_bytes);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_WORLD_RAW_TEXT_H_
