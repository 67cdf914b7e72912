#include "apps/console/chat_screen.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "apps/console/chat_line.h"
#include "apps/console/input_line.h"
#include "apps/console/palette.h"
#include "apps/console/rule.h"
#include "apps/terminal/unicode.h"

namespace chathttp {
namespace {

constexpr int kHintRows = 12;                  // least height of the screen for a row of hints
constexpr int kPaneColumns = 18;               // fixed: a long name must not wrap all lines again
constexpr std::string_view kNoTime = "  ...";  // of a text that the server has not confirmed
constexpr Style kDim = {.dim = true};
constexpr Style kError = {.color = kErrorColor, .bold = true};

constexpr std::string_view kUsersKey = "F2 users";
constexpr std::array<std::string_view, 5> kKeys = {"Enter send", "Tab complete", "PgUp scroll",
                                                   kUsersKey, "F10 leave"};

// The rows and columns of the parts of the screen.
struct Frame {
  bool title = false;
  int lines_begin = 0;
  int lines_end = 0;
  int paste_begin = 0;  // rows of the pasted lines with their rule; none if equal to paste_end
  int paste_end = 0;
  int status = -1;  // none if negative
  int input = 0;
  int hint = -1;  // likewise
  int pane = 0;   // column of the line left of the users; the number of columns if there is none
  int text = 0;   // columns of the conversation: those left of the pane and of a blank before it
};

int RowsOf(const ChatLine& line, int columns) {
  return static_cast<int>(LayOut(line, columns).rows.size());
}

Frame LayOutFrame(const ChatScreen& screen, const Canvas& canvas) {
  Frame frame;
  const int rows = canvas.rows();
  frame.pane = canvas.columns();
  if (screen.show_users && canvas.columns() >= kUsersPaneColumns) {
    frame.pane -= kPaneColumns;
  }
  frame.text = frame.pane < canvas.columns() ? frame.pane - 1 : frame.pane;
  frame.title = rows >= 4;
  frame.lines_begin = frame.title ? 1 : 0;
  const bool hint = rows >= kHintRows;
  if (hint) frame.hint = rows - 1;
  frame.input = rows - (hint ? 2 : 1);
  if (rows >= 3) frame.status = frame.input - 1;
  frame.paste_end = rows >= 3 ? frame.status : frame.input;
  frame.paste_begin = frame.paste_end;
  if (!screen.pasted.empty()) {
    const int room = (frame.paste_end - frame.lines_begin) * 2 / 3;
    frame.paste_begin -= std::min(static_cast<int>(screen.pasted.size()) + 1, room);
  }
  frame.lines_end = frame.paste_begin;
  return frame;
}

void DrawTitle(const ChatScreen& screen, const Frame& frame, Canvas& canvas) {
  if (!frame.title) return;
  const std::string online = screen.online ? absl::StrCat(*screen.online) : "";
  const std::array<RuleLabel, 3> labels = {{
      {.text = "ChatHTTP", .style = {.bold = true}},
      {.text = screen.online ? absl::StrCat(online, " online") : "",
       .brief = online,
       .right = true},
      {.text = screen.place},
  }};
  DrawRule(labels, 0, canvas.columns(), 0, canvas);
}

// The newest pending texts that fit on a third of the rows, and at least one of them.
std::vector<ChatLine> PendingLines(const ChatScreen& screen, const Frame& frame) {
  const int room = std::max((frame.lines_end - frame.lines_begin) / 3, 1);
  std::vector<ChatLine> lines;
  int rows = 0;
  for (auto text = screen.pending.rbegin(); text != screen.pending.rend(); ++text) {
    ChatLine line = {.kind = ChatLine::Kind::kPending,
                     .time = std::string(kNoTime),
                     .name = screen.name,
                     .text = ShownText(*text)};
    rows += RowsOf(line, frame.text);
    if (rows > room && !lines.empty()) break;
    lines.push_back(std::move(line));
  }
  std::reverse(lines.begin(), lines.end());
  return lines;
}

void DrawLines(const ChatScreen& screen, Scrollback& lines, const Frame& frame, Canvas& canvas) {
  std::vector<ChatLine> pending;
  if (lines.at_end()) pending = PendingLines(screen, frame);
  int pending_rows = 0;
  for (const ChatLine& line : pending) pending_rows += RowsOf(line, frame.text);
  const int all = frame.lines_end - frame.lines_begin;
  pending_rows = std::min(pending_rows, std::max(all / 3, 1));
  lines.SetView(frame.text, all - pending_rows);
  if (all <= 0) return;
  const std::vector<Scrollback::Row> visible =
      all > pending_rows ? lines.Visible() : std::vector<Scrollback::Row>();
  const ChatLine* laid_out = nullptr;
  ChatLayout layout;
  int row = frame.lines_begin;
  for (const Scrollback::Row& at : visible) {
    if (laid_out == nullptr || at.line != laid_out) layout = LayOut(*at.line, frame.text);
    laid_out = at.line;
    Draw(*at.line, layout, at.index, canvas, row, frame.text, at.found);
    ++row;
  }
  for (const ChatLine& line : pending) {
    layout = LayOut(line, frame.text);
    for (std::size_t i = 0; i < layout.rows.size() && row < frame.lines_end; ++i, ++row) {
      Draw(line, layout, i, canvas, row, frame.text);
    }
  }
}

void DrawPane(const ChatScreen& screen, const Frame& frame, Canvas& canvas) {
  if (frame.pane == canvas.columns() || frame.status < 0) return;
  const int end = frame.status;
  for (int row = frame.lines_begin; row < end; ++row) canvas.Put(frame.pane, row, "│", kDim);
  // A label of the rule has priority.
  if (canvas.at(frame.pane, 0).text == "─") canvas.Put(frame.pane, 0, "┬", kDim);
  if (canvas.at(frame.pane, end).text == "─") canvas.Put(frame.pane, end, "┴", kDim);
  int row = frame.lines_begin;
  if (screen.users_above > 0) {
    canvas.Put(frame.pane + 2, row++, absl::StrCat(screen.users_above, " above"), kDim);
  }
  const auto room = static_cast<std::size_t>(std::max(end - row, 0));
  const std::size_t known = screen.users_above + screen.users.size();
  const std::size_t below = std::max(screen.online.value_or(0), known) - screen.users_above;
  const bool all = screen.users.size() <= room && screen.users.size() == below;
  const std::size_t shown =
      all ? below : std::min(std::max<std::size_t>(room, 1) - 1, screen.users.size());
  for (std::size_t i = 0; i < shown; ++i, ++row) {
    const std::string& user = screen.users[i];
    const Style style = {.color = NameColor(user), .underline = user == screen.name};
    canvas.Put(frame.pane + 2, row, CutToColumns(user, kPaneColumns - 2), style);
  }
  if (!all && room > 0) {
    canvas.Put(frame.pane + 2, row, absl::StrCat("and ", below - shown, " more"), kDim);
  }
}

void DrawPaste(const ChatScreen& screen, const Frame& frame, Canvas& canvas) {
  if (frame.paste_begin == frame.paste_end) return;
  const std::array<RuleLabel, 1> labels = {{
      {.text = absl::StrCat(screen.pasted.size(), " lines pasted, to be sent one by one"),
       .brief = absl::StrCat(screen.pasted.size(), " lines pasted"),
       .style = {.bold = true}},
  }};
  DrawRule(labels, 0, frame.pane, frame.paste_begin, canvas);
  const auto room = static_cast<std::size_t>(frame.paste_end - frame.paste_begin - 1);
  const std::size_t shown =
      screen.pasted.size() <= room ? room : room - std::min<std::size_t>(room, 1);
  int row = frame.paste_begin + 1;
  for (std::size_t i = 0; i < std::min(shown, screen.pasted.size()); ++i, ++row) {
    canvas.Put(2, row, screen.pasted[i], {}, frame.pane);
  }
  if (screen.pasted.size() > room && room > 0) {
    canvas.Put(2, row, absl::StrCat("and ", screen.pasted.size() - shown, " more"), kDim,
               frame.pane);
  }
}

Style HintStyle(const ChatScreen& screen) { return screen.hint_is_error ? kError : Style(); }

void DrawStatus(const ChatScreen& screen, const Scrollback& lines, const Frame& frame,
                Canvas& canvas) {
  if (frame.status < 0) return;
  if (frame.hint < 0 && !screen.hint.empty()) {  // no row of hints: show it here
    canvas.Put(0, frame.status, CutToColumns(screen.hint, canvas.columns()), HintStyle(screen));
    return;
  }
  std::vector<RuleLabel> labels;
  labels.reserve(4);
  labels.push_back({.text = screen.name, .style = {.color = NameColor(screen.name), .bold = true}});
  if (!lines.at_end()) {
    const std::size_t below = lines.new_below();
    const std::string mention = screen.mentioned_below ? "mentions you, " : "";
    labels.push_back(
        {.text = below > 0 ? absl::StrCat(mention, below, " new below ▼") : "scrolled back ▼",
         .brief = below > 0 ? absl::StrCat(below, " ▼") : "▼",
         .right = true,
         .style = {.bold = true}});
  }
  const bool waiting = screen.pending_count > 1 || (screen.pending_count > 0 && !screen.connected);
  const std::string pending = waiting ? absl::StrCat(", ", screen.pending_count, " unsent") : "";
  labels.push_back({.text = absl::StrCat(screen.state, pending),
                    .brief = screen.connected ? "" : "offline",
                    .style = screen.connected ? Style() : kError});
  if (screen.connected && screen.lag) {
    labels.push_back({.text = absl::StrCat("lag ", ShownLag(*screen.lag)), .style = kDim});
  }
  DrawRule(labels, 0, canvas.columns(), frame.status, canvas);
}

void DrawHint(const ChatScreen& screen, const Frame& frame, Canvas& canvas) {
  if (frame.hint < 0) return;
  if (!screen.hint.empty()) {
    canvas.Put(1, frame.hint, CutToColumns(screen.hint, canvas.columns() - 1), HintStyle(screen));
    return;
  }
  int column = 1;
  for (const std::string_view key : kKeys) {
    if (key == kUsersKey && canvas.columns() < kUsersPaneColumns) continue;
    if (column + Columns(key) > canvas.columns()) break;
    column = canvas.Put(column, frame.hint, key, kDim) + 3;
  }
}

}  // namespace

std::string ShownSeconds(absl::Duration wait) {
  const absl::Duration left = std::max(wait, absl::ZeroDuration());
  return absl::StrCat(absl::ToInt64Seconds(absl::Ceil(left, absl::Seconds(1))), " s");
}

std::string ShownLag(absl::Duration lag) {
  if (lag < absl::Seconds(1)) return absl::StrCat(absl::ToInt64Milliseconds(lag), " ms");
  return absl::StrFormat("%.1f s", absl::ToDoubleSeconds(lag));
}

void DrawChatScreen(const ChatScreen& screen, Scrollback& lines, const LineEditor& editor,
                    Canvas& canvas) {
  const Frame frame = LayOutFrame(screen, canvas);
  DrawTitle(screen, frame, canvas);
  DrawLines(screen, lines, frame, canvas);
  DrawPaste(screen, frame, canvas);
  DrawStatus(screen, lines, frame, canvas);
  DrawPane(screen, frame, canvas);
  DrawHint(screen, frame, canvas);
  const int prompt = canvas.Put(0, frame.input, "> ", {.bold = true});
  DrawInputLine(editor,
                {.column = prompt,
                 .row = frame.input,
                 .columns = canvas.columns() - prompt,
                 .max_bytes = screen.max_text_bytes},
                canvas);
}

}  // namespace chathttp
