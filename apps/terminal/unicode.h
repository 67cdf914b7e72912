// What a text takes on a terminal: its clusters (what a person calls a character) and their
// columns.
//
//   NextCluster("e\u0301x")        -> {3 bytes, 1 column}     a letter with its accent
//   Columns("日本")                 -> 4
//   ShownText("a\x1b[2J\tb")       -> R"(a\x1b[2J    b)"
//
// Clusters are the legacy grapheme clusters of UAX #29 with emoji sequences: marks, variation
// selectors, zero width joiners between pictures, pairs of regional indicators, and Hangul jamo.
// Widths are those of East Asian Width, by the tables of width_table.h. Pure functions,
// safe from any thread; cost O(size of the text).
#ifndef CHATHTTP_APPS_TERMINAL_UNICODE_H_
#define CHATHTTP_APPS_TERMINAL_UNICODE_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace chathttp {

// The longest cluster; what follows is another one, so that no pile of marks grows without end.
inline constexpr std::size_t kMaxClusterBytes = 64;

struct Cluster {
  std::size_t bytes = 0;
  int columns = 0;  // 1 or 2
  // Terminals disagree about the width: where the cursor is behind it is not known.
  bool uncertain = false;
  // Begins with a mark that has nothing to stand on: a space goes in front of it when drawn.
  bool bare = false;
};

// The cluster that `text` (not empty) begins with. A byte that is no UTF-8 is one of its own.
[[nodiscard]] Cluster NextCluster(std::string_view text);

// The begin of the cluster in front of the one that begins at `offset` (> 0).
[[nodiscard]] std::size_t PreviousBoundary(std::string_view text, std::size_t offset);

// The sum of the columns of the clusters.
[[nodiscard]] int Columns(std::string_view text);

// The longest run of whole clusters from the front of `text` that takes at most `columns`.
[[nodiscard]] std::string_view FitColumns(std::string_view text, int columns);

// What came from others or from the keyboard as it is shown: what Visible of domain/escape.h makes
// of it, tabs as four spaces, and characters that nobody sees written as \uNNNN. The result goes
// through it unchanged.
[[nodiscard]] std::string ShownText(std::string_view bytes);

}  // namespace chathttp

#endif  // CHATHTTP_APPS_TERMINAL_UNICODE_H_
