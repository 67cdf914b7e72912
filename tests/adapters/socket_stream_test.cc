// Byte streams over sockets; tests/contract has the tests for every byte stream.
#include "chathttp/adapters/socket_stream.h"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "chathttp/adapters/posix_network.h"
#include "gtest/gtest.h"
#include "tests/adapters/loop_test.h"
#include "tests/adapters/raw_peer.h"

namespace chathttp::posix {
namespace {

// `peer` is connected to `stream()`.
class SocketStreamTest : public LoopTest {
 protected:
  explicit SocketStreamTest(const TcpOptions& options = {}) : network_(loop(), options) {}

  void SetUp() override {
    listener_ = *network_.Listen({"127.0.0.1", 0}, acceptor_);
    peer_.Connect(listener_->local());
    ASSERT_TRUE(RunUntil([&] { return acceptor_.streams.size() == 1; }));
  }

  ByteStream& stream() { return *acceptor_.streams.front(); }

  // The descriptor of stream(), found by its addresses; -1 if there is none.
  int DescriptorOfStream() {
    for (int descriptor = 0; descriptor < 1024; ++descriptor) {
      if (ToString(SocketAddress::PeerOf(descriptor).endpoint()) == peer_.name()) return descriptor;
    }
    return -1;
  }

  std::optional<int> OptionOfStream(int level, int option) {
    int value = 0;
    socklen_t size = sizeof(value);
    if (getsockopt(DescriptorOfStream(), level, option, &value, &size) != 0) return std::nullopt;
    return value;
  }

  PosixNetwork network_;
  KeepingAcceptor acceptor_;
  std::unique_ptr<Listener> listener_;
  RawPeer peer_;
};

TEST_F(SocketStreamTest, SmallWritesAreNotDelayed) {
  EXPECT_EQ(OptionOfStream(IPPROTO_TCP, TCP_NODELAY), 1);
}

TEST_F(SocketStreamTest, AVanishedPeerIsFoundInHalfAMinute) {
  ASSERT_EQ(OptionOfStream(SOL_SOCKET, SO_KEEPALIVE), 1);
  EXPECT_EQ(OptionOfStream(IPPROTO_TCP, TCP_KEEPIDLE), 20);
  EXPECT_EQ(OptionOfStream(IPPROTO_TCP, TCP_KEEPINTVL), 5);
  EXPECT_EQ(OptionOfStream(IPPROTO_TCP, TCP_KEEPCNT), 3);
  EXPECT_EQ(OptionOfStream(IPPROTO_TCP, TCP_USER_TIMEOUT), 30'000);
}

class TunedStreamTest : public SocketStreamTest {
 protected:
  TunedStreamTest()
      : SocketStreamTest({.keepalive = {absl::Seconds(7), absl::Seconds(2), 9},
                          .user_timeout = absl::Milliseconds(1500)}) {}
};

TEST_F(TunedStreamTest, HasTheOptionsOfItsNetwork) {
  EXPECT_EQ(OptionOfStream(IPPROTO_TCP, TCP_KEEPIDLE), 7);
  EXPECT_EQ(OptionOfStream(IPPROTO_TCP, TCP_KEEPINTVL), 2);
  EXPECT_EQ(OptionOfStream(IPPROTO_TCP, TCP_KEEPCNT), 9);
  EXPECT_EQ(OptionOfStream(IPPROTO_TCP, TCP_USER_TIMEOUT), 1500);
}

class StreamWithoutKeepaliveTest : public SocketStreamTest {
 protected:
  StreamWithoutKeepaliveTest() : SocketStreamTest({.keepalive = *ParseKeepalive("off")}) {}
};

TEST_F(StreamWithoutKeepaliveTest, SendsNoProbes) {
  EXPECT_EQ(OptionOfStream(SOL_SOCKET, SO_KEEPALIVE), 0);
}

TEST_F(SocketStreamTest, UnsentBytesStayWithTheWriter) {
  ASSERT_EQ(OptionOfStream(IPPROTO_TCP, TCP_NOTSENT_LOWAT), 32 << 10);
  const std::string bytes(64 << 10, 'x');
  const std::array<std::string_view, 1> pieces = {bytes};
  while (stream().Write(pieces).status == IoStatus::kProgress) {
  }
  int unsent = 0;
  ASSERT_EQ(ioctl(DescriptorOfStream(), SIOCOUTQNSD, &unsent), 0);
  EXPECT_GT(unsent, 0);
  EXPECT_LE(unsent, 256 << 10);  // one kernel buffer may exceed the limit
}

TEST_F(SocketStreamTest, UnreadBytesStayWithThePeer) {
  EXPECT_EQ(OptionOfStream(SOL_SOCKET, SO_RCVBUF), 2 * (32 << 10));  // doubled: see socket(7)
}

TEST_F(SocketStreamTest, BytesBehindUrgentDataAreRead) {
  Reader reader(stream());
  peer_.Send("before");
  peer_.Send("!", MSG_OOB);
  peer_.Send("behind");
  EXPECT_TRUE(RunUntil([&] { return reader.bytes == "beforebehind"; })) << reader.bytes;
}

TEST_F(SocketStreamTest, TheEndRightBehindTheLastBytesIsSeen) {
  peer_.Send("bye");
  peer_.Close();
  Reader reader(stream());
  ASSERT_TRUE(RunUntil([&] { return reader.ended(); }));
  EXPECT_EQ(reader.bytes, "bye");
}

TEST_F(SocketStreamTest, TheEndThatComesAfterTheLastBytesIsSeen) {
  Reader reader(stream());
  peer_.Send("bye");
  ASSERT_TRUE(RunUntil([&] { return reader.bytes == "bye"; }));
  peer_.Close();
  ASSERT_TRUE(RunUntil([&] { return reader.ended(); }));
}

TEST_F(SocketStreamTest, AResetBreaksReadWithItsReason) {
  Reader reader(stream());
  peer_.Reset();
  ASSERT_TRUE(RunUntil([&] { return reader.broken(); }));
  EXPECT_EQ(stream().broken_reason(), "connection reset by peer");
}

TEST_F(SocketStreamTest, AResetThatWriteFindsFirstIsNoEndForRead) {
  NoticeCounter counter;
  stream().Observe(counter);
  peer_.Reset();
  ASSERT_TRUE(RunUntil([&] { return counter.readable == 1; }));
  EXPECT_EQ(WriteText(stream(), "x").status, IoStatus::kBroken);
  EXPECT_EQ(stream().broken_reason(), "connection reset by peer");
  std::array<char, 16> buffer;
  EXPECT_EQ(stream().Read(buffer).status, IoStatus::kBroken);
  EXPECT_EQ(stream().broken_reason(), "connection reset by peer");
}

TEST_F(SocketStreamTest, WhatArrivedBeforeAResetIsReadAfterAWriteThatFailed) {
  peer_.Send("last words");
  peer_.Reset();
  NoticeCounter counter;
  stream().Observe(counter);
  ASSERT_TRUE(RunUntil([&] { return counter.readable == 1; }));
  EXPECT_EQ(WriteText(stream(), "x").status, IoStatus::kBroken);
  std::array<char, 16> buffer;
  const IoResult words = stream().Read(buffer);
  EXPECT_EQ(words.status, IoStatus::kProgress);
  EXPECT_EQ(std::string(buffer.data(), words.bytes), "last words");
  EXPECT_EQ(stream().Read(buffer).status, IoStatus::kBroken);
}

TEST_F(SocketStreamTest, WritingAfterShutdownHasItsOwnReasonAndReadGoesOn) {
  Reader reader(stream());
  stream().ShutdownWrite();
  EXPECT_EQ(WriteText(stream(), "x").status, IoStatus::kBroken);
  EXPECT_EQ(stream().broken_reason(), "writing was shut down");
  peer_.Send("still here");
  EXPECT_TRUE(RunUntil([&] { return reader.bytes == "still here"; }));
}

TEST_F(SocketStreamTest, APeerSeesAResetAsOne) {
  ASSERT_EQ(WriteText(stream(), "dropped").status, IoStatus::kProgress);
  stream().Reset();
  EXPECT_TRUE(peer_.ReceiveAll().ends_with("reset"));
  EXPECT_EQ(stream().broken_reason(), "connection aborted");
}

TEST_F(SocketStreamTest, AStreamWorksUnobserved) {
  std::array<char, 4> buffer;
  EXPECT_EQ(stream().Read(buffer).status, IoStatus::kWouldBlock);
  peer_.Send("x");
  IoResult result{IoStatus::kWouldBlock};
  while (result.status == IoStatus::kWouldBlock) result = stream().Read(buffer);
  EXPECT_EQ(result.bytes, 1U);
}

TEST_F(SocketStreamTest, AnIdleStreamCostsNoTurns) {
  Reader reader(stream());
  RunUntilIdle();
  EXPECT_EQ(TurnsIn(absl::Milliseconds(20)), 1U);
}

TEST_F(SocketStreamTest, RoomThatWasNeverLackingIsNotTold) {
  Reader reader(stream());
  ASSERT_EQ(WriteText(stream(), "all taken").bytes, 9U);
  peer_.Send("input tells that there is room too");
  ASSERT_TRUE(RunUntil([&] { return reader.readable == 1; }));
  RunUntilIdle();
  EXPECT_EQ(reader.writable, 0);
}

TEST_F(SocketStreamTest, ABlockedStreamCostsNoTurns) {
  Reader reader(stream());
  const std::string bulk(1 << 20, 'x');
  while (WriteText(stream(), bulk).status == IoStatus::kProgress) {
  }
  RunUntilIdle();
  EXPECT_EQ(TurnsIn(absl::Milliseconds(20)), 1U);
  EXPECT_EQ(reader.writable, 0);
}

}  // namespace
}  // namespace chathttp::posix
