// The terminal of a full-screen program: keys as they are typed, output that never blocks, its
// size, suspension, and its modes as they were whatever happens (see terminal_guard.h).
//
//   auto terminal = PosixTerminal::Open(loop, STDIN_FILENO, STDOUT_FILENO, observer);
//   if (!terminal.ok()) return terminal.status();
//   (*terminal)->Write(frame);          // goes out at the end of the turn, as far as it is taken
//
// The descriptors are borrowed; where the system allows, the terminal is opened anew, so that its
// being non-blocking does not reach the shell. Signals SIGWINCH, SIGTSTP and SIGCONT are taken
// meanwhile. SIGTERM and the like are for the program to catch (signals.h), before this is opened.
// One thread, that of the loop; one terminal at a time.
#ifndef CHATHTTP_ADAPTERS_POSIX_TERMINAL_H_
#define CHATHTTP_ADAPTERS_POSIX_TERMINAL_H_

#include <cstddef>
#include <memory>
#include <string_view>

#include "absl/status/statusor.h"
#include "adapters/event_loop.h"
#include "adapters/fd_stream.h"
#include "adapters/file_descriptor.h"
#include "adapters/signals.h"
#include "adapters/terminal_guard.h"
#include "transport/ports/buffered_writer.h"
#include "transport/ports/byte_stream.h"
#include "transport/ports/turn.h"

namespace chathttp::posix {

struct TerminalSize {
  std::size_t columns = 80;
  std::size_t rows = 24;
  friend bool operator==(const TerminalSize&, const TerminalSize&) = default;
};

// Told from the loop; the terminal must not be destroyed in here.
class TerminalObserver {
 public:
  // Bytes were typed or pasted, in pieces of any size. The view is valid during the call.
  virtual void OnTerminalInput(std::string_view bytes) = 0;

  // Nothing of what was drawn may be there any more, and size() may be another one: draw it all.
  virtual void OnTerminalChange() = 0;

  // All output has gone out that could not go out at once.
  virtual void OnTerminalDrained() = 0;

  // The terminal is gone: no input will come, and output is dropped.
  virtual void OnTerminalHangup() = 0;

 protected:
  ~TerminalObserver() = default;
};

class PosixTerminal final : private StreamObserver {
 public:
  // Enters. `loop` and `observer` outlive the terminal. Errors: FailedPrecondition (no terminal),
  // ResourceExhausted (no descriptors left).
  static absl::StatusOr<std::unique_ptr<PosixTerminal>> Open(EventLoop& loop, int input, int output,
                                                             TerminalObserver& observer);
  PosixTerminal(const PosixTerminal&) = delete;
  PosixTerminal& operator=(const PosixTerminal&) = delete;
  ~PosixTerminal();

  // As the terminal tells it; 80 x 24 if it does not know.
  TerminalSize size() const;

  // Appends to the output. Whoever draws frames draws none while output waits, so that at most one
  // is held here however slow the terminal is.
  void Write(std::string_view bytes);
  std::size_t waiting_bytes() const { return output_.waiting_bytes(); }

  // Gives the terminal back and stops the foreground job, as ^Z does in other programs. Returns
  // when the job is continued; OnTerminalChange comes then.
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
  bool was_blocked_ = false;  // output had to wait
  bool hung_up_ = false;
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_POSIX_TERMINAL_H_
