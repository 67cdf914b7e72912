// Splits the start line of a message. Part of the codec.
//
//   SplitStartLine("GET / HTTP/1.1", ThirdPart::kOneWord) -> "GET", "/", "HTTP/1.1"
//
// Pure functions, safe from any thread.
#ifndef CHATHTTP_TRANSPORT_CODEC_START_LINE_H_
#define CHATHTTP_TRANSPORT_CODEC_START_LINE_H_

#include <cstddef>
#include <string_view>

namespace chathttp {

inline constexpr std::string_view kHttpVersion = "HTTP/1.1";

struct StartLine {
  bool ok = false;  // three parts, separated by one space
  std::size_t error_position = 0;
  std::string_view first;
  std::string_view second;
  std::string_view third;
};

// kPhrase: the third part may contain spaces or be empty, like a reason phrase.
enum class ThirdPart { kOneWord, kPhrase };

[[nodiscard]] StartLine SplitStartLine(std::string_view line, ThirdPart third);

// The index of the first byte of `seen` that differs from kHttpVersion.
[[nodiscard]] std::size_t VersionMismatch(std::string_view seen);

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_CODEC_START_LINE_H_
