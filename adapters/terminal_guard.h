// The modes of a terminal, taken and given back on every way out.
//
//   TerminalGuard guard(descriptor);
//   guard.Enter();   // raw, on the alternate screen, with bracketed paste
//   ...
//   guard.Leave();   // as before; so do the destructor, exit() and signals that end the process
//
// While a guard is there, signals that end a process (SIGTERM, SIGHUP, SIGSEGV, SIGABRT and the
// like) first give the terminal back and then do what they did before; those that are ignored or
// blocked are left alone. Only SIGKILL cannot be helped. One guard at a time in a process; one
// thread, but a signal may meet any.
#ifndef CHATHTTP_ADAPTERS_TERMINAL_GUARD_H_
#define CHATHTTP_ADAPTERS_TERMINAL_GUARD_H_

namespace chathttp::posix {

class TerminalGuard {
 public:
  // `descriptor` is of a terminal, open for reading and writing, and outlives the guard. Its modes
  // now are those to come back to.
  explicit TerminalGuard(int descriptor);
  TerminalGuard(const TerminalGuard&) = delete;
  TerminalGuard& operator=(const TerminalGuard&) = delete;
  ~TerminalGuard();

  // Keys come one by one and uninterpreted (^C is a byte, not a signal), output goes out as it is.
  // Again: sets all that anew, for somebody may have changed it. A process in the background is
  // stopped by this until it is in the foreground.
  void Enter();

  // Gives back; no effect if not entered.
  void Leave();
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_TERMINAL_GUARD_H_
