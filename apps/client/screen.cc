#include "apps/client/screen.h"

#include <utility>

namespace chathttp {

ClientScreen::ClientScreen(posix::EventLoop& loop, Network& network, const ConsoleOptions& options,
                           std::function<void()> done)
    : loop_(loop), app_(network, loop, *this, options, std::move(done)) {}

absl::Status ClientScreen::Open(int input, int output) {
  auto terminal = posix::PosixTerminal::Open(loop_, input, output, *this);
  if (!terminal.ok()) return terminal.status();
  terminal_ = *std::move(terminal);
  const posix::TerminalSize size = terminal_->size();
  app_.Start(static_cast<int>(size.columns), static_cast<int>(size.rows));
  return absl::OkStatus();
}

void ClientScreen::Close() {
  app_.End();
  terminal_.reset();
}

void ClientScreen::LeaveRoom() {
  if (!std::exchange(leaving_, true)) app_.Leave();
}

void ClientScreen::OnTerminalChange() {
  const posix::TerminalSize size = terminal_->size();
  app_.OnTerminalChange(static_cast<int>(size.columns), static_cast<int>(size.rows));
}

}  // namespace chathttp
