// Writes to a descriptor that other programs may share, such as the standard error output, and
// never waits for room.
//
//   NonblockingOutput output(STDERR_FILENO);
//   text.erase(0, output.Write(text));
//
// The flags of the descriptor belong to all programs that share it, so they stay as they are:
//   socket     each call says that it does not wait
//   terminal   opened once more with O_NONBLOCK; without permission for that, nothing is written,
//              since poll() reports room for a line when there is room for one byte of it
//   pipe       opened once more with O_NONBLOCK; without permission for that, poll() is asked
//              before each write: that waits only if another program fills the pipe in between
//   others     files and devices such as /dev/null take everything at once
//
// The program should ignore SIGPIPE. Not thread-safe.
#ifndef CHATHTTP_ADAPTERS_NONBLOCKING_OUTPUT_H_
#define CHATHTTP_ADAPTERS_NONBLOCKING_OUTPUT_H_

#include <cstddef>
#include <string_view>

#include "chathttp/adapters/file_descriptor.h"
#include "chathttp/adapters/log_output.h"

namespace chathttp::posix {

class NonblockingOutput final : public LogOutput {
 public:
  // `descriptor` is borrowed.
  explicit NonblockingOutput(int descriptor);

  // False for a terminal that cannot be opened once more.
  bool usable() const override { return how_ != How::kNever; }

  // Writes a prefix of `bytes` (1 to PIPE_BUF of them) and returns its length in bytes: 0 if there
  // is no room now, or on an error.
  std::size_t Write(std::string_view bytes) override;

 private:
  enum class How { kWrite, kSend, kPoll, kNever };

  int descriptor_;  // the borrowed one, or own_
  FileDescriptor own_;
  How how_ = How::kWrite;
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_NONBLOCKING_OUTPUT_H_
