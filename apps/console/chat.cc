#include "apps/console/chat.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "apps/console/commands.h"
#include "apps/console/paste.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/domain/escape.h"
#include "chathttp/domain/text.h"
#include "chathttp/domain/user_name.h"

namespace chathttp {
namespace {

constexpr std::size_t kMaxLineBytes = 16 << 10;  // of the edited line

bool IsBlank(std::string_view line) {
  return line.find_first_not_of(" \t") == std::string_view::npos;
}

// Describes `count` dropped messages, the first of which is `text`.
std::string DescribeDropped(std::size_t count, std::string_view text) {
  const std::string quoted = absl::StrCat("\"", Visible(text, 40), "\"");
  if (count == 1) return absl::StrCat("1 unsent message was dropped: ", quoted);
  return absl::StrCat(count, " unsent messages were dropped, the first: ", quoted);
}

}  // namespace

ConsoleChat::ConsoleChat(Scheduler& scheduler, ConsoleSession& session,
                         const ConsoleChatOptions& options, std::function<void()> changed)
    : session_(session),
      options_(options),
      room_(scheduler, options.time_zone),
      editor_(kMaxLineBytes),
      history_(options.max_history),
      say_queue_(
          scheduler, session, options.max_unsent,
          [this](std::string_view text, std::string_view reason) { AddRefusal(text, reason); },
          std::move(changed)) {}

// ---- Keys -------------------------------------------------------------------------------------

ConsoleChat::Answer ConsoleChat::Handle(const Key& key) {
  SetHint("", false);
  if (!pasted_.empty()) return HandlePasted(key);
  const int page = std::max(room_.lines().view_rows() - 1, 1);
  switch (key.code) {
    case KeyCode::kEnter:
      return Submit();
    case KeyCode::kPaste:
      TakePaste(key.text);
      return Answer::kChanged;
    case KeyCode::kTab:
    case KeyCode::kBackTab:
      Complete(key.code == KeyCode::kTab);
      return Answer::kChanged;
    case KeyCode::kUp:
      Recall(history_.Up(editor_.text()));
      return Answer::kChanged;
    case KeyCode::kDown:
      Recall(history_.Down());
      return Answer::kChanged;
    case KeyCode::kPageUp:
      room_.lines().ScrollUp(page);
      return Answer::kChanged;
    case KeyCode::kPageDown:
      room_.lines().ScrollDown(page);
      return Answer::kChanged;
    case KeyCode::kEscape:
      room_.lines().ScrollToEnd();
      return Answer::kChanged;
    case KeyCode::kF1:
      Help();
      return Answer::kChanged;
    case KeyCode::kF2:
      show_users_ = !show_users_;
      return Answer::kChanged;
    default:
      break;
  }
  if (key == Key{KeyCode::kControl, "p"}) return Handle({KeyCode::kUp});
  if (key == Key{KeyCode::kControl, "n"}) return Handle({KeyCode::kDown});
  return editor_.Handle(key) ? Answer::kChanged : Answer::kNone;
}

ConsoleChat::Answer ConsoleChat::HandlePasted(const Key& key) {
  if (key.code == KeyCode::kEscape) {
    pasted_.clear();
    return Answer::kChanged;
  }
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
  Paste paste = ParsePaste(text, options_.max_unsent, options_.limits.text_bytes - 1);
  if (!paste.problem.empty()) return SetHint(paste.problem, true);
  if (paste.lines.size() > 1) {
    pasted_ = std::move(paste.lines);
  } else if (!paste.lines.empty() && !editor_.Insert(paste.lines.front())) {
    SetHint("The paste was dropped: it is too long for the line, or it is not valid UTF-8", true);
  }
}

bool ConsoleChat::Cancel() {
  SetHint("", false);
  if (!pasted_.empty()) {
    pasted_.clear();
    return true;
  }
  if (const auto dropped = say_queue_.TakeWaiting(); !dropped.empty()) {
    room_.AddLine(ChatLine::Kind::kInfo, DescribeDropped(dropped.size(), dropped.front()));
    return true;
  }
  if (editor_.empty()) return false;
  editor_.Clear();
  return true;
}

// Completes names of other users only.
void ConsoleChat::Complete(bool forward) {
  std::vector<std::string> names = room_.users().ByRecency();
  std::erase_if(names, [&](const std::string& name) { return SameName(name, room_.name()); });
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
  Answer answer = Answer::kChanged;
  if (line.front() == '/' && !line.starts_with("//")) {
    answer = Command(line);
  } else if (!Say(line.starts_with("//") ? line.substr(1) : line)) {
    return answer;  // the line stays, to be corrected
  }
  history_.Add(line);
  editor_.Clear();
  room_.lines().ScrollToEnd();
  return answer;
}

bool ConsoleChat::Say(std::string_view text) {
  const std::string problem = DescribeTextProblem(text, options_.limits.text_bytes - 1);
  if (!problem.empty()) {
    SetHint(problem, true);
    return false;
  }
  if (say_queue_.Add(text)) return true;
  SetHint(absl::StrCat("At most ", options_.max_unsent,
                       " messages can wait to be sent: wait, or drop them with ^C"),
          true);
  return false;
}

// ---- Commands ---------------------------------------------------------------------------------

ConsoleChat::Answer ConsoleChat::Command(std::string_view line) {
  const std::string_view word = line.substr(0, line.find_last_not_of(" \t") + 1);
  if (word == "/quit") return Answer::kQuit;
  if (word == "/help") {
    Help();
  } else if (word == "/clear") {
    room_.lines().Clear();
  } else if (word == "/users" || word == "/reconnect") {
    const absl::Status status = word == "/users" ? session_.List() : session_.Reconnect();
    if (!status.ok()) {
      room_.AddLine(ChatLine::Kind::kError,
                    absl::StrCat(AbslView(word), " is not possible now: ", status.message()));
    }
  } else {
    const std::string_view nearest = NearestCommand(word);
    room_.AddLine(
        ChatLine::Kind::kError,
        absl::StrCat("No such command: ", Visible(word, 40),
                     nearest.empty() ? " (/help lists them)"
                                     : absl::StrCat(" (did you mean ", AbslView(nearest), "?)")));
  }
  return Answer::kChanged;
}

void ConsoleChat::Help() {
  for (const std::string& line : CommandHelp(true)) room_.AddLine(ChatLine::Kind::kInfo, line);
}

// ---- Events of the connection -----------------------------------------------------------------

void ConsoleChat::OnLoggedIn(std::string_view place, std::string_view name, bool again) {
  room_.OnLoggedIn(place, name, again);
  // The user did not ask for this list. If the request fails, a later one follows when the link is
  // idle.
  hide_next_list_ = session_.List().ok();
}

bool ConsoleChat::OnMessage(std::string_view name, std::string_view text, bool own) {
  const bool mention = room_.OnMessage(name, text, own);
  if (own) say_queue_.FinishCurrent();
  return mention;
}

void ConsoleChat::OnList(std::span<const std::string_view> names, bool asked) {
  room_.OnList(names, asked && !std::exchange(hide_next_list_, false));
}

void ConsoleChat::OnRefused(std::string_view text, std::string_view reason) {
  AddRefusal(text, reason);
  if (!text.empty()) say_queue_.FinishCurrent();
}

void ConsoleChat::AddRefusal(std::string_view text, std::string_view reason) {
  const std::string what = text.empty() ? "" : absl::StrCat(": ", Visible(text, 40));
  room_.AddLine(ChatLine::Kind::kError, absl::StrCat("Refused: ", AbslView(reason), what));
}

void ConsoleChat::OnUndelivered(std::string_view text, bool perhaps) {
  room_.AddLine(ChatLine::Kind::kError,
                absl::StrCat(perhaps ? "Perhaps not delivered: " : "Not sent: ", AbslView(text)));
  say_queue_.FinishCurrent();
}

void ConsoleChat::OnDropped(std::string_view reason) {
  hide_next_list_ = false;
  room_.OnDropped(reason);
}

void ConsoleChat::OnClosed() {
  hide_next_list_ = false;
  room_.OnClosed();
  say_queue_.Reset();
  for (const std::string& text : say_queue_.TakeWaiting()) {
    room_.AddLine(ChatLine::Kind::kError, absl::StrCat("Not sent: ", text));
  }
}

void ConsoleChat::SetHint(std::string_view hint, bool error) {
  hint_ = hint;
  hint_is_error_ = error;
}

ChatScreen ConsoleChat::Screen() const {
  ChatScreen screen;
  room_.Describe(screen);
  const bool in_doubt = say_queue_.in_flight() && !room_.connected();
  const std::size_t unsent = say_queue_.waiting().size() + (in_doubt ? 1 : 0);
  if (unsent > 0) absl::StrAppend(&screen.state, ", ", unsent, " unsent");
  screen.show_users = show_users_;
  screen.hint = hint_;
  screen.hint_is_error = hint_is_error_;
  const std::size_t limit = options_.limits.text_bytes - 1;
  if (!pasted_.empty() && !hint_is_error_) {
    screen.hint = "Enter send, Esc drop";
  } else if (hint_.empty() && editor_.text().size() > limit) {
    screen.hint = absl::StrCat(editor_.text().size() - limit, " bytes too long");
    screen.hint_is_error = true;
  }
  screen.pasted = pasted_;
  screen.max_text_bytes = limit;
  return screen;
}

}  // namespace chathttp
