#include "apps/console/chat_line.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "apps/console/palette.h"
#include "apps/console/rule.h"
#include "apps/console/url.h"
#include "apps/terminal/unicode.h"
#include "apps/terminal/wrap.h"

namespace chathttp {
namespace {

constexpr int kMinTextColumns = 6;  // least room for text behind a name

std::string_view SignOf(ChatLine::Kind kind) {
  switch (kind) {
    case ChatLine::Kind::kMessage:
    case ChatLine::Kind::kPending:
    case ChatLine::Kind::kPresence:
    case ChatLine::Kind::kNotice:
      return "-";
    case ChatLine::Kind::kInfo:
      return "*";
    case ChatLine::Kind::kError:
      return "!";
    case ChatLine::Kind::kMark:
      break;
  }
  return "";
}

bool HasName(const ChatLine& line) {
  return line.kind == ChatLine::Kind::kMessage || line.kind == ChatLine::Kind::kPending;
}

Style TextStyle(const ChatLine& line) {
  switch (line.kind) {
    case ChatLine::Kind::kMessage:
      return {.bold = line.mention && !line.past, .dim = line.past};
    case ChatLine::Kind::kPending:
    case ChatLine::Kind::kPresence:
    case ChatLine::Kind::kNotice:
    case ChatLine::Kind::kInfo:
    case ChatLine::Kind::kMark:
      return {.dim = true};
    case ChatLine::Kind::kError:
      return {.color = kErrorColor};
  }
  return {};
}

Style NameStyle(const ChatLine& line) {
  if (!HasName(line)) return TextStyle(line);
  const bool dim = line.past || line.kind == ChatLine::Kind::kPending;
  return {.color = NameColor(line.name), .bold = !dim, .dim = dim, .reverse = line.mention};
}

struct Room {
  int first = 0;    // column of the text in the first row of the line
  int indent = 0;   // and in the others
  int columns = 0;  // of the view
};

void AddWrapped(std::string_view text, const Room& room, ChatLayout& layout) {
  const int rest = room.columns - room.indent;
  const int first = layout.rows.empty() ? room.columns - room.first : rest;
  for (const std::string_view row : Wrap(text, first, rest)) {
    layout.rows.push_back({layout.rows.empty() ? room.first : room.indent, row});
  }
}

// Adds the rows of `text`, which has layout.urls.
void AddText(std::string_view text, const Room& room, ChatLayout& layout) {
  for (std::string_view url : layout.urls) {
    if (static_cast<int>(url.size()) <= room.columns - room.indent) continue;
    const auto before = static_cast<std::size_t>(url.data() - text.data());
    const bool blank = text.substr(0, before).find_first_not_of(' ') == std::string_view::npos;
    if (!blank || layout.rows.empty()) AddWrapped(text.substr(0, before), room, layout);
    text.remove_prefix(before + url.size());
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    while (!url.empty()) {
      const std::string_view piece = url.substr(0, static_cast<std::size_t>(room.columns));
      layout.rows.push_back({0, piece});
      url.remove_prefix(piece.size());
    }
  }
  if (!text.empty() || layout.rows.empty()) AddWrapped(text, room, layout);
}

}  // namespace

ChatLayout LayOut(const ChatLine& line, int columns) {
  ChatLayout layout;
  if (line.kind == ChatLine::Kind::kMark) {
    layout.rows = {{0, line.text}};
    return layout;
  }
  const bool message = HasName(line);
  const bool wide = columns >= kWideColumns;
  if (columns >= kStampColumns) layout.time = absl::StrCat(line.time, " ");
  const int stamp = Columns(layout.time);
  layout.name = message ? line.name : std::string(SignOf(line.kind));
  if (message && !wide) layout.name += ':';
  const int name = Columns(layout.name);
  layout.name_begin = wide ? stamp + std::max(kNameColumns - name, 0) : stamp;
  const int first = layout.name_begin + name + (wide ? 2 : 1);
  const int indent = wide ? stamp + kNameColumns + 2 : stamp + (message ? 2 : name + 1);
  // A long name on a narrow screen has its own row.
  if (columns - first < kMinTextColumns)
    layout.rows.push_back({first, std::string_view(line.text).substr(0, 0)});
  layout.urls = FindUrls(line.text);
  AddText(line.text, {.first = first, .indent = indent, .columns = columns}, layout);
  return layout;
}

void Draw(const ChatLine& line, const ChatLayout& layout, std::size_t index, Canvas& canvas,
          int row, int columns, bool found) {
  if (line.kind == ChatLine::Kind::kMark) {
    const RuleLabel label = {.text = line.text, .style = TextStyle(line)};
    return DrawRule({&label, 1}, 0, columns, row, canvas);
  }
  if (index == 0) {
    canvas.Put(0, row, layout.time, {.dim = true}, columns);
    canvas.Put(layout.name_begin, row, layout.name, NameStyle(line), columns);
  }
  const auto& [begin, text] = layout.rows[index];
  Style style = TextStyle(line);
  style.reverse = found;
  const int end = canvas.Put(begin, row, text, style, columns);
  for (const std::string_view url : layout.urls) {
    // The part of the URL on this row; a byte of a URL has one column.
    const char* const from = std::max(url.data(), text.data());
    const char* const to = std::min(url.data() + url.size(), text.data() + text.size());
    if (from >= to) continue;
    const int left = begin + Columns(text.substr(0, static_cast<std::size_t>(from - text.data())));
    canvas.SetLink(left, std::min(left + static_cast<int>(to - from), end), row, url);
  }
}

}  // namespace chathttp
