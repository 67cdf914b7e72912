#include "chathttp/adapters/fd_stream.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <climits>
#include <cstddef>

#include "chathttp/adapters/system_error.h"

namespace chathttp::posix {
namespace {

bool IsReady(int descriptor, short events) {
  pollfd poll_fd{.fd = descriptor, .events = events, .revents = 0};
  return poll(&poll_fd, 1, 0) != 0;  // the next read or write reports errors
}

// Returns up to PIPE_BUF bytes of the concatenated pieces, from `skip` on.
struct Gather {
  Gather(std::span<const std::string_view> pieces, std::size_t skip) {
    for (std::string_view piece : pieces.first(std::min(pieces.size(), kMaxWritePieces))) {
      const std::size_t skipped = std::min(skip, piece.size());
      skip -= skipped;
      piece = piece.substr(skipped, PIPE_BUF - bytes);
      if (piece.empty()) continue;
      vectors[used++] = {const_cast<char*>(piece.data()), piece.size()};
      bytes += piece.size();
    }
  }

  std::array<iovec, kMaxWritePieces> vectors;
  std::size_t used = 0;
  std::size_t bytes = 0;
};

// Like writev, but fails with EAGAIN where writev would block.
ssize_t WriteNow(int descriptor, const Gather& gather) {
  if (IsReady(descriptor, POLLOUT)) {
    return writev(descriptor, gather.vectors.data(), static_cast<int>(gather.used));
  }
  errno = EAGAIN;
  return -1;
}

}  // namespace

void OpenClosedStandardDescriptors() {
  int descriptor = 0;
  do {  // the lowest free number: open(2)
    descriptor = open("/dev/null", O_RDWR | O_CLOEXEC);
  } while (descriptor >= 0 && descriptor <= STDERR_FILENO);
  if (descriptor >= 0) close(descriptor);
}

FdStream::FdStream(EventLoop& loop, int descriptor, Direction direction)
    : loop_(loop),
      descriptor_(descriptor),
      direction_(direction),
      waits_(direction == Direction::kRead) {}

FdStream::~FdStream() { loop_.RemoveWatcher(watch_); }

void FdStream::Observe(StreamObserver& observer) {
  assert(observer_ == nullptr);
  observer_ = &observer;
  watch_ = loop_.AddWatcher(*this, descriptor_);
  const std::uint32_t events = direction_ == Direction::kRead ? EPOLLIN : EPOLLOUT;
  const int error = loop_.Attach(watch_, events);
  if (error == 0) return;
  if (error != EPERM) Break(error);  // EPERM: always ready, so one call is enough
  loop_.Wake(watch_, events);
}

IoResult FdStream::Read(std::span<char> buffer) {
  assert(!buffer.empty());
  if (ended_) return {IoStatus::kEndOfStream};
  if (error_ != 0) return {IoStatus::kBroken};
  if (direction_ != Direction::kRead) return BrokenBy(EBADF);
  if (!IsReady(descriptor_, POLLIN)) return Wait();
  ssize_t count = 0;
  do {
    count = read(descriptor_, buffer.data(), buffer.size());
  } while (count < 0 && errno == EINTR);
  if (count < 0) return errno == EAGAIN ? Wait() : BrokenBy(errno);
  if (count > 0) return {IoStatus::kProgress, static_cast<std::size_t>(count)};
  ended_ = true;
  return {IoStatus::kEndOfStream};
}

IoResult FdStream::Write(std::span<const std::string_view> pieces) {
  assert(pieces.size() <= kMaxWritePieces);
  if (error_ != 0) return {IoStatus::kBroken};
  if (direction_ != Direction::kWrite) return BrokenBy(EBADF);
  std::size_t written = 0;
  while (true) {
    const Gather gather(pieces, written);
    assert(gather.used > 0 || written > 0);
    if (gather.used == 0) return {IoStatus::kProgress, written};
    const ssize_t count = WriteNow(descriptor_, gather);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return WriteStopped(errno, written);
    written += static_cast<std::size_t>(count);
  }
}

IoResult FdStream::WriteStopped(int error, std::size_t written) {
  if (error != EAGAIN) {
    Break(error);
    loop_.Wake(watch_, EPOLLERR);
  }
  if (written == 0) return error == EAGAIN ? Wait() : IoResult{IoStatus::kBroken};
  waits_ = true;
  return {IoStatus::kProgress, written};
}

void FdStream::ShutdownWrite() {
  if (direction_ == Direction::kWrite && error_ == 0) Break(ESHUTDOWN);
}

void FdStream::Reset() {
  loop_.RemoveWatcher(watch_);
  ended_ = false;
  Break(ECONNABORTED);
}

std::string_view FdStream::broken_reason() const {
  return error_ == 0 ? std::string_view() : SystemErrorWords(error_);
}

IoResult FdStream::Wait() {
  waits_ = true;
  return {IoStatus::kWouldBlock};
}

IoResult FdStream::BrokenBy(int error) {
  Break(error);
  return {IoStatus::kBroken};
}

void FdStream::Break(int error) {
  if (error_ == 0) error_ = error;
}

void FdStream::OnReady(std::uint32_t /*events*/) {
  if (!waits_) return;
  waits_ = false;
  direction_ == Direction::kRead ? observer_->OnReadable() : observer_->OnWritable();
}

}  // namespace chathttp::posix
