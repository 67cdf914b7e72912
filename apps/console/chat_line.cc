#include "apps/console/chat_line.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "apps/console/palette.h"
#include "apps/console/rule.h"
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
      return {.bold = line.mention};
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
  const bool pending = line.kind == ChatLine::Kind::kPending;
  return {.color = NameColor(line.name), .bold = !pending, .dim = pending, .reverse = line.mention};
}

}  // namespace

ChatLayout LayOut(const ChatLine& line, int columns) {
  ChatLayout layout;
  if (line.kind == ChatLine::Kind::kMark) {
    layout.rows = {line.text};
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
  layout.first = layout.name_begin + name + (wide ? 2 : 1);
  layout.indent = wide ? stamp + kNameColumns + 2 : stamp + (message ? 2 : name + 1);
  if (columns - layout.first >= kMinTextColumns) {
    layout.rows = Wrap(line.text, columns - layout.first, columns - layout.indent);
  } else {  // a long name on a narrow screen has its own row
    layout.rows = Wrap(line.text, columns - layout.indent, columns - layout.indent);
    layout.rows.insert(layout.rows.begin(), std::string_view());
  }
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
  const int begin = index == 0 ? layout.first : layout.indent;
  Style style = TextStyle(line);
  style.reverse = found;
  canvas.Put(begin, row, layout.rows[index], style, columns);
}

}  // namespace chathttp
