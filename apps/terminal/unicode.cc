#include "apps/terminal/unicode.h"

#include <algorithm>
#include <span>

#include "absl/strings/str_format.h"
#include "apps/terminal/width_table.h"
#include "chathttp/domain/escape.h"
#include "chathttp/domain/text.h"

namespace chathttp {
namespace {

constexpr char32_t kZeroWidthJoiner = 0x200D;
constexpr char32_t kEmojiPresentation = 0xFE0F;

bool IsIn(std::span<const CodePointRange> ranges, char32_t c) {
  const auto after =
      std::upper_bound(ranges.begin(), ranges.end(), c,
                       [](char32_t value, const CodePointRange& r) { return value < r.first; });
  return after != ranges.begin() && c <= std::prev(after)->last;
}

bool IsRegionalIndicator(char32_t c) { return c >= 0x1F1E6 && c <= 0x1F1FF; }

enum class Hangul { kNone, kLeading, kVowel, kTrailing, kSyllable, kClosedSyllable };

Hangul HangulOf(char32_t c) {
  if ((c >= 0x1100 && c <= 0x115F) || (c >= 0xA960 && c <= 0xA97C)) return Hangul::kLeading;
  if ((c >= 0x1160 && c <= 0x11A7) || (c >= 0xD7B0 && c <= 0xD7C6)) return Hangul::kVowel;
  if ((c >= 0x11A8 && c <= 0x11FF) || (c >= 0xD7CB && c <= 0xD7FB)) return Hangul::kTrailing;
  if (c < 0xAC00 || c > 0xD7A3) return Hangul::kNone;
  return (c - 0xAC00) % 28 == 0 ? Hangul::kSyllable : Hangul::kClosedSyllable;
}

// UAX #29, rules GB6 to GB8.
bool HangulJoins(Hangul before, Hangul after) {
  switch (before) {
    case Hangul::kNone:
      return false;
    case Hangul::kLeading:
      return after != Hangul::kNone && after != Hangul::kTrailing;
    case Hangul::kVowel:
    case Hangul::kSyllable:
      return after == Hangul::kVowel || after == Hangul::kTrailing;
    case Hangul::kTrailing:
    case Hangul::kClosedSyllable:
      return after == Hangul::kTrailing;
  }
  return false;
}

int CodePointColumns(char32_t c) {
  if (c < 0x300) return 1;
  if (IsIn(WideRanges(), c)) return 2;
  const Hangul hangul = HangulOf(c);
  if (hangul == Hangul::kVowel || hangul == Hangul::kTrailing) return 0;
  return IsIn(JoiningRanges(), c) ? 0 : 1;
}

bool TakesEmojiPresentation(char32_t c) {
  return IsIn(PictographicRanges(), c) || (c >= '0' && c <= '9') || c == '#' || c == '*';
}

// Whether `next` belongs to the cluster that starts with `first` and so far ends with `last`.
bool Joins(char32_t first, char32_t last, char32_t next) {
  if (IsIn(JoiningRanges(), next)) return true;
  if (HangulJoins(HangulOf(last), HangulOf(next))) return true;
  return last == kZeroWidthJoiner && IsIn(PictographicRanges(), first) &&
         IsIn(PictographicRanges(), next);
}

}  // namespace

Cluster NextCluster(std::string_view text) {
  const CodePoint first = DecodeUtf8(text);
  if (first.bytes == 0) return {.bytes = 1, .columns = 1, .uncertain = true};
  const int columns = CodePointColumns(first.value);
  Cluster cluster = {.bytes = first.bytes, .columns = columns};
  cluster.bare = columns == 0;
  bool flag = IsRegionalIndicator(first.value);
  cluster.uncertain = cluster.bare || flag || (columns == 2 && first.value >= 0x1F000) ||
                      HangulOf(first.value) == Hangul::kLeading;
  for (char32_t last = first.value; cluster.bytes < text.size();) {
    const CodePoint next = DecodeUtf8(text.substr(cluster.bytes));
    if (next.bytes == 0 || cluster.bytes + next.bytes > kMaxClusterBytes) break;
    const bool second_of_flag = flag && IsRegionalIndicator(next.value);
    if (!second_of_flag && !Joins(first.value, last, next.value)) break;
    const bool emoji = next.value == kEmojiPresentation && TakesEmojiPresentation(first.value);
    if (second_of_flag || emoji) cluster.columns = 2;
    flag = false;
    last = next.value;
    cluster.bytes += next.bytes;
    cluster.uncertain = true;
  }
  cluster.columns = std::max(cluster.columns, 1);
  return cluster;
}

std::size_t PreviousBoundary(std::string_view text, std::size_t offset) {
  std::size_t begin = 0;
  while (true) {
    const std::size_t end = begin + NextCluster(text.substr(begin)).bytes;
    if (end >= offset) return begin;
    begin = end;
  }
}

int Columns(std::string_view text) {
  int columns = 0;
  while (!text.empty()) {
    const Cluster cluster = NextCluster(text);
    columns += cluster.columns;
    text.remove_prefix(cluster.bytes);
  }
  return columns;
}

std::string_view FitColumns(std::string_view text, int columns) {
  std::size_t bytes = 0;
  while (bytes < text.size()) {
    const Cluster cluster = NextCluster(text.substr(bytes));
    columns -= cluster.columns;
    if (columns < 0) break;
    bytes += cluster.bytes;
  }
  return text.substr(0, bytes);
}

std::string CutToColumns(std::string_view text, int columns) {
  const std::string_view fitting = FitColumns(text, columns);
  if (fitting.size() == text.size()) return std::string(text);
  return std::string(FitColumns(text, columns - 1)) + "…";
}

std::string ShownText(std::string_view bytes) {
  std::string without_tabs;
  without_tabs.reserve(bytes.size());
  for (const char byte : bytes) {
    if (byte == '\t') {
      without_tabs += "    ";
    } else {
      without_tabs += byte;
    }
  }
  const std::string visible = Visible(without_tabs);  // valid UTF-8 from here on
  std::string shown;
  shown.reserve(visible.size());
  for (std::string_view rest = visible; !rest.empty();) {
    const CodePoint next = DecodeUtf8(rest);
    if (IsIn(HiddenRanges(), next.value)) {
      shown += absl::StrFormat("\\u%04x", static_cast<unsigned>(next.value));
    } else {
      shown += rest.substr(0, next.bytes);
    }
    rest.remove_prefix(next.bytes);
  }
  return shown;
}

}  // namespace chathttp
