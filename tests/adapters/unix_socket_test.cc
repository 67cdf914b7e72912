// UNIX sockets as endpoints of the network: their file, its mode and its life, and their peers.
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "chathttp/adapters/posix_network.h"
#include "gmock/gmock.h"
#include "tests/adapters/loop_test.h"
#include "tests/adapters/raw_peer.h"

namespace chathttp::posix {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;

class UnixSocketTest : public LoopTest {
 protected:
  UnixSocketTest() {
    std::string pattern = testing::TempDir() + "/unix_XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~UnixSocketTest() override { std::filesystem::remove_all(folder_); }

  std::string path() const { return folder_ + "/chat.sock"; }
  Endpoint endpoint() const { return {"unix:" + path(), 0}; }

  absl::StatusOr<std::unique_ptr<Listener>> Listen() {
    return network_.Listen(endpoint(), acceptor_);
  }

  // The result of one attempt.
  absl::StatusOr<std::unique_ptr<ByteStream>> Connect(const Endpoint& endpoint) {
    absl::StatusOr<std::unique_ptr<ByteStream>> result;
    bool done = false;
    const auto attempt = network_.Connect(endpoint, [&](auto stream) {
      result = std::move(stream);
      done = true;
    });
    EXPECT_TRUE(RunUntil([&] { return done; }));
    return result;
  }

  // Leaves a socket behind, as a program that was killed does.
  void LeaveStaleSocket() {
    const RawPeer dead(AF_UNIX);
    const SocketAddress address = LookUp(endpoint(), HostKind::kNumeric)->front();
    ASSERT_EQ(bind(dead.fd(), address.get(), address.size()), 0);
    ASSERT_EQ(listen(dead.fd(), 1), 0);
  }

  std::string folder_;
  PosixNetwork network_{loop()};
  KeepingAcceptor acceptor_;
};

TEST_F(UnixSocketTest, BytesTravelBothWays) {
  const auto listener = *Listen();
  EXPECT_EQ(listener->local(), endpoint());
  const auto client = *Connect(endpoint());
  ASSERT_TRUE(RunUntil([&] { return !acceptor_.streams.empty(); }));
  EXPECT_THAT(acceptor_.peers, ElementsAre("unix"));
  Reader at_client(*client);
  Reader at_server(*acceptor_.streams[0]);
  ASSERT_EQ(WriteText(*client, "hello").bytes, 5U);
  ASSERT_EQ(WriteText(*acceptor_.streams[0], "hi").bytes, 2U);
  EXPECT_TRUE(RunUntil([&] { return at_client.bytes == "hi" && at_server.bytes == "hello"; }));
  client->ShutdownWrite();
  EXPECT_TRUE(RunUntil([&] { return at_server.ended(); }));
}

TEST_F(UnixSocketTest, OnlyTheOwnerMayConnect) {
  const mode_t before = umask(0);
  const auto listener = *Listen();
  umask(before);
  struct stat file {};
  ASSERT_EQ(lstat(path().c_str(), &file), 0);
  EXPECT_TRUE(S_ISSOCK(file.st_mode));
  EXPECT_EQ(file.st_mode & 0777U, 0600U);
}

TEST_F(UnixSocketTest, FileIsRemovedWithTheListener) {
  { const auto listener = *Listen(); }
  EXPECT_FALSE(std::filesystem::exists(path()));
}

TEST_F(UnixSocketTest, FileOfAnotherIsNotRemoved) {
  auto listener = *Listen();
  std::filesystem::remove(path());
  const auto other = *Listen();
  listener.reset();
  EXPECT_TRUE(std::filesystem::exists(path()));
  EXPECT_TRUE(Connect(endpoint()).ok());
}

TEST_F(UnixSocketTest, SocketThatSomebodyListensAtIsKept) {
  const auto listener = *Listen();
  const absl::Status second = Listen().status();
  EXPECT_EQ(second.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_THAT(std::string(second.message()), EndsWith("chat.sock: address in use"));
  EXPECT_TRUE(Connect(endpoint()).ok());
}

TEST_F(UnixSocketTest, StaleSocketIsReplaced) {
  LeaveStaleSocket();
  EXPECT_EQ(Connect(endpoint()).status(), absl::UnavailableError("connection refused"));
  const auto listener = Listen();
  ASSERT_TRUE(listener.ok()) << listener.status();
  EXPECT_TRUE(Connect(endpoint()).ok());
}

TEST_F(UnixSocketTest, FileThatIsNoSocketIsKept) {
  std::ofstream(path()) << "precious";
  EXPECT_EQ(Listen().status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(std::filesystem::file_size(path()), 8U);
}

TEST_F(UnixSocketTest, LongPathIsRefusedWithTheLimit) {
  const Endpoint longer{"unix:/" + std::string(107, 'x'), 0};
  for (const absl::Status& status :
       {network_.Listen(longer, acceptor_).status(), Connect(longer).status()}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
    EXPECT_THAT(std::string(status.message()), HasSubstr("at most 107 bytes, got 108: /xxx"));
  }
}

TEST_F(UnixSocketTest, MissingPathIsAClearError) {
  EXPECT_EQ(Connect(endpoint()).status(), absl::UnavailableError("no such file or directory"));
  const Endpoint nowhere{"unix:" + folder_ + "/missing/chat.sock", 0};
  EXPECT_EQ(network_.Listen(nowhere, acceptor_).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace chathttp::posix
