#include "chathttp/adapters/adopt_socket.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "chathttp/adapters/socket_address.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/adapters/loop_test.h"
#include "tests/adapters/raw_peer.h"

namespace chathttp::posix {
namespace {

using testing::HasSubstr;

class AdoptSocketTest : public LoopTest {
 protected:
  void SetUp() override {
    std::array<int, 2> ends{};
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
    end_ = FileDescriptor(ends[0]);
    other_end_ = FileDescriptor(ends[1]);
  }

  std::unique_ptr<ByteStream> Adopt(FileDescriptor socket) {
    auto stream = AdoptSocket(loop(), std::move(socket));
    EXPECT_TRUE(stream.ok()) << stream.status();
    return stream.ok() ? *std::move(stream) : nullptr;
  }

  // The error message of a descriptor that is refused and closed.
  std::string Refusal(FileDescriptor socket) {
    const int number = socket.get();
    const auto stream = AdoptSocket(loop(), std::move(socket));
    EXPECT_TRUE(absl::IsInvalidArgument(stream.status())) << stream.status();
    EXPECT_EQ(fcntl(number, F_GETFD), -1) << "still open";
    return std::string(stream.status().message());
  }

  static FileDescriptor Listening() {
    FileDescriptor listening(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(listen(listening.get(), 1), 0);
    return listening;
  }

  FileDescriptor end_;
  FileDescriptor other_end_;
};

TEST_F(AdoptSocketTest, TheEndsOfASocketPairTalk) {
  const auto one = Adopt(std::move(end_));
  const auto other = Adopt(std::move(other_end_));
  Reader at_one(*one);
  Reader at_other(*other);
  EXPECT_EQ(WriteText(*one, "there").bytes, 5U);
  EXPECT_EQ(WriteText(*other, "and back").bytes, 8U);
  one->ShutdownWrite();
  ASSERT_TRUE(RunUntil([&] { return at_other.ended() && !at_one.bytes.empty(); }));
  EXPECT_EQ(at_other.bytes, "there");
  EXPECT_EQ(at_one.bytes, "and back");
}

TEST_F(AdoptSocketTest, TheSocketDoesNotBlockAndIsClosedByExec) {
  const int number = end_.get();
  const auto stream = Adopt(std::move(end_));
  EXPECT_NE(fcntl(number, F_GETFL) & O_NONBLOCK, 0);
  EXPECT_EQ(fcntl(number, F_GETFD), FD_CLOEXEC);
}

TEST_F(AdoptSocketTest, AConnectionThatTheProgramAcceptedIsLikeAnyOther) {
  const FileDescriptor listening = Listening();
  const Endpoint here{"127.0.0.1", SocketAddress::LocalOf(listening.get()).endpoint().port};
  RawPeer peer;
  peer.Connect(here);
  FileDescriptor accepted(accept(listening.get(), nullptr, nullptr));
  const int number = accepted.get();
  const auto stream = Adopt(std::move(accepted));
  int no_delay = 0;
  socklen_t size = sizeof(no_delay);
  ASSERT_EQ(getsockopt(number, IPPROTO_TCP, TCP_NODELAY, &no_delay, &size), 0);
  EXPECT_EQ(no_delay, 1);
  Reader reader(*stream);
  peer.Send("hello");
  peer.Reset();
  EXPECT_TRUE(RunUntil([&] { return reader.broken(); }));
}

// recv(2) stops where a descriptor was passed, so a short read does not prove that nothing follows.
TEST_F(AdoptSocketTest, BytesBehindAPassedDescriptorAreRead) {
  const auto stream = Adopt(std::move(end_));
  const int passed = STDERR_FILENO;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(passed))> control{};
  char byte = 'a';
  iovec bytes{&byte, 1};
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* const header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(passed));
  std::memcpy(CMSG_DATA(header), &passed, sizeof(passed));
  ASSERT_EQ(sendmsg(other_end_.get(), &message, 0), 1);
  ASSERT_EQ(write(other_end_.get(), "b", 1), 1);
  Reader reader(*stream);
  EXPECT_TRUE(RunUntil([&] { return reader.bytes == "ab"; })) << reader.bytes;
}

TEST_F(AdoptSocketTest, WhatIsNoConnectedStreamSocketIsRefused) {
  EXPECT_THAT(Refusal(FileDescriptor()), HasSubstr("descriptor -1 cannot be a stream: it is not"));
  EXPECT_THAT(Refusal(FileDescriptor(open("/dev/null", O_RDONLY | O_CLOEXEC))),
              HasSubstr("it is not a socket"));
  EXPECT_THAT(Refusal(FileDescriptor(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0))),
              HasSubstr("its type is not SOCK_STREAM"));
  EXPECT_THAT(Refusal(Listening()), HasSubstr("it is a listener"));
  EXPECT_THAT(Refusal(FileDescriptor(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))),
              HasSubstr("it is not connected"));
}

}  // namespace
}  // namespace chathttp::posix
