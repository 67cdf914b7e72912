// The terminal of a full-screen program: keys as they are typed, output that never blocks, its
// size, suspension, and modes that are always restored (see terminal_guard.h).
//
//   auto terminal = PosixTerminal::Open(loop, STDIN_FILENO, STDOUT_FILENO, observer);
//   if (!terminal.ok()) return terminal.status();
//   (*terminal)->Write(frame);          // written at the end of the turn, as far as possible
//
// The descriptors are borrowed. Where the system allows, the terminal is opened a second time, so
// that the shell does not see O_NONBLOCK. The object catches SIGWINCH, SIGTSTP and SIGCONT. The
// program must catch SIGTERM and the like itself (signals.h), before Open. Call it from the thread
// of the loop. Only one object at a time.
#ifndef CHATHTTP_ADAPTERS_POSIX_TERMINAL_H_
#define CHATHTTP_ADAPTERS_POSIX_TERMINAL_H_

#include <cstddef>
#include <memory>
#include <string_view>

#include "absl/status/statusor.h"
#include "chathttp/adapters/event_loop.h"
#include "chathttp/adapters/fd_stream.h"
#include "chathttp/adapters/file_descriptor.h"
#include "chathttp/adapters/signals.h"
#include "chathttp/adapters/terminal_guard.h"
#include "chathttp/transport/ports/buffered_writer.h"
#include "chathttp/transport/ports/byte_stream.h"
#include "chathttp/transport/ports/turn.h"

namespace chathttp::posix {

struct TerminalSize {
  std::size_t columns = 80;
  std::size_t rows = 24;
  friend bool operator==(const TerminalSize&, const TerminalSize&) = default;
};

// Called from the loop. Must not destroy the terminal.
class TerminalObserver {
 public:
  // Bytes were typed or pasted, in pieces of any size. The view is valid during the call.
  virtual void OnTerminalInput(std::string_view bytes) = 0;

  // The screen may have lost its content, and size() may have changed: draw everything.
  virtual void OnTerminalChange() = 0;

  // All output that had to wait has been written.
  virtual void OnTerminalDrained() = 0;

  // The terminal is gone: no input will come, and output is dropped.
  virtual void OnTerminalHangup() = 0;

 protected:
  ~TerminalObserver() = default;
};

class PosixTerminal final : private StreamObserver {
 public:
  // Sets the modes of the terminal. `loop` and `observer` outlive the object. Errors:
  // FailedPrecondition (not a terminal), ResourceExhausted (no descriptors left).
  static absl::StatusOr<std::unique_ptr<PosixTerminal>> Open(EventLoop& loop, int input, int output,
                                                             TerminalObserver& observer);
  PosixTerminal(const PosixTerminal&) = delete;
  PosixTerminal& operator=(const PosixTerminal&) = delete;
  ~PosixTerminal();

  // The size that the terminal reports; 80 x 24 if it reports none.
  TerminalSize size() const;

  // Appends to the output. Callers should draw no frame while output waits, so that at most one
  // frame is buffered however slow the terminal is.
  void Write(std::string_view bytes);
  std::size_t waiting_bytes() const { return output_.waiting_bytes(); }

  // Restores the terminal and stops the foreground job, as ^Z does in other programs. Returns when
  // the job continues; then OnTerminalChange is called.
  void Suspend();

 private:
  PosixTerminal(EventLoop& loop, FileDescriptor in, FileDescriptor out, TerminalObserver& observer);
  void OnReadable() override { turn_.Request(); }
  void OnWritable() override {}
  void RunTurn();
  void ReadInput();
  void OnSignal(int signal);
  void Stop(pid_t whom);
  void HangUp();

  TerminalObserver& observer_;
  const FileDescriptor in_descriptor_;
  const FileDescriptor out_descriptor_;
  TerminalGuard guard_;
  Turn turn_;
  FdStream in_;
  FdStream out_;
  BufferedWriter output_;
  std::unique_ptr<Signals> signals_;
  bool was_blocked_ = false;  // some output had to wait
  bool hung_up_ = false;
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_POSIX_TERMINAL_H_
