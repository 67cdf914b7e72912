#include "apps/console/app.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "apps/console/chat_screen.h"
#include "apps/console/login_screen.h"
#include "apps/terminal/canvas.h"
#include "apps/terminal/unicode.h"
#include "chathttp/domain/absl_view.h"

namespace chathttp {
namespace {

LoginForm::Values ValuesOf(const ConsoleOptions& options) {
  return {.host = options.host.value_or(std::string(kDefaultHost)),
          .port = absl::StrCat(options.port.value_or(kDefaultPort)),
          .name = options.user.value_or("")};
}

}  // namespace

ConsoleApp::ConsoleApp(Scheduler& scheduler, ConsoleSession& session, ConsoleTerminal& terminal,
                       const ConsoleOptions& options, std::function<void()> done)
    : scheduler_(scheduler),
      session_(session),
      terminal_(terminal),
      options_(options),
      done_(std::move(done)),
      turn_(scheduler, [this] { DrawIfDue(); }),
      form_(ValuesOf(options)),
      chat_(scheduler, session, options.chat, [this] { Changed(); }),
      renderer_(options.color) {}

ConsoleApp::~ConsoleApp() {
  for (const TimerId timer : {frame_timer_, key_timer_}) scheduler_.Cancel(timer);
}

void ConsoleApp::Start(int columns, int rows) {
  OnTerminalChange(columns, rows);
  const bool all_given = options_.host && options_.port && options_.user;
  if (all_given && form_.Check()) return Submit();
  if (options_.user && !options_.user->empty()) form_.Check();  // shows its error
}

void ConsoleApp::Leave() {
  if (leaving_) return Finish();
  leaving_ = true;
  ShowHint("Leaving...", false);
  Changed();
  chat_.Flush();
  session_.Leave();
}

void ConsoleApp::Finish() {
  if (done_) std::exchange(done_, nullptr)();
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
  if (key.code == KeyCode::kLongPaste) {
    return ShowHint(absl::StrCat("A paste may have at most ", kMaxPasteBytes, " bytes, got ",
                                 key.text, ": paste it in parts"),
                    true);
  }
  mode_ == Mode::kLogin ? HandleLoginKey(key) : HandleChatKey(key);
}

void ConsoleApp::HandleLoginKey(const Key& key) {
  if (!busy_.empty()) {
    if (key == Key{KeyCode::kControl, "d"}) Leave();
    return;
  }
  switch (form_.Handle(key)) {
    case LoginForm::Answer::kSubmit:
      return Submit();
    case LoginForm::Answer::kEdited:
      return;
    case LoginForm::Answer::kNone:
      if (key == Key{KeyCode::kControl, "d"} || key.code == KeyCode::kEscape) Leave();
      return;
  }
}

void ConsoleApp::HandleChatKey(const Key& key) {
  const bool end_of_input = key == Key{KeyCode::kControl, "d"} && chat_.editor().empty();
  if (end_of_input || chat_.Handle(key) == ConsoleChat::Answer::kQuit) Leave();
}

// ^C drops a paste, queued texts or the line. If there is nothing to drop, a second ^C leaves.
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
  const bool there = !connected_to_.host.empty() && connected_to_.host == form_.host() &&
                     connected_to_.port == form_.port();
  if (!there) {
    connected_to_ = {};
    busy_ = absl::StrCat("Connecting to ", ShownText(ToString(endpoint())), "...");
    session_.Connect(endpoint());
  } else {
    busy_ = absl::StrCat("Logging in as ", form_.name(), "...");
  }
  const absl::Status status = session_.Login(form_.name());
  if (status.ok()) return;
  busy_.clear();
  form_.SetError(LoginForm::kName, StdView(status.message()));
}

void ConsoleApp::OnConnected() {
  connected_to_ = endpoint();
  if (mode_ == Mode::kLogin) busy_ = absl::StrCat("Logging in as ", form_.name(), "...");
  Changed();
}

void ConsoleApp::OnLoggedIn(std::string_view name, bool again) {
  mode_ = Mode::kChat;
  busy_.clear();
  chat_.OnLoggedIn(ToString(endpoint()), name, again);
  Changed();
}

void ConsoleApp::OnNameRefused(std::string_view name, bool taken, std::string_view reason) {
  mode_ = Mode::kLogin;
  busy_.clear();
  form_.SetError(LoginForm::kName, taken
                                       ? absl::StrCat("User Name Exist: ", AbslView(name),
                                                      " is taken or reserved, choose another name")
                                       : absl::StrCat("Login refused: ", AbslView(reason)));
  Changed();
}

void ConsoleApp::OnClosed(std::string_view reason, bool told_by_server) {
  mode_ = Mode::kLogin;
  busy_.clear();
  connected_to_ = {};
  chat_.OnClosed();
  form_.SetError(LoginForm::kHost,
                 told_by_server
                     ? absl::StrCat("The server ended the connection: ", AbslView(reason))
                     : absl::StrCat("Connect Failed: ", AbslView(reason)));
  Changed();
}

void ConsoleApp::OnEnded() {
  if (leaving_) Finish();
}

// ---- The chat ---------------------------------------------------------------------------------

void ConsoleApp::OnMessage(std::string_view name, std::string_view text, bool own) {
  if (chat_.OnMessage(name, text, own) && options_.bell) renderer_.RingBell();
  Changed();
}

void ConsoleApp::OnEntered(std::string_view name) {
  chat_.room().OnEntered(name);
  Changed();
}

void ConsoleApp::OnLeft(std::string_view name) {
  chat_.room().OnLeft(name);
  Changed();
}

void ConsoleApp::OnList(std::span<const std::string_view> names, bool asked) {
  chat_.OnList(names, asked);
  Changed();
}

void ConsoleApp::OnRefused(std::string_view text, std::string_view reason) {
  chat_.OnRefused(text, reason);
  Changed();
}

void ConsoleApp::OnNotice(std::string_view text) {
  chat_.room().AddLine(ChatLine::Kind::kNotice, text);
  Changed();
}

void ConsoleApp::OnUndelivered(std::string_view text, bool perhaps) {
  chat_.OnUndelivered(text, perhaps);
  Changed();
}

void ConsoleApp::OnLag(absl::Duration lag) {
  chat_.room().OnLag(lag);
  Changed();
}

void ConsoleApp::OnDropped(std::string_view reason) {
  connected_to_ = {};
  chat_.OnDropped(reason);
  Changed();
}

// The connection may be up: a login with a taken name is retried on it.
void ConsoleApp::OnReconnecting(absl::Duration wait) {
  chat_.room().OnReconnecting(wait);
  Changed();
  countdown_.emplace(scheduler_, absl::Seconds(1), [this] {
    Changed();
    if (!chat_.room().waiting_to_reconnect()) countdown_.reset();
  });
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
    DrawLoginScreen({.busy = busy_, .hint = login_hint_}, form_, canvas);
  } else {
    DrawChatScreen(chat_.Screen(), chat_.room().lines(), chat_.editor(), canvas);
  }
  const std::string bytes = renderer_.Render(canvas);
  if (!bytes.empty()) terminal_.Write(bytes);
}

}  // namespace chathttp
