// A ConsoleApp with a terminal in memory and a fake server, in virtual time.
//
//   AppWorld world({.user = "Alice"}, 60, 15);
//   world.EnterRoom();
//   world.Type("hello\r");
//   EXPECT_THAT(world.server.texts, ElementsAre("hello"));
//   world.Screen();      // the text on the screen
#ifndef CHATHTTP_TESTS_APPS_CONSOLE_APP_WORLD_H_
#define CHATHTTP_TESTS_APPS_CONSOLE_APP_WORLD_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apps/console/app.h"
#include "chathttp/sim/network/virtual_scheduler.h"
#include "chathttp/transport/ports/memory_network.h"
#include "tests/apps/console/fake_chat_server.h"
#include "tests/apps/terminal/fake_terminal.h"

namespace chathttp {

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

// Every endpoint leads to the one server; records the endpoints.
class OneServerNetwork final : public Network {
 public:
  explicit OneServerNetwork(Scheduler& scheduler) : network_(scheduler) {}
  absl::StatusOr<std::unique_ptr<Listener>> Listen(const Endpoint& endpoint,
                                                   Acceptor& acceptor) override {
    return network_.Listen(endpoint, acceptor);
  }
  std::unique_ptr<ConnectAttempt> Connect(const Endpoint& endpoint, ConnectCallback done) override {
    connects.push_back(ToString(endpoint));
    return network_.Connect(refuses ? Endpoint{"nobody", 1} : server(), std::move(done));
  }
  static Endpoint server() { return {"server", 1}; }

  std::vector<std::string> connects;
  bool refuses = false;

 private:
  MemoryNetwork network_;
};

class AppWorld {
 public:
  AppWorld(const ConsoleOptions& options, int columns, int rows)
      : terminal(columns, rows),
        app(network, scheduler, terminal, options, [this] { ended = true; }) {
    app.Start(columns, rows);
    RunToNextFrame();
  }

  // The server answers, and lists these other members.
  void EnterRoom(const std::vector<std::string>& others = {}) {
    server.Open(others);
    RunToNextFrame();
  }

  void Type(std::string_view bytes) {
    app.OnInput(bytes);
    RunToNextFrame();
  }

  void Say(std::string_view name, std::string_view text) {
    server.Say(name, text);
    RunToNextFrame();
  }
  // Of the oldest text of the user without an outcome.
  void Confirm() {
    server.Confirm();
    RunToNextFrame();
  }

  // The server is gone, with its connections.
  void Crash() {
    network.refuses = true;
    server.HangUp();
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
  OneServerNetwork network{scheduler};
  FakeChatServer server{network, OneServerNetwork::server()};
  TerminalInMemory terminal;
  bool ended = false;
  ConsoleApp app;
};

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_APPS_CONSOLE_APP_WORLD_H_
