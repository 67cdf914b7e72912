#include "chathttp/adapters/posix_terminal.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include "chathttp/adapters/system_error.h"

namespace chathttp::posix {
namespace {

constexpr int kReadsInATurn = 16;  // of 4 KiB: a long paste leaves room for the network

// Opens a second file description of the same terminal, so that O_NONBLOCK does not affect the
// shell. Returns the same description if that fails, as after `su`.
FileDescriptor OpenAnew(int descriptor) {
  std::array<char, 256> path{};
  struct stat before {};
  struct stat after {};
  if (ttyname_r(descriptor, path.data(), path.size()) == 0 && fstat(descriptor, &before) == 0) {
    FileDescriptor anew(open(path.data(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
    const bool same = anew.valid() && fstat(anew.get(), &after) == 0 && S_ISCHR(after.st_mode) &&
                      after.st_rdev == before.st_rdev;
    if (same) return anew;
  }
  return FileDescriptor(fcntl(descriptor, F_DUPFD_CLOEXEC, 3));
}

}  // namespace

absl::StatusOr<std::unique_ptr<PosixTerminal>> PosixTerminal::Open(EventLoop& loop, int input,
                                                                   int output,
                                                                   TerminalObserver& observer) {
  if (isatty(input) == 0 || isatty(output) == 0) {
    return absl::FailedPreconditionError("input and output must be a terminal");
  }
  FileDescriptor in = OpenAnew(input);
  FileDescriptor out = OpenAnew(output);
  if (!in.valid() || !out.valid()) return CallError(errno, "open of the terminal");
  std::unique_ptr<PosixTerminal> terminal(
      new PosixTerminal(loop, std::move(in), std::move(out), observer));
  auto signals = Signals::Catch(loop, {SIGWINCH, SIGTSTP, SIGCONT},
                                [self = terminal.get()](int signal) { self->OnSignal(signal); });
  if (!signals.ok()) return signals.status();
  terminal->signals_ = *std::move(signals);
  terminal->guard_.Enter();
  return terminal;
}

PosixTerminal::PosixTerminal(EventLoop& loop, FileDescriptor in, FileDescriptor out,
                             TerminalObserver& observer)
    : observer_(observer),
      in_descriptor_(std::move(in)),
      out_descriptor_(std::move(out)),
      guard_(in_descriptor_.get()),
      turn_(loop, [this] { RunTurn(); }),
      in_(loop, in_descriptor_.get(), FdStream::Direction::kRead),
      out_(loop, out_descriptor_.get(), FdStream::Direction::kWrite),
      output_(out_, turn_) {
  in_.Observe(*this);
}

PosixTerminal::~PosixTerminal() = default;

TerminalSize PosixTerminal::size() const {
  winsize window{};
  if (ioctl(out_descriptor_.get(), TIOCGWINSZ, &window) != 0) return {};
  TerminalSize size;
  if (window.ws_col > 0) size.columns = window.ws_col;
  if (window.ws_row > 0) size.rows = window.ws_row;
  return size;
}

void PosixTerminal::Write(std::string_view bytes) {
  output_.Append(bytes);
  turn_.Request();
}

void PosixTerminal::RunTurn() {
  ReadInput();
  output_.Flush();
  if (output_.broken()) return HangUp();
  const bool blocked = output_.waiting_bytes() > 0;
  if (std::exchange(was_blocked_, blocked) && !blocked) observer_.OnTerminalDrained();
}

void PosixTerminal::ReadInput() {
  std::array<char, 4096> buffer;
  for (int i = 0; i < kReadsInATurn && !hung_up_; ++i) {
    const IoResult result = in_.Read(buffer);
    if (result.status == IoStatus::kWouldBlock) return;
    if (result.status != IoStatus::kProgress) return HangUp();
    observer_.OnTerminalInput({buffer.data(), result.bytes});
  }
  turn_.Request();
}

void PosixTerminal::HangUp() {
  if (!std::exchange(hung_up_, true)) observer_.OnTerminalHangup();
}

void PosixTerminal::OnSignal(int signal) {
  if (signal == SIGTSTP) return Stop(getpid());
  // The process continues, perhaps after a SIGSTOP, which cannot be caught: the shell has set its
  // own modes.
  if (signal == SIGCONT) guard_.Enter();
  observer_.OnTerminalChange();
}

void PosixTerminal::Suspend() { Stop(0); }

void PosixTerminal::Stop(pid_t whom) {
  guard_.Leave();
  sigset_t stop;
  sigset_t before;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTSTP);
  kill(whom, SIGTSTP);
  pthread_sigmask(SIG_UNBLOCK, &stop, &before);  // stops here
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  sigset_t pending;
  sigpending(&pending);
  // A process that continues gets SIGCONT. The kernel does not stop an orphaned job, which no shell
  // could continue.
  if (sigismember(&pending, SIGCONT) == 0) OnSignal(SIGCONT);
}

}  // namespace chathttp::posix
