// The full-screen client, but for its terminal and its connection: takes bytes that were typed and
// what the connection tells, and gives bytes to show.
//
//   ConsoleApp app(scheduler, session, terminal, options, [&] { ... });
//   app.Start(100, 30);
//   app.OnInput("\x1b[A");
//   app.OnMessage("Bob", "hello", false);
//
// The screen is drawn at the end of the turn, and at most 60 times a second, whatever comes. One
// thread, that of the loop.
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
#include "transport/ports/network.h"
#include "transport/ports/scheduler.h"
#include "transport/ports/turn.h"

namespace chathttp {

struct ConsoleOptions {
  std::optional<std::string> host = {};  // what is not given is asked for
  std::optional<std::uint16_t> port = {};
  std::optional<std::string> user = {};
  ColorMode color = ColorMode::k256;
  bool bell = false;  // when a message mentions the user
  absl::Duration frame = absl::Seconds(1) / 60;
  ConsoleChatOptions chat = {};
};

class ConsoleApp {
 public:
  // Calls `done` once, when all is over. All arguments outlive the object.
  ConsoleApp(Scheduler& scheduler, ConsoleSession& session, ConsoleTerminal& terminal,
             const ConsoleOptions& options, std::function<void()> done);
  ~ConsoleApp();

  // Draws, and connects if all that is needed was given.
  void Start(int columns, int rows);

  // Leaves as /quit does; called again, at once.
  void Leave();

  // Texts that were never given to the connection, for whoever tells of them when all is over: a
  // connection takes a bounded number of them when one leaves.
  [[nodiscard]] const std::deque<std::string>& unsaid() const { return chat_.to_say(); }

  // ---- What the terminal tells ----------------------------------------------------------------
  void OnInput(std::string_view bytes);
  void OnTerminalChange(int columns, int rows);  // nothing of what was drawn may be there
  void OnDrained();                              // the terminal is no longer busy

  // ---- What the connection tells; reasons and texts may be hostile ----------------------------
  void OnConnected();
  void OnLoggedIn(std::string_view name, bool again);
  void OnNameRefused(std::string_view name, bool taken, std::string_view reason);
  void OnMessage(std::string_view name, std::string_view text, bool own);
  void OnEntered(std::string_view name);
  void OnLeft(std::string_view name);
  void OnList(std::span<const std::string_view> names, bool asked);
  void OnRefused(std::string_view text, std::string_view reason);  // text empty: not a text
  void OnNotice(std::string_view text);
  void OnNotSaid(std::string_view text, bool perhaps);
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
  void Tick();
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
  std::string busy_;  // on the login screen: what is awaited
  std::string login_hint_;
  Endpoint connected_to_;     // of the connection that waits for a name; host empty for none
  bool interrupted_ = false;  // the last key was ^C, with nothing to drop
  bool leaving_ = false;
  int columns_ = 80;
  int rows_ = 24;
  bool changed_ = false;
  absl::Time next_frame_ = absl::InfinitePast();
  TimerId frame_timer_ = kNoTimer;
  TimerId key_timer_ = kNoTimer;
  TimerId tick_timer_ = kNoTimer;
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CONSOLE_APP_H_
