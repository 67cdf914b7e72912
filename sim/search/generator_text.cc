#include "chathttp/sim/search/generator_text.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "absl/strings/str_cat.h"

namespace chathttp::sim {
namespace {

constexpr auto kWords = std::to_array<std::string_view>({
    "hi", "the", "quick brown fox", "?", "lunch at 12", "\xC3\xA9t\xC3\xA9", "\xE2\x98\x83",
    "OK...^.^", "Error...T.T", "test", "HTTP/1.1 200 OK", "a\tb", "\tx", "x\t", " x", "x ", "\\n",
    "\"", "%s%n",
    // Imitations of responses of other kinds.
    "] : [ bob ] :", "[ bob ] : x", "Online users:", " has just left the chat room...",
    "bob has just left the chat room...", "bob has just entered the chat room...",
    // The first and last code points of each size, and the neighbours of those refused.
    "~",
    "\xC2\xA0",          // U+00A0, not blank
    "\xDF\xBF",          // U+07FF
    "\xE0\xA0\x80",      // U+0800
    "\xE2\x80\xA7",      // U+2027
    "\xE2\x80\xAA",      // U+202A
    "\xE3\x80\x80",      // U+3000, not blank
    "\xED\x9F\xBF",      // U+D7FF
    "\xEE\x80\x80",      // U+E000
    "\xEF\xBB\xBF",      // U+FEFF
    "\xEF\xBF\xBF",      // U+FFFF
    "\xF0\x90\x80\x80",  // U+10000
    "\xF3\xA0\x80\x81",  // U+E0001
    "\xF4\x8F\xBF\xBF",  // U+10FFFF
});

constexpr auto kBadWords = std::to_array<std::string_view>({
    // Control characters.
    std::string_view("\0", 1),
    "\x01",
    "\x07",
    "\x08",
    "\x0E",
    "\x1B[2J",
    "\x1F",
    "\x7F",
    "\xC2\x80",
    "\xC2\x84",
    "\xC2\x86",
    "\xC2\x9B",
    "\xC2\x9F",
    // Line breaks.
    "\n",
    "\x0B",
    "\x0C",
    "\r",
    "\r\n",
    "\n[ bob ] : x",
    "\xC2\x85",
    "\xE2\x80\xA8",
    "\xE2\x80\xA9",
    // Overlong forms of 2, 3 and 4 bytes.
    "\xC0\x80",
    "\xC0\x8A",
    "\xC1\xBF",
    "\xE0\x80\x80",
    "\xE0\x80\x8A",
    "\xE0\x9F\xBF",
    "\xF0\x80\x80\x80",
    "\xF0\x80\x80\x8A",
    "\xF0\x8F\xBF\xBF",
    // Surrogates, values above U+10FFFF, longer forms.
    "\xED\xA0\x80",
    "\xED\xBF\xBF",
    "\xF4\x90\x80\x80",
    "\xF5\x80\x80\x80",
    "\xF7\xBF\xBF\xBF",
    "\xF8\x88\x80\x80\x80",
    "\xFC\x84\x80\x80\x80\x80",
    // Unfinished sequences and bytes that start none.
    "\xC3",
    "\xE2",
    "\xE2\x98",
    "\xF0",
    "\xF0\x9F",
    "\xF0\x9F\x98",
    "\xC3(",
    "\xE2(\x83",
    "\xE2\x98(",
    "\xF0\x9F\x98(",
    "\x80",
    "\xBF",
    "\xFE",
    "\xFF",
});

constexpr auto kLineEnds = std::to_array<std::string_view>(
    {"\n", "\n", "\n", "", "\r\n", "\n\n", "\r", "\r\n\n", "\n\r", "\r\r\n", "\n\r\n"});

std::size_t SizeOf(std::int64_t size) { return static_cast<std::size_t>(size); }

// Exactly `bytes` bytes, sometimes with a character of several bytes at the end.
std::string FullText(Chooser& choose, std::size_t bytes) {
  constexpr std::array<std::string_view, 4> kLast = {"", "\xC3\xA9", "\xE2\x98\x83",
                                                     "\xF0\x9F\x98\x80"};
  const std::string_view last = choose.Pick(kLast);
  std::string text(bytes - std::min(bytes, last.size()), 'w');
  if (bytes >= last.size()) text += last;
  return text;
}

std::string Blank(Chooser& choose) {
  std::string text(SizeOf(choose.Between(0, 60)), ' ');
  if (choose.OneIn(2)) return text;
  for (char& c : text) c = choose.OneIn(2) ? '\t' : ' ';
  return text;
}

}  // namespace

std::string DrawText(Chooser& choose, std::size_t max_bytes) {
  const std::int64_t of_eight = choose.Between(0, 7);
  if (of_eight == 0) return FullText(choose, max_bytes - SizeOf(choose.Between(0, 2)));
  if (of_eight == 1) return std::string(std::min(max_bytes, SizeOf(choose.Between(1, 300))), 'v');
  std::string text(choose.Pick(kWords));
  if (of_eight < 5) absl::StrAppend(&text, " ", choose.Between(1, 999));
  return text.size() <= max_bytes ? text : "short";
}

std::string DrawBadText(Chooser& choose, std::size_t max_bytes) {
  const std::int64_t of_eight = choose.Between(0, 7);
  if (of_eight == 0) return FullText(choose, max_bytes + 1);
  if (of_eight == 1) return Blank(choose);
  // The server examines eight bytes at once, so the position of the invalid one matters.
  std::string text(SizeOf(choose.Between(0, 17)), 'x');
  text += choose.Pick(kBadWords);
  if (choose.OneIn(2)) text.append(SizeOf(choose.Between(1, 9)), 'y');
  return text;
}

std::string DrawEntity(Chooser& choose, std::size_t max_bytes) {
  const std::string_view end = choose.Pick(kLineEnds);
  const std::int64_t of_eight = choose.Between(0, 7);
  if (of_eight < 2) {
    const std::size_t bytes = max_bytes + 1 - SizeOf(choose.Between(0, 2));
    return FullText(choose, bytes - std::min(bytes, end.size())).append(end);
  }
  return (of_eight < 5 ? DrawText(choose, max_bytes) : DrawBadText(choose, max_bytes)).append(end);
}

std::span<const std::string_view> TextWords() { return kWords; }

std::span<const std::string_view> BadTextWords() { return kBadWords; }

std::span<const std::string_view> LineEnds() { return kLineEnds; }

}  // namespace chathttp::sim
