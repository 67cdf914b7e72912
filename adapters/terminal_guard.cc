#include "chathttp/adapters/terminal_guard.h"

#include <poll.h>
#include <pthread.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cassert>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <string_view>

namespace chathttp::posix {
namespace {

// xterm's private modes: 1049 alternate screen, 2004 bracketed paste, 25 cursor.
constexpr std::string_view kEnter = "\x1b[?1049h\x1b[?2004h";
// A terminal without an alternate screen is left empty, with the cursor at its top.
constexpr std::string_view kLeave = "\x1b[0m\x1b[?2004l\x1b[?25h\x1b[H\x1b[2J\x1b[?1049l";
constexpr int kWriteTimeoutMilliseconds = 200;  // limit for a terminal that accepts no output

constexpr std::array kEndings = {SIGHUP,  SIGINT,  SIGQUIT, SIGILL,  SIGABRT, SIGBUS,
                                 SIGFPE,  SIGSEGV, SIGSYS,  SIGALRM, SIGTERM, SIGVTALRM,
                                 SIGXCPU, SIGXFSZ, SIGUSR1, SIGUSR2, SIGPIPE};

// State for the signal handler; written before `entered` is set.
struct Guarded {
  int descriptor = -1;
  termios before = {};
  std::array<struct sigaction, kEndings.size()> actions = {};
  volatile std::sig_atomic_t entered = 0;
};
Guarded guarded;

// A separate stack for the handler, since the crash may be a stack overflow.
alignas(16) std::array<char, 64 << 10> handler_stack;

// Writes `bytes`, or as many as the terminal takes within the limit. Async-signal-safe.
void WriteAll(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = write(descriptor, bytes.data(), bytes.size());
    if (count > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
      continue;
    }
    if (count < 0 && errno == EINTR) continue;
    pollfd room{.fd = descriptor, .events = POLLOUT, .revents = 0};
    if (errno != EAGAIN || poll(&room, 1, kWriteTimeoutMilliseconds) <= 0) return;
  }
}

// Async-signal-safe, as write, poll and tcsetattr are (POSIX 2.4.3); SIGTTOU is blocked.
void GiveBack() {
  if (guarded.entered == 0) return;
  guarded.entered = 0;
  WriteAll(guarded.descriptor, kLeave);
  tcsetattr(guarded.descriptor, TCSANOW, &guarded.before);
}

void GiveBackAndEnd(int signal) {
  const int error = errno;
  GiveBack();
  for (std::size_t i = 0; i < kEndings.size(); ++i) {
    if (kEndings[i] == signal) sigaction(signal, &guarded.actions[i], nullptr);
  }
  raise(signal);  // delivered when this handler returns
  errno = error;
}

void ProvideHandlerStack() {
  stack_t now{};
  sigaltstack(nullptr, &now);
  if ((now.ss_flags & SS_DISABLE) == 0) return;  // another stack is set already and will do
  stack_t ours{};
  ours.ss_sp = handler_stack.data();
  ours.ss_size = handler_stack.size();
  sigaltstack(&ours, nullptr);
}

// Blocks SIGTTOU, which would stop a background process.
void GiveBackFromAnywhere() {
  sigset_t output;
  sigset_t before;
  sigemptyset(&output);
  sigaddset(&output, SIGTTOU);
  pthread_sigmask(SIG_BLOCK, &output, &before);
  GiveBack();
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

termios Raw(termios modes) {
  modes.c_iflag &= ~static_cast<tcflag_t>(BRKINT | ICRNL | IGNCR | INLCR | INPCK | ISTRIP | IXON |
                                          IXOFF | PARMRK);
  modes.c_oflag &= ~static_cast<tcflag_t>(OPOST);
  modes.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHONL | ICANON | IEXTEN | ISIG);
  modes.c_cflag = (modes.c_cflag & ~static_cast<tcflag_t>(CSIZE | PARENB)) | CS8;
  modes.c_cc[VMIN] = 1;
  modes.c_cc[VTIME] = 0;
  return modes;
}

}  // namespace

TerminalGuard::TerminalGuard(int descriptor) {
  assert(guarded.descriptor < 0);
  [[maybe_unused]] static const int at_exit = std::atexit(GiveBackFromAnywhere);
  guarded.descriptor = descriptor;
  tcgetattr(descriptor, &guarded.before);
  ProvideHandlerStack();
  struct sigaction action {};
  action.sa_handler = GiveBackAndEnd;
  action.sa_flags = SA_ONSTACK;
  sigaddset(&action.sa_mask, SIGTTOU);
  for (std::size_t i = 0; i < kEndings.size(); ++i) {
    sigaction(kEndings[i], nullptr, &guarded.actions[i]);
    if (guarded.actions[i].sa_handler == SIG_IGN) continue;
    sigaction(kEndings[i], &action, nullptr);
  }
}

TerminalGuard::~TerminalGuard() {
  Leave();
  for (std::size_t i = 0; i < kEndings.size(); ++i) {
    if (guarded.actions[i].sa_handler == SIG_IGN) continue;
    sigaction(kEndings[i], &guarded.actions[i], nullptr);
  }
  guarded.descriptor = -1;
}

void TerminalGuard::Enter() {
  const termios raw = Raw(guarded.before);
  // Set the flag first, so that no signal finds changed modes without it.
  guarded.entered = 1;
  while (tcsetattr(guarded.descriptor, TCSANOW, &raw) != 0 && errno == EINTR) {
  }
  WriteAll(guarded.descriptor, kEnter);
}

void TerminalGuard::Leave() { GiveBackFromAnywhere(); }

}  // namespace chathttp::posix
