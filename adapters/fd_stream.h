// A byte stream over one direction of any descriptor: the standard input or output of a program,
// which may be a terminal, a pipe, a file or /dev/null.
//
//   FdStream in(loop, STDIN_FILENO, FdStream::Direction::kRead);
//   FdStream out(loop, STDOUT_FILENO, FdStream::Direction::kWrite);
//
// The descriptor is borrowed. Its flags stay as they are, since the shell that started the program
// may share it. So the stream calls poll() before each read and write, and writes at most PIPE_BUF
// bytes at a time, which a pipe takes whole. A terminal whose output is stopped may still block a
// write. The program should ignore SIGPIPE. Call it from the thread of the loop.
#ifndef CHATHTTP_ADAPTERS_FD_STREAM_H_
#define CHATHTTP_ADAPTERS_FD_STREAM_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "chathttp/adapters/event_loop.h"
#include "chathttp/transport/ports/byte_stream.h"

namespace chathttp::posix {

// Opens /dev/null for each closed descriptor of 0, 1 and 2, so that no socket gets one of these
// numbers. Call it before the program opens anything else.
void OpenClosedStandardDescriptors();

class FdStream final : public ByteStream, private Watcher {
 public:
  enum class Direction : std::uint8_t { kRead, kWrite };

  // `descriptor` and `loop` outlive the stream. Only one stream may use a descriptor at a time.
  FdStream(EventLoop& loop, int descriptor, Direction direction);
  ~FdStream() override;

  void Observe(StreamObserver& observer) override;

  // Read returns kBroken for kWrite, and Write for kRead.
  IoResult Read(std::span<char> buffer) override;
  IoResult Write(std::span<const std::string_view> pieces) override;

  // From now on Write returns kBroken. The reader at the other end sees no end of stream, since
  // other processes may still write to it.
  void ShutdownWrite() override;

  // From now on Read and Write return kBroken.
  void Reset() override;

  std::string_view broken_reason() const override;

 private:
  void OnReady(std::uint32_t events) override;
  IoResult Wait();
  IoResult WriteStopped(int error, std::size_t written);
  IoResult BrokenBy(int error);
  void Break(int error);

  EventLoop& loop_;
  StreamObserver* observer_ = nullptr;
  WatchId watch_ = kNoWatch;
  const int descriptor_;
  const Direction direction_;
  bool waits_;  // the observer expects a call
  bool ended_ = false;
  int error_ = 0;  // errno value for broken_reason
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_FD_STREAM_H_
