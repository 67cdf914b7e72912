// Shared by the tests of adapters: a loop with a time limit, and recording observers.
#ifndef CHATHTTP_TESTS_ADAPTERS_LOOP_TEST_H_
#define CHATHTTP_TESTS_ADAPTERS_LOOP_TEST_H_

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/time/time.h"
#include "chathttp/adapters/event_loop.h"
#include "chathttp/transport/ports/byte_stream.h"
#include "chathttp/transport/ports/network.h"
#include "gtest/gtest.h"

namespace chathttp::posix {

class LoopTest : public testing::Test {
 protected:
  LoopTest() : loop_(*EventLoop::Create()) {}

  EventLoop& loop() { return *loop_; }

  // Runs turns until `done` returns true; false if that takes too long.
  bool RunUntil(absl::FunctionRef<bool()> done) {
    const absl::Time deadline = loop_->Now() + absl::Seconds(20);
    while (!done()) {
      if (loop_->Now() >= deadline) return false;
      loop_->Turn(deadline - loop_->Now());
    }
    return true;
  }

  // Runs turns until a turn without waiting does nothing.
  void RunUntilIdle() {
    for (int i = 0; i < 10; ++i) loop_->Turn(absl::ZeroDuration());
  }

  // Runs turns for at least `duration`, and returns their number.
  std::uint64_t TurnsIn(absl::Duration duration) {
    const std::uint64_t before = loop_->turns();
    bool over = false;
    loop_->RunAt(loop_->Now() + duration, [&over] { over = true; });
    while (!over) loop_->Turn(absl::InfiniteDuration());
    return loop_->turns() - before;
  }

 private:
  const std::unique_ptr<EventLoop> loop_;
};

// Reads all available bytes at each OnReadable.
class Reader final : public StreamObserver {
 public:
  explicit Reader(ByteStream& stream) : stream_(stream) { stream.Observe(*this); }

  void OnReadable() override {
    ++readable;
    std::array<char, 4096> buffer;
    IoResult result{IoStatus::kProgress};
    while (result.status == IoStatus::kProgress) {
      result = stream_.Read(buffer);
      bytes.append(buffer.data(), result.bytes);
    }
    last = result.status;
  }
  void OnWritable() override { ++writable; }

  bool ended() const { return last == IoStatus::kEndOfStream; }
  bool broken() const { return last == IoStatus::kBroken; }

  std::string bytes;
  IoStatus last = IoStatus::kWouldBlock;
  int readable = 0;
  int writable = 0;

 private:
  ByteStream& stream_;
};

// Counts calls, and reads nothing.
class NoticeCounter final : public StreamObserver {
 public:
  void OnReadable() override { ++readable; }
  void OnWritable() override { ++writable; }

  int readable = 0;
  int writable = 0;
};

inline IoResult WriteText(ByteStream& stream, std::string_view text) {
  return stream.Write(std::array{text});
}

// Keeps the accepted streams, and writes "full" to peers that overflow.
class KeepingAcceptor final : public Acceptor {
 public:
  void OnAccept(std::unique_ptr<ByteStream> stream, std::string_view peer) override {
    streams.push_back(std::move(stream));
    peers.emplace_back(peer);
  }
  void OnOverflow(ByteStream& stream, std::string_view peer) override {
    overflow_peers.emplace_back(peer);
    (void)WriteText(stream, "full");
  }

  std::vector<std::unique_ptr<ByteStream>> streams;
  std::vector<std::string> peers;
  std::vector<std::string> overflow_peers;
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_TESTS_ADAPTERS_LOOP_TEST_H_
