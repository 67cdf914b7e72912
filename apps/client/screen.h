// The full-screen client: connects ConsoleApp to the network and the terminal.
//
//   ClientScreen screen(loop, network, {.console = console_options}, [&] { ... });
//   if (absl::Status status = screen.Open(STDIN_FILENO, STDOUT_FILENO); !status.ok()) ...
//   loop.Run();
//   screen.Close();                       // restores the terminal
//   std::cerr << screen.unsent_report();     // texts that were not sent
//
// Call it from the thread of the loop.
#ifndef CHATHTTP_APPS_CLIENT_SCREEN_H_
#define CHATHTTP_APPS_CLIENT_SCREEN_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "apps/console/app.h"
#include "apps/console/link.h"
#include "apps/console/session.h"
#include "chathttp/adapters/event_loop.h"
#include "chathttp/adapters/posix_terminal.h"
#include "chathttp/transport/client/chat_session.h"
#include "chathttp/transport/ports/network.h"

namespace chathttp {

struct ClientScreenOptions {
  SessionOptions session = {};
  ConsoleOptions console = {};
};

class ClientScreen final : private ConsoleTerminal, private posix::TerminalObserver {
 public:
  // `loop` and `network` outlive the object. Calls `done` once, from the loop, when the client has
  // ended.
  ClientScreen(posix::EventLoop& loop, Network& network, const ClientScreenOptions& options,
               std::function<void()> done);

  // Sets up the terminal and starts. Errors as PosixTerminal::Open.
  absl::Status Open(int input, int output);

  // Leaves as /quit does. A hang-up of the terminal leaves too; later calls have no effect.
  void LeaveRoom();

  // Restores the terminal.
  void Close() { terminal_.reset(); }

  // A line for each text that was not sent after the user left; escaped.
  [[nodiscard]] const std::string& unsent_report() const { return link_.unsent_report(); }

 private:
  // ConsoleTerminal
  void Write(std::string_view bytes) override { terminal_->Write(bytes); }
  // True before Open succeeds, too: a signal may arrive first.
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
