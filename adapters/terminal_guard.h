// Sets the modes of a terminal and restores them however the program ends.
//
//   TerminalGuard guard(descriptor);
//   guard.Enter();   // raw, on the alternate screen, with bracketed paste
//   ...
//   guard.Leave();   // as before; so do the destructor, exit() and signals that end the process
//
// While a guard exists, signals that end a process (SIGTERM, SIGHUP, SIGSEGV, SIGABRT and the like)
// first restore the terminal and then have their earlier effect; ignored and blocked signals stay
// so. SIGKILL cannot be caught. Only one guard at a time in a process. Not thread-safe, but a
// signal may arrive on any thread.
#ifndef CHATHTTP_ADAPTERS_TERMINAL_GUARD_H_
#define CHATHTTP_ADAPTERS_TERMINAL_GUARD_H_

namespace chathttp::posix {

class TerminalGuard {
 public:
  // `descriptor` is a terminal, open for reading and writing, and outlives the guard. Its current
  // modes are the ones to restore.
  explicit TerminalGuard(int descriptor);
  TerminalGuard(const TerminalGuard&) = delete;
  TerminalGuard& operator=(const TerminalGuard&) = delete;
  ~TerminalGuard();

  // Sets raw mode: input comes byte by byte (^C is a byte, not a signal), and output is not
  // translated. May be called again, if another program may have changed the modes. Stops a
  // background process until it is in the foreground.
  void Enter();

  // Restores the modes; no effect before Enter.
  void Leave();
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_TERMINAL_GUARD_H_
