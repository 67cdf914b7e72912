// What the Unicode Character Database says about the width and the joining of characters, as
// tables of ranges. unicode.h has the rules that use them.
//
//   UnicodeVersion()   -> "14.0.0"
//   WideRanges()       -> {{0x1100, 0x115F}, ...}   in ascending order, not overlapping
//
// Constant data, safe from any thread. Made by tests/apps/terminal/make_width_table.pl.
#ifndef CHATHTTP_APPS_TERMINAL_WIDTH_TABLE_H_
#define CHATHTTP_APPS_TERMINAL_WIDTH_TABLE_H_

#include <span>
#include <string_view>

namespace chathttp {

struct CodePointRange {
  char32_t first;
  char32_t last;  // included
};

[[nodiscard]] std::string_view UnicodeVersion();

// Marks that belong to the character in front of them and take no column of their own.
[[nodiscard]] std::span<const CodePointRange> JoiningRanges();

// Characters of two columns.
[[nodiscard]] std::span<const CodePointRange> WideRanges();

// Pictures, which a zero width joiner makes into one.
[[nodiscard]] std::span<const CodePointRange> PictographicRanges();

// Controls and format characters, which nobody sees.
[[nodiscard]] std::span<const CodePointRange> HiddenRanges();

}  // namespace chathttp

#endif  // CHATHTTP_APPS_TERMINAL_WIDTH_TABLE_H_
