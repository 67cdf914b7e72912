// A ConsoleApp with a terminal in memory and a scripted connection, in virtual time.
//
//   AppWorld world({.host = "h", .port = 1, .user = "Alice"}, 60, 15);
//   world.EnterRoom("Alice");
//   world.Type("hello\r");
//   EXPECT_THAT(world.session.sent, ElementsAre("hello"));
//   world.Screen();      // the text on the screen
#ifndef CHATHTTP_TESTS_APPS_CONSOLE_APP_WORLD_H_
#define CHATHTTP_TESTS_APPS_CONSOLE_APP_WORLD_H_

#include <string>
#include <string_view>
#include <vector>

#include "apps/console/app.h"
#include "chathttp/sim/network/virtual_scheduler.h"
#include "tests/apps/terminal/fake_terminal.h"

namespace chathttp {

// Records its calls.
class ScriptedSession final : public ConsoleSession {
 public:
  void Connect(const Endpoint& endpoint) override { connects.push_back(ToString(endpoint)); }
  absl::Status Login(std::string_view name) override {
    logins.emplace_back(name);
    return absl::OkStatus();
  }
  absl::Status Say(std::string_view text) override {
    if (!say_status.ok()) return say_status;
    sent.emplace_back(text);
    return absl::OkStatus();
  }
  absl::Status List() override {
    ++lists;
    return absl::OkStatus();
  }
  absl::Status Reconnect() override {
    ++reconnects;
    return absl::OkStatus();
  }
  void Leave() override { ++leaves; }

  std::vector<std::string> connects;
  std::vector<std::string> logins;
  std::vector<std::string> sent;
  absl::Status say_status;
  int lists = 0;
  int reconnects = 0;
  int leaves = 0;
};

class TerminalInMemory final : public ConsoleTerminal {
 public:
  TerminalInMemory(int columns, int rows) : screen(columns, rows) {}
  void Write(std::string_view bytes) override {
    ++frames;
    screen.Write(bytes);
  }
  bool busy() const override { return is_busy; }
  void Suspend() override { ++suspensions; }

  FakeTerminal screen;
  bool is_busy = false;
  int frames = 0;
  int suspensions = 0;
};

class AppWorld {
 public:
  AppWorld(const ConsoleOptions& options, int columns, int rows)
      : terminal(columns, rows),
        app(scheduler, session, terminal, options, [this] { ended = true; }) {
    app.Start(columns, rows);
    RunToNextFrame();
  }

  // Logs in and answers the first list request.
  void EnterRoom(std::string_view name, std::vector<std::string_view> others = {}) {
    app.OnConnected();
    app.OnLoggedIn(name, false);
    others.push_back(name);
    app.OnList(others, true);  // the one that the login asks for
    RunToNextFrame();
  }

  void Type(std::string_view bytes) {
    app.OnInput(bytes);
    RunToNextFrame();
  }

  void Resize(int columns, int rows) {
    terminal.screen.Resize(columns, rows);
    app.OnTerminalChange(columns, rows);
    RunToNextFrame();
  }

  // Runs until the next frame is drawn and a lone ESC counts as a key.
  void RunToNextFrame() { scheduler.RunFor(absl::Milliseconds(100)); }

  [[nodiscard]] std::string Screen() const { return terminal.screen.Text(); }

  sim::VirtualScheduler scheduler{{}};
  ScriptedSession session;
  TerminalInMemory terminal;
  bool ended = false;
  ConsoleApp app;
};

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_APPS_CONSOLE_APP_WORLD_H_
