// One direction of an arbitrary descriptor as a byte stream: the standard input or output of a
// program, be it a terminal, a pipe, a file or /dev/null.
//
//   FdStream in(loop, STDIN_FILENO, FdStream::Direction::kRead);
//   FdStream out(loop, STDOUT_FILENO, FdStream::Direction::kWrite);
//
// The descriptor is borrowed, and its flags stay as they are, for it may be shared with the shell
// that started the program: it is asked by poll() before each read and write, and written to in
// pieces that a pipe takes whole. A terminal may still hold up a write while its output is
// stopped. SIGPIPE should be ignored. One thread, that of the loop.
#ifndef CHATHTTP_ADAPTERS_FD_STREAM_H_
#define CHATHTTP_ADAPTERS_FD_STREAM_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "adapters/event_loop.h"
#include "transport/ports/byte_stream.h"

namespace chathttp::posix {

// Opens /dev/null for each of the descriptors 0, 1 and 2 that is closed, so that none of them is
// given to a socket. For programs that stream over these, before they open anything else.
void OpenClosedStandardDescriptors();

class FdStream final : public ByteStream, private Watcher {
 public:
  enum class Direction : std::uint8_t { kRead, kWrite };

  // `descriptor` and `loop` outlive the stream. A descriptor is watched by one stream at a time.
  FdStream(EventLoop& loop, int descriptor, Direction direction);
  ~FdStream() override;

  void Observe(StreamObserver& observer) override;

  // kBroken in the other direction.
  IoResult Read(std::span<char> buffer) override;
  IoResult Write(std::span<const std::string_view> pieces) override;

  // From now on Write answers kBroken; what reads the other end is told nothing, since others may
  // still write to it.
  void ShutdownWrite() override;

  // The same for Read and Write.
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
  bool waits_;  // the observer is owed a notice
  bool ended_ = false;
  int error_ = 0;  // errno value for broken_reason
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_FD_STREAM_H_
