// The full-screen client: connects ConsoleApp to the network and the terminal.
//
//   ClientScreen screen(loop, network, console_options, [&] { ... });
//   if (absl::Status status = screen.Open(STDIN_FILENO, STDOUT_FILENO); !status.ok()) ...
//   loop.Run();
//   screen.Close();                       // restores the terminal
//   std::cerr << screen.unsent_report();  // texts that may not have been delivered
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
#include "apps/console/terminal.h"
#include "chathttp/adapters/event_loop.h"
#include "chathttp/adapters/posix_terminal.h"
#include "chathttp/transport/ports/network.h"

namespace chathttp {

class ClientScreen final : private ConsoleTerminal, private posix::TerminalObserver {
 public:
  // `loop` and `network` outlive the object. Calls `done` once, from the loop, when the client has
  // ended.
  ClientScreen(posix::EventLoop& loop, Network& network, const ConsoleOptions& options,
               std::function<void()> done);

  // Sets up the terminal and starts. Errors as PosixTerminal::Open.
  absl::Status Open(int input, int output);

  // Leaves as /quit does. A hang-up of the terminal leaves too; later calls have no effect.
  void LeaveRoom();

  // Ends at once, and restores the terminal.
  void Close();

  // As ConsoleApp::unsent_report, after Close.
  [[nodiscard]] const std::string& unsent_report() const { return app_.unsent_report(); }

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
  ConsoleApp app_;
  std::unique_ptr<posix::PosixTerminal> terminal_;
  bool leaving_ = false;
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CLIENT_SCREEN_H_
