// A ConsoleApp with a terminal in memory and a connection that does what the test says, in virtual
// time.
//
//   AppWorld world({.host = "h", .port = 1, .user = "Alice"}, 60, 15);
//   world.EnterRoom("Alice");
//   world.Type("hello\r");
//   EXPECT_THAT(world.session.said, ElementsAre("hello"));
//   world.Screen();      // what a person sees
#ifndef CHATHTTP_TESTS_APPS_CONSOLE_APP_WORLD_H_
#define CHATHTTP_TESTS_APPS_CONSOLE_APP_WORLD_H_

#include <string>
#include <string_view>
#include <vector>

#include "apps/console/app.h"
#include "sim/network/virtual_scheduler.h"
#include "tests/apps/terminal/fake_terminal.h"

namespace chathttp {

// Notes what it is asked for.
class ScriptedSession final : public ConsoleSession {
 public:
  void Connect(const Endpoint& endpoint) override { connects.push_back(ToString(endpoint)); }
  absl::Status Login(std::string_view name) override {
    logins.emplace_back(name);
    return absl::OkStatus();
  }
  absl::Status Say(std::string_view text) override {
    if (!say_status.ok()) return say_status;
    said.emplace_back(text);
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
  std::vector<std::string> said;
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
    Settle();
  }

  // Logged in, with the first list answered.
  void EnterRoom(std::string_view name, std::vector<std::string_view> others = {}) {
    app.OnConnected();
    app.OnLoggedIn(name, false);
    others.push_back(name);
    app.OnList(others, true);  // the one that the login asks for
    Settle();
  }

  void Type(std::string_view bytes) {
    app.OnInput(bytes);
    Settle();
  }

  void Resize(int columns, int rows) {
    terminal.screen.Resize(columns, rows);
    app.OnTerminalChange(columns, rows);
    Settle();
  }

  // Lets the next frame be drawn, and a lone ESC be a key.
  void Settle() { scheduler.RunFor(absl::Milliseconds(100)); }

  [[nodiscard]] std::string Screen() const { return terminal.screen.Text(); }

  sim::VirtualScheduler scheduler{{}};
  ScriptedSession session;
  TerminalInMemory terminal;
  bool ended = false;
  ConsoleApp app;
};

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_APPS_CONSOLE_APP_WORLD_H_
