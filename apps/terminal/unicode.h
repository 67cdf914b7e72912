// The clusters of a text (what a person calls a character) and their width in columns on a
// terminal.
//
//   NextCluster("e\u0301x")        -> {3 bytes, 1 column}     a letter with its accent
//   Columns("日本")                 -> 4
//   ShownText("a\x1b[2J\tb")       -> R"(a\x1b[2J    b)"
//
// Clusters are the legacy grapheme clusters of UAX #29 with emoji sequences: marks, variation
// selectors, zero width joiners between pictures, pairs of regional indicators, and Hangul jamo.
// Widths follow East Asian Width, from the tables of width_table.h. Pure functions; thread-safe;
// cost O(size of the text).
#ifndef CHATHTTP_APPS_TERMINAL_UNICODE_H_
#define CHATHTTP_APPS_TERMINAL_UNICODE_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace chathttp {

// The limit for one cluster. Further marks start a new one, so that a cluster cannot grow without
// bound.
inline constexpr std::size_t kMaxClusterBytes = 64;

struct Cluster {
  std::size_t bytes = 0;
  int columns = 0;  // 1 or 2
  // The width differs between terminals, so the cursor position behind it is unknown.
  bool uncertain = false;
  // Starts with a mark without a base character: a space is drawn in front of it.
  bool bare = false;
};

// The first cluster of `text`, which must not be empty. A byte that is not UTF-8 is its own
// cluster.
[[nodiscard]] Cluster NextCluster(std::string_view text);

// The start of the cluster before the one that starts at `offset` (> 0).
[[nodiscard]] std::size_t PreviousBoundary(std::string_view text, std::size_t offset);

// The total width of the clusters in columns.
[[nodiscard]] int Columns(std::string_view text);

// The longest prefix of whole clusters of `text` that takes at most `columns` columns.
[[nodiscard]] std::string_view FitColumns(std::string_view text, int columns);

// `text` if it fits into `columns` columns, otherwise its start and an ellipsis.
[[nodiscard]] std::string CutToColumns(std::string_view text, int columns);

// Text of others or of the keyboard, made safe to show: escaped by Visible (domain/escape.h), with
// tabs as four spaces and invisible characters as \uNNNN. Idempotent.
[[nodiscard]] std::string ShownText(std::string_view bytes);

}  // namespace chathttp

#endif  // CHATHTTP_APPS_TERMINAL_UNICODE_H_
