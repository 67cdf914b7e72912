#include "apps/console/chat.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "apps/console/commands.h"
#include "apps/console/paste.h"
#include "apps/terminal/canvas.h"
#include "apps/terminal/unicode.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/domain/escape.h"
#include "chathttp/domain/user_name.h"

namespace chathttp {
namespace {

constexpr std::size_t kMaxLineBytes = 16 << 10;  // of the edited line
constexpr int kWheelRows = 3;

bool IsBlank(std::string_view line) {
  return line.find_first_not_of(" \t") == std::string_view::npos;
}

// Describes dropped lines, of which there is at least one.
std::string DescribeDropped(const std::vector<std::string>& lines) {
  const std::string quoted = absl::StrCat("\"", Visible(lines.front(), 40), "\"");
  if (lines.size() == 1) return absl::StrCat("1 pasted line was dropped: ", quoted);
  return absl::StrCat(lines.size(), " pasted lines were dropped, the first: ", quoted);
}

}  // namespace

ConsoleChat::ConsoleChat(Scheduler& scheduler, ChatSession& session,
                         const ConsoleChatOptions& options)
    : session_(session),
      options_(options),
      room_(scheduler, session, options.time_zone, options.log),
      editor_(kMaxLineBytes),
      history_(options.max_history) {}

// ---- Keys -------------------------------------------------------------------------------------

ConsoleChat::Answer ConsoleChat::Handle(const Key& key) {
  SetHint("", false);
  if (!pasted_.empty()) return HandlePasted(key);
  if (HandleLineSearch(key) || HandleHistorySearch(key) || HandleScrolling(key.code)) {
    return Answer::kChanged;
  }
  switch (key.code) {
    case KeyCode::kEnter:
      return Submit();
    case KeyCode::kPaste:
      TakePaste(key.text);
      return Answer::kChanged;
    case KeyCode::kLongPaste:
      AddLongPaste(key.text);
      return Answer::kChanged;
    case KeyCode::kTab:
    case KeyCode::kBackTab:
      Complete(key.code == KeyCode::kTab);
      return Answer::kChanged;
    case KeyCode::kUp:
      Recall(history_.Up(editor_.text()));
      return Answer::kChanged;
    case KeyCode::kDown:
      Recall(history_.Down(editor_.text()));
      return Answer::kChanged;
    case KeyCode::kF1:
      Help();
      return Answer::kChanged;
    case KeyCode::kF2:
      show_users_ = !show_users_;
      return Answer::kChanged;
    case KeyCode::kListUp:
    case KeyCode::kListDown:
      ScrollUsers(key.code == KeyCode::kListDown);
      return Answer::kChanged;
    case KeyCode::kF3:
      SetHint(room_.TogglePresence() ? "Who enters and leaves is shown"
                                     : "Who enters and leaves is hidden",
              false);
      return Answer::kChanged;
    default:
      break;
  }
  if (key == Key{KeyCode::kControl, "p"}) return Handle({KeyCode::kUp});
  if (key == Key{KeyCode::kControl, "n"}) return Handle({KeyCode::kDown});
  return editor_.Handle(key) ? Answer::kChanged : Answer::kNone;
}

// Returns whether the key scrolls.
bool ConsoleChat::HandleScrolling(KeyCode code) {
  Scrollback& lines = room_.lines();
  const int page = std::max(lines.view_rows() - 1, 1);
  switch (code) {
    case KeyCode::kPageUp:
      lines.ScrollUp(page);
      return true;
    case KeyCode::kPageDown:
      lines.ScrollDown(page);
      return true;
    case KeyCode::kScrollUp:
      lines.ScrollUp(1);
      return true;
    case KeyCode::kScrollDown:
      lines.ScrollDown(1);
      return true;
    case KeyCode::kWheelUp:
      lines.ScrollUp(kWheelRows);
      return true;
    case KeyCode::kWheelDown:
      lines.ScrollDown(kWheelRows);
      return true;
    case KeyCode::kFirst:
      lines.ScrollToStart();
      return true;
    case KeyCode::kLast:
    case KeyCode::kEscape:
      lines.ScrollToEnd();
      return true;
    default:
      return false;
  }
}

// The first and the last row of the list of users count the others.
std::size_t ConsoleChat::UsersPage() const {
  return static_cast<std::size_t>(std::max(room_.lines().view_rows() - 2, 1));
}

// The users above the list, so many at most that its last page is full.
std::size_t ConsoleChat::UsersAbove() const {
  const std::size_t users = room_.users().size();
  return users <= UsersPage() + 2 ? 0 : std::min(users_above_, users - UsersPage());
}

void ConsoleChat::ScrollUsers(bool down) {
  users_above_ = UsersAbove();
  users_above_ =
      down ? users_above_ + UsersPage() : users_above_ - std::min(users_above_, UsersPage());
  show_users_ = true;
}

// ---- Searching --------------------------------------------------------------------------------

// Returns whether the key belongs to the search with ^R, which other keys end.
bool ConsoleChat::HandleHistorySearch(const Key& key) {
  const bool search_key = key == Key{KeyCode::kControl, "r"};
  if (!history_search_) {
    if (!search_key) return false;
    history_.Keep(editor_.text());
    history_search_.emplace();
  } else if (search_key) {
    SearchHistory(true);
  } else if (key.code == KeyCode::kText) {
    *history_search_ += key.text;
    SearchHistory(false);
  } else if (key.code == KeyCode::kBackspace) {
    if (history_search_->empty()) return true;
    history_search_->erase(PreviousBoundary(*history_search_, history_search_->size()));
  } else if (key.code == KeyCode::kEscape || key == Key{KeyCode::kControl, "g"}) {
    history_search_.reset();
    editor_.Set(history_.BackToDraft());
  } else {
    history_search_.reset();
    return false;
  }
  return true;
}

void ConsoleChat::SearchHistory(bool older) {
  if (history_search_->empty()) return;
  if (const std::optional<std::string> line = history_.Find(*history_search_, older)) {
    editor_.Set(*line, line->find(*history_search_));
  } else {
    SetHint(absl::StrCat("No older line contains \"", *history_search_, "\""), true);
  }
}

// Returns whether the key belongs to the search with /search, which other keys end.
bool ConsoleChat::HandleLineSearch(const Key& key) {
  if (line_search_.empty()) return false;
  const bool older = key == Key{KeyCode::kText, "n"};
  const bool newer = key == Key{KeyCode::kText, "N"};
  if (!older && !newer) {
    line_search_.clear();
    return false;
  }
  SearchLines(older);
  return true;
}

void ConsoleChat::SearchLines(bool upwards) {
  if (room_.lines().Search(line_search_, upwards)) return;
  SetHint(absl::StrCat("No ", upwards ? "older" : "newer", " line contains \"", line_search_, "\""),
          true);
}

// ---- Sending ----------------------------------------------------------------------------------

ConsoleChat::Answer ConsoleChat::HandlePasted(const Key& key) {
  if (key.code == KeyCode::kEscape) {
    DropPasted();
    return Answer::kChanged;
  }
  if (key.code == KeyCode::kLongPaste) AddLongPaste(key.text);
  if (key.code == KeyCode::kPaste) {
    TakePaste(absl::StrCat(absl::StrJoin(pasted_, "\n"), "\n", key.text));
    return Answer::kChanged;
  }
  if (key.code != KeyCode::kEnter) return Answer::kChanged;
  auto next = pasted_.begin();
  while (next != pasted_.end() && Say(*next)) ++next;
  pasted_.erase(pasted_.begin(), next);  // the rest finds no room in the queue, and stays
  room_.lines().ScrollToEnd();
  return Answer::kChanged;
}

void ConsoleChat::TakePaste(std::string_view text) {
  Paste paste = ParsePaste(text, options_.max_pasted, options_.limits.text_bytes - 1);
  if (!paste.problem.empty()) return AddError(absl::StrCat("Paste dropped: ", paste.problem));
  if (paste.lines.size() > 1) {
    pasted_ = std::move(paste.lines);
  } else if (!paste.lines.empty() && !editor_.Insert(paste.lines.front())) {
    AddError(absl::StrCat("Paste of ", text.size(), " bytes dropped: the line may have at most ",
                          kMaxLineBytes, " bytes of valid UTF-8"));
  }
}

void ConsoleChat::AddLongPaste(std::string_view bytes) {
  AddError(absl::StrCat("Paste of ", AbslView(bytes), " bytes dropped: a paste may have at most ",
                        kMaxPasteBytes, " bytes, paste it in parts"));
}

void ConsoleChat::DropPasted() {
  room_.AddLine(ChatLine::Kind::kInfo, DescribeDropped(TakePasted()));
}

bool ConsoleChat::Cancel() {
  SetHint("", false);
  line_search_.clear();
  if (history_search_) {
    history_search_.reset();
    editor_.Set(history_.BackToDraft());
    return true;
  }
  if (!pasted_.empty()) {
    DropPasted();
    return true;
  }
  const std::size_t pending = session_.pending_texts().size();
  session_.DropWaiting();
  if (session_.pending_texts().size() < pending) return true;
  if (editor_.empty()) return false;
  history_.Add(editor_.text());  // so that Up brings it back
  editor_.Clear();
  return true;
}

std::string ConsoleChat::TakeDraft() {
  history_.Keep(editor_.text());
  editor_.Clear();
  return history_.BackToDraft();
}

// Completes names of other users only.
void ConsoleChat::Complete(bool forward) {
  std::vector<std::string> names = room_.users().ByRecency();
  std::erase_if(names, [&](const std::string& name) { return SameName(name, session_.name()); });
  completion_.Complete(editor_, names, forward);
}

void ConsoleChat::Recall(const std::optional<std::string>& line) {
  if (line) editor_.Set(*line);
}

ConsoleChat::Answer ConsoleChat::Submit() {
  const std::string line = editor_.text();
  if (IsBlank(line)) {
    editor_.Clear();
    return Answer::kChanged;
  }
  const bool command = line.starts_with('/') && !line.starts_with("//");
  if (!command && !Say(line.starts_with("//") ? line.substr(1) : line)) {
    return Answer::kChanged;  // the line stays, to be corrected
  }
  history_.Add(line);
  editor_.Clear();
  room_.lines().ScrollToEnd();
  return command ? Command(line) : Answer::kChanged;
}

bool ConsoleChat::Say(std::string_view text) {
  const absl::Status status = session_.Say(text);
  if (absl::IsResourceExhausted(status)) {
    SetHint(absl::StrCat(status.message(), ", or drop them with ^C"), true);
  } else if (!status.ok()) {
    SetHint(StdView(status.message()), true);
  }
  return status.ok();
}

// ---- Commands ---------------------------------------------------------------------------------

ConsoleChat::Answer ConsoleChat::Command(std::string_view line) {
  const ParsedCommand command = ParseCommand(line, true);
  if (!command.problem.empty()) {
    AddError(command.problem);
    return Answer::kChanged;
  }
  if (command.name == "/quit") return Answer::kQuit;
  absl::Status status;
  if (command.name == "/help") {
    Help();
  } else if (command.name == "/clear") {
    room_.lines().Clear();
  } else if (command.name == "/ignore") {
    Ignore(command.argument);
  } else if (command.name == "/search") {
    line_search_ = command.argument;
    SearchLines(true);
  } else if (command.name == "/me") {
    status = session_.Say(ActionText(session_.name(), command.argument));
  } else if (command.name == "/users") {
    status = session_.List();
  } else if (command.name == "/reconnect") {
    status = session_.Reconnect();
  }
  if (!status.ok()) {
    AddError(absl::StrCat(AbslView(line), " is not possible now: ", status.message()));
  }
  return Answer::kChanged;
}

// Hides the messages of a user, or shows them again; without a name, lists whom it hides.
void ConsoleChat::Ignore(std::string_view name) {
  if (const std::string problem = name.empty() ? "" : DescribeNameProblem(name); !problem.empty()) {
    return AddError(problem);
  }
  room_.AddLine(ChatLine::Kind::kInfo, room_.Ignore(name));
}

void ConsoleChat::Help() {
  for (const std::string& line : CommandHelp(true)) room_.AddLine(ChatLine::Kind::kInfo, line);
}

// ---- Events of the session --------------------------------------------------------------------

bool ConsoleChat::OnSessionEvent(const SessionEvent& event) {
  const bool mention = room_.OnSessionEvent(event);
  // The user did not ask for this list. If the request fails, a later one follows when the link is
  // idle.
  if (event.kind == SessionEvent::Kind::kLoggedIn) session_.List().IgnoreError();
  return mention;
}

void ConsoleChat::SetHint(std::string_view hint, bool error) {
  hint_ = hint;
  hint_is_error_ = error;
}

ChatScreen ConsoleChat::Screen() const {
  ChatScreen screen;
  screen.users_above = UsersAbove();
  room_.Describe(screen);
  const std::vector<std::string_view> pending = session_.pending_texts();
  screen.pending_count = pending.size();
  const std::size_t shown = std::min<std::size_t>(pending.size(), Canvas::kMaxSide);
  screen.pending.assign(pending.end() - static_cast<std::ptrdiff_t>(shown), pending.end());
  screen.show_users = show_users_;
  screen.hint = hint_;
  screen.hint_is_error = hint_is_error_;
  const std::size_t limit = options_.limits.text_bytes - 1;
  if (!pasted_.empty() && !hint_is_error_) {
    screen.hint = "Enter send, Esc drop";
  } else if (hint_.empty() && history_search_) {
    screen.hint =
        absl::StrCat("Search: \"", *history_search_, "\"   ^R older, Enter send, Esc stop");
  } else if (hint_.empty() && !line_search_.empty()) {
    screen.hint = absl::StrCat("Search: \"", line_search_, "\"   n older, N newer, Esc stop");
  } else if (hint_.empty() && editor_.text().size() > limit) {
    const std::size_t excess = editor_.text().size() - limit;
    screen.hint = absl::StrCat(excess, excess == 1 ? " byte" : " bytes", " too long");
    screen.hint_is_error = true;
  }
  screen.pasted = pasted_;
  screen.max_text_bytes = limit;
  return screen;
}

}  // namespace chathttp
