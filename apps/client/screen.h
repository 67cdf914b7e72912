// The client with the whole terminal: wires the connection, the terminal and the console together.
//
//   ClientScreen screen(loop, network, {.console = console_options}, [&] { ... });
//   if (absl::Status status = screen.Open(STDIN_FILENO, STDOUT_FILENO); !status.ok()) ...
//   loop.Run();
//   screen.Close();                       // the terminal is as before
//   std::cerr << screen.last_words();     // what somebody should know who sees it no more
//
// One thread, that of the loop.
#ifndef CHATHTTP_APPS_CLIENT_SCREEN_H_
#define CHATHTTP_APPS_CLIENT_SCREEN_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "adapters/event_loop.h"
#include "adapters/posix_terminal.h"
#include "apps/console/app.h"
#include "apps/console/link.h"
#include "apps/console/session.h"
#include "transport/client/chat_session.h"
#include "transport/ports/network.h"

namespace chathttp {

struct ClientScreenOptions {
  SessionOptions session = {};
  ConsoleOptions console = {};
};

class ClientScreen final : private ConsoleTerminal, private posix::TerminalObserver {
 public:
  // `loop` and `network` outlive the object. Calls `done` once, from the loop, when all is over.
  ClientScreen(posix::EventLoop& loop, Network& network, const ClientScreenOptions& options,
               std::function<void()> done);

  // Takes the terminal and begins. Errors as PosixTerminal::Open.
  absl::Status Open(int input, int output);

  // Leaves as /quit does; so does a terminal that hangs up, and both may happen.
  void LeaveRoom();

  // Gives the terminal back.
  void Close() { terminal_.reset(); }

  // Lines about texts that were not said since the user left; escaped.
  [[nodiscard]] const std::string& last_words() const { return link_.last_words(); }

 private:
  // ConsoleTerminal
  void Write(std::string_view bytes) override { terminal_->Write(bytes); }
  // So is one that is not open yet: a signal may come first.
  bool busy() const override { return terminal_ == nullptr || terminal_->waiting_bytes() > 0; }
  void Suspend() override { terminal_->Suspend(); }

  // posix::TerminalObserver
  void OnTerminalInput(std::string_view bytes) override { app_.OnInput(bytes); }
  void OnTerminalChange() override;
  void OnTerminalDrained() override { app_.OnDrained(); }
  void OnTerminalHangup() override { LeaveRoom(); }

  posix::EventLoop& loop_;
  ConsoleLink link_;
  ConsoleApp app_;
  std::unique_ptr<posix::PosixTerminal> terminal_;
  bool leaving_ = false;
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CLIENT_SCREEN_H_
