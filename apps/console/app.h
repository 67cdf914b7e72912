// The full-screen client without its terminal and its network: takes typed bytes, holds a session
// with the server, and writes bytes to show.
//
//   ConsoleApp app(network, scheduler, terminal, options, [&] { ... });
//   app.Start(100, 30);
//   app.OnInput("\x1b[A");
//
// Draws the screen at the end of a turn, at most 60 times a second. Does no input or output and
// reads no clock, so it runs in simulation too. Not thread-safe.
#ifndef CHATHTTP_APPS_CONSOLE_APP_H_
#define CHATHTTP_APPS_CONSOLE_APP_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "apps/console/chat.h"
#include "apps/console/login_form.h"
#include "apps/console/login_keeper.h"
#include "apps/console/terminal.h"
#include "apps/terminal/keys.h"
#include "apps/terminal/renderer.h"
#include "chathttp/transport/client/chat_session.h"
#include "chathttp/transport/ports/network.h"
#include "chathttp/transport/ports/repeating_timer.h"
#include "chathttp/transport/ports/scheduler.h"
#include "chathttp/transport/ports/turn.h"

namespace chathttp {

struct ConsoleOptions {
  std::optional<std::string> host = {};  // without it and the next: the default
  std::optional<std::uint16_t> port = {};
  std::optional<std::string> user = {};  // without it the login form asks
  ColorMode color = ColorMode::k256;
  bool links = true;  // the terminal takes OSC 8
  bool bell = false;  // ring the bell when a message mentions the user
  absl::Duration frame = absl::Seconds(1) / 60;
  ConsoleChatOptions chat = {};
  LoginStore logins = {};  // to come back after the program was killed
  // A server of several that was killed holds the names of its members for 7 s.
  SessionOptions session = {.name_tries = 4};
};

class ConsoleApp final : private SessionObserver {
 public:
  // Calls `done` once, when the client has ended. All arguments outlive the object.
  ConsoleApp(Network& network, Scheduler& scheduler, ConsoleTerminal& terminal,
             const ConsoleOptions& options, std::function<void()> done);
  ~ConsoleApp();

  // Draws, and connects if the user is given and all values are valid.
  void Start(int columns, int rows);

  // Leaves as /quit does. A second call ends at once.
  void Leave();

  // Ends at once.
  void End();

  // A line for each text that the user said or typed but nobody may have received, once the client
  // has ended; escaped.
  [[nodiscard]] const std::string& unsent_report() const { return unsent_report_; }

  // ---- Events of the terminal -----------------------------------------------------------------
  void OnInput(std::string_view bytes);
  void OnTerminalChange(int columns, int rows);  // the screen may have lost its content
  void OnDrained();                              // the terminal is no longer busy

 private:
  enum class Mode { kLogin, kChat };

  void OnSessionEvent(const SessionEvent& event) override;
  void OnNameRefused(const SessionEvent& event);
  void OnClosed(const SessionEvent& event);
  void HandleKey(const Key& key);
  void HandleLoginKey(const Key& key);
  void HandleChatKey(const Key& key);
  void Interrupt();
  void Submit();
  void CancelAttempt(std::string_view hint);
  [[nodiscard]] std::string DescribeAttempt() const;
  void WaitForRestOfKey();
  void ShowHint(std::string_view hint, bool error);
  void ReportUnsent(std::string_view text, bool maybe_delivered);
  void OnTick();
  void Changed();
  void DrawIfDue();
  void Draw();
  [[nodiscard]] Endpoint endpoint() const { return {form_.host(), form_.port()}; }

  Scheduler& scheduler_;
  ConsoleTerminal& terminal_;
  const ConsoleOptions options_;
  std::function<void()> done_;
  Turn turn_;
  RepeatingTimer tick_;  // redraws what depends on the time: waits and lag
  KeyDecoder decoder_;
  LoginForm form_;
  ChatSession session_;
  LoginKeeper keeper_;
  ConsoleChat chat_;
  Renderer renderer_;
  Mode mode_ = Mode::kLogin;
  bool attempting_ = false;          // to log in with the values of the form
  std::string attempt_problem_;      // why the last attempt failed, while it is repeated
  bool form_opened_itself_ = false;  // keys still go to the chat, for which they were typed
  std::string login_hint_;
  bool interrupted_ = false;  // the last key was ^C and dropped nothing
  bool escaped_ = false;      // the last key of the form was Esc
  bool leaving_ = false;
  std::string unsent_report_;
  int columns_ = 80;
  int rows_ = 24;
  bool changed_ = false;
  absl::Time next_frame_ = absl::InfinitePast();
  TimerId frame_timer_ = kNoTimer;
  TimerId key_timer_ = kNoTimer;
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CONSOLE_APP_H_
