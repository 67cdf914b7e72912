#include "apps/console/app.h"

#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "apps/console/chat_screen.h"
#include "apps/console/login_screen.h"
#include "apps/terminal/canvas.h"
#include "apps/terminal/unicode.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/domain/escape.h"
#include "chathttp/transport/codec/message.h"

namespace chathttp {
namespace {

LoginForm::Values ValuesOf(const ConsoleOptions& options) {
  return {.host = options.host.value_or(std::string(kDefaultHost)),
          .port = absl::StrCat(options.port.value_or(kDefaultPort)),
          .name = options.user.value_or("")};
}

bool MovesInForm(const Key& key) {
  switch (key.code) {
    case KeyCode::kEnter:
    case KeyCode::kTab:
    case KeyCode::kBackTab:
    case KeyCode::kUp:
    case KeyCode::kDown:
    case KeyCode::kEscape:
      return true;
    default:
      return false;
  }
}

}  // namespace

ConsoleApp::ConsoleApp(Network& network, Scheduler& scheduler, ConsoleTerminal& terminal,
                       const ConsoleOptions& options, std::function<void()> done)
    : scheduler_(scheduler),
      terminal_(terminal),
      options_(options),
      done_(std::move(done)),
      turn_(scheduler, [this] { DrawIfDue(); }),
      tick_(scheduler, absl::Seconds(1), [this] { OnTick(); }),
      form_(ValuesOf(options)),
      session_(network, scheduler, *this, options.session),
      keeper_(scheduler, options.logins),
      chat_(scheduler, session_, options.chat),
      renderer_(options.color, options.links) {}

ConsoleApp::~ConsoleApp() {
  for (const TimerId timer : {frame_timer_, key_timer_}) scheduler_.Cancel(timer);
}

void ConsoleApp::Start(int columns, int rows) {
  OnTerminalChange(columns, rows);
  const bool user_given = options_.user && !options_.user->empty();
  if (user_given && form_.Check()) Submit();  // Check shows its error
}

void ConsoleApp::Leave() {
  if (leaving_) return End();
  leaving_ = true;
  ShowHint("Leaving...", false);
  Changed();
  for (const std::string& line : chat_.TakePasted()) ReportUnsent(line, false);
  if (const std::string draft = chat_.TakeDraft(); !draft.empty()) ReportUnsent(draft, false);
  session_.Leave();
}

void ConsoleApp::End() {
  if (!done_) return;
  leaving_ = true;
  session_.Disconnect();
  session_.DropWaiting();
  std::exchange(done_, nullptr)();
}

void ConsoleApp::ReportUnsent(std::string_view text, bool maybe_delivered) {
  absl::StrAppend(&unsent_report_,
                  maybe_delivered ? "Perhaps not delivered: " : "Not sent: ", Visible(text), "\n");
}

// ---- Keys -------------------------------------------------------------------------------------

void ConsoleApp::OnInput(std::string_view bytes) {
  for (const Key& key : decoder_.Decode(bytes)) HandleKey(key);
  WaitForRestOfKey();
}

// After decoder_.limit() of silence, the start of a sequence is a key of its own, and a paste ends.
void ConsoleApp::WaitForRestOfKey() {
  scheduler_.Cancel(key_timer_);
  key_timer_ = kNoTimer;
  if (!decoder_.waiting()) return;
  key_timer_ = scheduler_.RunAt(scheduler_.Now() + decoder_.limit(), [this] {
    key_timer_ = kNoTimer;
    for (const Key& key : decoder_.Finish()) HandleKey(key);
  });
}

void ConsoleApp::HandleKey(const Key& key) {
  if (key == Key{KeyCode::kControl, "c"}) return Interrupt();
  interrupted_ = false;
  login_hint_.clear();
  Changed();
  if (key == Key{KeyCode::kControl, "z"}) return terminal_.Suspend();
  if (key == Key{KeyCode::kControl, "l"}) return renderer_.Forget();
  if (key.code == KeyCode::kF10) return Leave();
  if (leaving_) return;
  if (key.code == KeyCode::kInvalid) {
    return ShowHint(
        absl::StrCat("A byte was dropped: the terminal must send UTF-8, got 0x", key.text), true);
  }
  if (key.code == KeyCode::kCutShort) {
    return ShowHint(absl::StrCat("A key was dropped: its escape sequence has no end, got 0x",
                                 key.text, "; press it again"),
                    true);
  }
  mode_ == Mode::kLogin ? HandleLoginKey(key) : HandleChatKey(key);
}

void ConsoleApp::HandleLoginKey(const Key& key) {
  if (form_opened_itself_) {
    form_opened_itself_ = !MovesInForm(key);
    if (form_opened_itself_) chat_.Handle(key);
    return;
  }
  const bool escaped_before = std::exchange(escaped_, key.code == KeyCode::kEscape);
  const auto values = [this] { return std::tuple(form_.host(), form_.port(), form_.name()); };
  const auto before = values();
  switch (form_.Handle(key)) {
    case LoginForm::Answer::kSubmit:
      return Submit();
    case LoginForm::Answer::kEdited:
      if (attempting_ && values() != before) CancelAttempt("The attempt was stopped");
      return;
    case LoginForm::Answer::kNone:
      break;
  }
  if (key == Key{KeyCode::kControl, "d"}) return Leave();
  if (key.code != KeyCode::kEscape) return;
  if (attempting_) return CancelAttempt("The attempt was stopped; Esc again leaves");
  escaped_before ? Leave() : ShowHint("Esc again leaves", false);
}

void ConsoleApp::HandleChatKey(const Key& key) {
  const bool about_users =
      key.code == KeyCode::kF2 || key.code == KeyCode::kListUp || key.code == KeyCode::kListDown;
  if (about_users && columns_ < kUsersPaneColumns) {
    return ShowHint(absl::StrCat("The list needs ", kUsersPaneColumns, " columns, the screen has ",
                                 columns_, ": use /users"),
                    true);
  }
  const bool end_of_input = key == Key{KeyCode::kControl, "d"} && chat_.editor().empty();
  if (end_of_input || chat_.Handle(key) == ConsoleChat::Answer::kQuit) Leave();
}

// ^C drops a paste, waiting texts or the line. If there is nothing to drop, a second ^C leaves.
void ConsoleApp::Interrupt() {
  Changed();
  const bool dropped = !leaving_ && mode_ == Mode::kChat && chat_.Cancel();
  if (dropped) {
    interrupted_ = false;
    return;
  }
  if (leaving_ || std::exchange(interrupted_, true)) return Leave();
  ShowHint("^C again leaves", false);
}

void ConsoleApp::ShowHint(std::string_view hint, bool error) {
  login_hint_ = hint;
  chat_.SetHint(hint, error);
}

// ---- Logging in -------------------------------------------------------------------------------

void ConsoleApp::Submit() {
  Changed();
  attempting_ = true;
  attempt_problem_.clear();
  if (session_.endpoint() != endpoint()) session_.Connect(endpoint());
  if (const auto past = keeper_.Open(endpoint(), form_.name())) session_.Adopt(*past);
  const bool waits = session_.state() == ChatSession::State::kWaiting;
  absl::Status status = session_.Login(form_.name());
  if (status.ok() && waits) status = session_.Reconnect();
  if (status.ok()) return;
  attempting_ = false;
  form_.SetError(LoginForm::kName, StdView(status.message()));
}

void ConsoleApp::CancelAttempt(std::string_view hint) {
  attempting_ = false;
  session_.Disconnect();
  login_hint_ = hint;
}

// What the session does with the values of the form; empty if nothing.
std::string ConsoleApp::DescribeAttempt() const {
  if (!attempting_) return "";
  switch (session_.state()) {
    case ChatSession::State::kConnecting:
      return absl::StrCat("Connecting to ", ShownText(ToString(endpoint())), "...");
    case ChatSession::State::kWaiting:
      return absl::StrCat("Trying again in ",
                          ShownSeconds(session_.next_attempt() - scheduler_.Now()), ": ",
                          ShownText(attempt_problem_));
    default:
      return absl::StrCat("Logging in as ", form_.name(), "...");
  }
}

void ConsoleApp::OnNameRefused(const SessionEvent& event) {
  const bool taken = event.code == static_cast<int>(StatusCode::kUserNameExist);
  form_.SetError(LoginForm::kName,
                 taken ? absl::StrCat("User Name Exist: ", AbslView(event.name),
                                      " is taken, or this server reserves it: choose another name")
                       : absl::StrCat("Login refused: ", AbslView(event.reason)));
  if (std::exchange(mode_, Mode::kLogin) == Mode::kChat) form_opened_itself_ = true;
}

void ConsoleApp::OnClosed(const SessionEvent& event) {
  const bool told_by_server = event.ending == ClientEvent::Ending::kRefused;
  const std::string reason =
      told_by_server
          ? absl::StrCat("The server ended the connection: ", AbslView(event.reason))
          : absl::StrCat("Connect Failed: ", ToString(endpoint()), ": ", AbslView(event.reason));
  // A connection that ends while the user fills in the form does not take the focus from a field.
  attempting_ ? form_.SetError(LoginForm::kHost, reason) : ShowHint(reason, false);
}

// ---- Events of the session --------------------------------------------------------------------

void ConsoleApp::OnSessionEvent(const SessionEvent& event) {
  Changed();
  keeper_.OnSessionEvent(event);
  switch (event.kind) {
    case SessionEvent::Kind::kLoggedIn:
      mode_ = Mode::kChat;
      attempting_ = form_opened_itself_ = false;
      break;
    case SessionEvent::Kind::kNameRefused:
      OnNameRefused(event);
      attempting_ = false;
      break;
    case SessionEvent::Kind::kReconnecting:
      attempt_problem_ = event.reason;
      break;
    case SessionEvent::Kind::kClosed:
      OnClosed(event);
      attempting_ = false;
      break;
    case SessionEvent::Kind::kUnsent:
    case SessionEvent::Kind::kMaybeDelivered:
      // The screen closes soon, so keep the text for the shell.
      if (leaving_) ReportUnsent(event.text, event.kind == SessionEvent::Kind::kMaybeDelivered);
      break;
    case SessionEvent::Kind::kEnded:
      if (leaving_) End();
      return;
    default:
      break;
  }
  if (chat_.OnSessionEvent(event) && options_.bell) renderer_.RingBell();
}

// ---- Drawing ----------------------------------------------------------------------------------

void ConsoleApp::OnTerminalChange(int columns, int rows) {
  columns_ = columns;
  rows_ = rows;
  renderer_.Forget();
  Changed();
}

void ConsoleApp::OnDrained() {
  if (changed_) turn_.Request();
}

void ConsoleApp::OnTick() {
  keeper_.OnTick();
  Changed();
}

void ConsoleApp::Changed() {
  changed_ = true;
  turn_.Request();
}

void ConsoleApp::DrawIfDue() {
  if (!changed_ || !done_ || terminal_.busy() || frame_timer_ != kNoTimer) return;
  if (scheduler_.Now() >= next_frame_) return Draw();
  frame_timer_ = scheduler_.RunAt(next_frame_, [this] {
    frame_timer_ = kNoTimer;
    turn_.Request();
  });
}

void ConsoleApp::Draw() {
  changed_ = false;
  next_frame_ = scheduler_.Now() + options_.frame;
  Canvas canvas(columns_, rows_);
  if (mode_ == Mode::kLogin) {
    DrawLoginScreen(
        {.busy = DescribeAttempt(),
         .hint = form_opened_itself_ ? "Enter edits; other keys go to the line of the chat"
                                     : login_hint_,
         .focused = !form_opened_itself_},
        form_, canvas);
  } else {
    DrawChatScreen(chat_.Screen(), chat_.lines(), chat_.editor(), canvas);
  }
  const std::string bytes = renderer_.Render(canvas);
  if (!bytes.empty()) terminal_.Write(bytes);
}

}  // namespace chathttp
