// The full-screen client without its terminal and its connection: takes typed bytes and events of
// the connection, and writes bytes to show.
//
//   ConsoleApp app(scheduler, session, terminal, options, [&] { ... });
//   app.Start(100, 30);
//   app.OnInput("\x1b[A");
//   app.OnMessage("Bob", "hello", false);
//
// Draws the screen at the end of a turn, at most 60 times a second. Not thread-safe.
#ifndef CHATHTTP_APPS_CONSOLE_APP_H_
#define CHATHTTP_APPS_CONSOLE_APP_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "apps/console/chat.h"
#include "apps/console/login_form.h"
#include "apps/console/session.h"
#include "apps/terminal/keys.h"
#include "apps/terminal/renderer.h"
#include "chathttp/transport/ports/network.h"
#include "chathttp/transport/ports/repeating_timer.h"
#include "chathttp/transport/ports/scheduler.h"
#include "chathttp/transport/ports/turn.h"

namespace chathttp {

struct ConsoleOptions {
  std::optional<std::string> host = {};  // the login form asks for missing values
  std::optional<std::uint16_t> port = {};
  std::optional<std::string> user = {};
  ColorMode color = ColorMode::k256;
  bool bell = false;  // ring the bell when a message mentions the user
  absl::Duration frame = absl::Seconds(1) / 60;
  ConsoleChatOptions chat = {};
};

class ConsoleApp {
 public:
  // Calls `done` once, when the client has ended. All arguments outlive the object.
  ConsoleApp(Scheduler& scheduler, ConsoleSession& session, ConsoleTerminal& terminal,
             const ConsoleOptions& options, std::function<void()> done);
  ~ConsoleApp();

  // Draws, and connects if host, port and user are given and valid.
  void Start(int columns, int rows);

  // Leaves as /quit does. A second call ends at once.
  void Leave();

  // Texts that the connection did not take, for the caller to report at the end: its queue is
  // bounded, also while leaving.
  [[nodiscard]] const std::deque<std::string>& unsent() const { return chat_.unsent(); }

  // ---- Events of the terminal -----------------------------------------------------------------
  void OnInput(std::string_view bytes);
  void OnTerminalChange(int columns, int rows);  // the screen may have lost its content
  void OnDrained();                              // the terminal is no longer busy

  // ---- Events of the connection; reasons and texts may be hostile -----------------------------
  void OnConnected();
  void OnLoggedIn(std::string_view name, bool again);
  void OnNameRefused(std::string_view name, bool taken, std::string_view reason);
  void OnMessage(std::string_view name, std::string_view text, bool own);
  void OnEntered(std::string_view name);
  void OnLeft(std::string_view name);
  void OnList(std::span<const std::string_view> names, bool asked);
  void OnRefused(std::string_view text, std::string_view reason);  // text empty: another request
  void OnNotice(std::string_view text);
  void OnUndelivered(std::string_view text, bool perhaps);
  void OnLag(absl::Duration lag);
  void OnDropped(std::string_view reason);
  void OnReconnecting(absl::Duration wait);
  void OnClosed(std::string_view reason, bool told_by_server);
  void OnEnded();

 private:
  enum class Mode { kLogin, kChat };

  void HandleKey(const Key& key);
  void HandleLoginKey(const Key& key);
  void HandleChatKey(const Key& key);
  void Interrupt();
  void Submit();
  void WaitForRestOfKey();
  void ShowHint(std::string_view hint, bool error);
  void Changed();
  void DrawIfDue();
  void Draw();
  void Finish();
  [[nodiscard]] Endpoint endpoint() const { return {form_.host(), form_.port()}; }

  Scheduler& scheduler_;
  ConsoleSession& session_;
  ConsoleTerminal& terminal_;
  const ConsoleOptions options_;
  std::function<void()> done_;
  Turn turn_;
  KeyDecoder decoder_;
  LoginForm form_;
  ConsoleChat chat_;
  Renderer renderer_;
  Mode mode_ = Mode::kLogin;
  std::string busy_;  // on the login screen: the current step, such as "Connecting..."
  std::string login_hint_;
  Endpoint connected_to_;  // the server of a connection that is not logged in; host empty for none
  bool interrupted_ = false;  // the last key was ^C and dropped nothing
  bool leaving_ = false;
  int columns_ = 80;
  int rows_ = 24;
  bool changed_ = false;
  absl::Time next_frame_ = absl::InfinitePast();
  TimerId frame_timer_ = kNoTimer;
  TimerId key_timer_ = kNoTimer;
  std::optional<RepeatingTimer> countdown_;  // redraws the time until the next attempt
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CONSOLE_APP_H_
