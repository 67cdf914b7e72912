#include "chathttp/adapters/inherited_sockets.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/adapters/posix_network.h"
#include "gmock/gmock.h"
#include "tests/adapters/loop_test.h"
#include "tests/adapters/raw_peer.h"

namespace chathttp::posix {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Descriptors of the test have lower numbers.
constexpr int kFirst = 300;

FileDescriptor ListeningSocket() {
  FileDescriptor listening(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_EQ(listen(listening.get(), 8), 0);
  return listening;
}

class InheritedSocketsTest : public testing::Test {
 protected:
  ~InheritedSocketsTest() override { Unset(); }

  static void Unset() {
    for (const char* name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) unsetenv(name);
  }

  // Opens descriptors from kFirst on, as a service manager does.
  static void Pass(int count) {
    for (int i = 0; i < count; ++i) {
      ASSERT_EQ(fcntl(ListeningSocket().get(), F_DUPFD, kFirst), kFirst + i);
    }
    setenv("LISTEN_PID", absl::StrCat(getpid()).c_str(), 1);
    setenv("LISTEN_FDS", absl::StrCat(count).c_str(), 1);
  }
  static void Name(const char* names) { setenv("LISTEN_FDNAMES", names, 1); }

  static std::vector<int> NumbersOf(const std::vector<FileDescriptor>& sockets) {
    std::vector<int> numbers;
    numbers.reserve(sockets.size());
    for (const FileDescriptor& socket : sockets) numbers.push_back(socket.get());
    return numbers;
  }

  static std::string Error() {
    const auto sockets = InheritedSockets::FromEnvironment(kFirst);
    EXPECT_TRUE(absl::IsInvalidArgument(sockets.status())) << sockets.status();
    return std::string(sockets.status().message());
  }
};

TEST_F(InheritedSocketsTest, WithoutVariablesThereAreNone) {
  auto sockets = InheritedSockets::FromEnvironment();
  ASSERT_TRUE(sockets.ok());
  EXPECT_THAT(sockets->Take("chat"), IsEmpty());
  EXPECT_TRUE(sockets->CheckNoneLeft().ok());
}

TEST_F(InheritedSocketsTest, SocketsWithoutANameAreForTheChat) {
  Pass(2);
  auto sockets = InheritedSockets::FromEnvironment(kFirst);
  ASSERT_TRUE(sockets.ok()) << sockets.status();
  EXPECT_THAT(NumbersOf(sockets->Take("chat")), ElementsAre(kFirst, kFirst + 1));
}

TEST_F(InheritedSocketsTest, NamesChooseTheUse) {
  Pass(6);
  Name("chat:metrics:chat_server.socket:unknown:metrics:");
  auto sockets = InheritedSockets::FromEnvironment(kFirst);
  ASSERT_TRUE(sockets.ok()) << sockets.status();
  EXPECT_THAT(NumbersOf(sockets->Take("metrics")), ElementsAre(kFirst + 1, kFirst + 4));
  EXPECT_THAT(NumbersOf(sockets->Take("chat")),
              ElementsAre(kFirst, kFirst + 2, kFirst + 3, kFirst + 5));
  EXPECT_TRUE(sockets->CheckNoneLeft().ok());
}

TEST_F(InheritedSocketsTest, ASocketThatNobodyTakesIsAnErrorWithTheKnownNames) {
  Pass(1);
  Name("chatt");
  auto sockets = InheritedSockets::FromEnvironment(kFirst);
  ASSERT_TRUE(sockets.ok()) << sockets.status();
  EXPECT_THAT(sockets->Take("chat"), IsEmpty());
  EXPECT_THAT(sockets->Take("metrics"), IsEmpty());
  EXPECT_EQ(sockets->CheckNoneLeft().message(),
            "the inherited descriptor 300 is called \"chatt\", known names are chat, metrics: set "
            "FileDescriptorName= in its socket unit");
}

TEST_F(InheritedSocketsTest, ChildrenInheritNeitherSocketsNorVariables) {
  Pass(1);
  Name("chat");
  const auto sockets = InheritedSockets::FromEnvironment(kFirst);
  EXPECT_EQ(fcntl(kFirst, F_GETFD), FD_CLOEXEC);
  for (const char* name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) {
    EXPECT_EQ(std::getenv(name), nullptr) << name;
  }
}

TEST_F(InheritedSocketsTest, SocketsOfAnotherProcessAreLeftAlone) {
  Pass(1);
  const FileDescriptor passed(kFirst);
  setenv("LISTEN_PID", "1", 1);
  auto sockets = InheritedSockets::FromEnvironment(kFirst);
  ASSERT_TRUE(sockets.ok());
  EXPECT_THAT(sockets->Take("chat"), IsEmpty());
  EXPECT_EQ(fcntl(kFirst, F_GETFD), 0);
  EXPECT_EQ(std::getenv("LISTEN_FDS"), nullptr);
}

TEST_F(InheritedSocketsTest, BadVariablesAreRefusedWithTheirValue) {
  Pass(0);
  for (const char* count : {"", "two", "-1", "1001"}) {
    Pass(0);
    setenv("LISTEN_FDS", count, 1);
    EXPECT_EQ(Error(), absl::StrCat("LISTEN_FDS=\"", count, "\" must be a number from 0 to 1000"));
  }
  Pass(0);
  setenv("LISTEN_FDS", "1", 1);
  EXPECT_EQ(Error(), "LISTEN_FDS=\"1\" counts descriptor 300, which is not open");
  Pass(0);
  setenv("LISTEN_FDS", "2", 1);
  Name("chat");
  EXPECT_EQ(Error(), "LISTEN_FDNAMES=\"chat\" must have 2 names with colons between them, got 1");
}

class InheritTest : public LoopTest {
 protected:
  std::string Error(FileDescriptor socket) {
    return std::string(network_.Inherit(std::move(socket)).status().message());
  }

  PosixNetwork network_{loop()};
  KeepingAcceptor acceptor_;
};

TEST_F(InheritTest, ListenUsesTheSocketWithThePeersThatWaitInIt) {
  FileDescriptor socket = ListeningSocket();
  const int number = socket.get();
  RawPeer early;
  early.Connect({"127.0.0.1", SocketAddress::LocalOf(number).endpoint().port});
  const auto here = network_.Inherit(std::move(socket));
  ASSERT_TRUE(here.ok()) << here.status();
  const auto listener = network_.Listen(*here, acceptor_);
  ASSERT_TRUE(listener.ok()) << listener.status();
  EXPECT_EQ((*listener)->local(), *here);
  EXPECT_NE(fcntl(number, F_GETFL) & O_NONBLOCK, 0);
  RawPeer late;
  late.Connect({"127.0.0.1", here->port});
  ASSERT_TRUE(RunUntil([&] { return acceptor_.streams.size() == 2; }));
  EXPECT_THAT(acceptor_.peers, ElementsAre(early.name(), late.name()));
}

TEST_F(InheritTest, PeersWaitForTheNextProgramWhenTheListenerEnds) {
  const FileDescriptor kept_by_the_manager = ListeningSocket();
  auto here = network_.Inherit(FileDescriptor(fcntl(kept_by_the_manager.get(), F_DUPFD, 0)));
  auto listener = network_.Listen(*here, acceptor_);
  listener->reset();
  RawPeer between;
  between.Connect({"127.0.0.1", here->port});
  here = network_.Inherit(FileDescriptor(fcntl(kept_by_the_manager.get(), F_DUPFD, 0)));
  listener = network_.Listen(*here, acceptor_);
  ASSERT_TRUE(RunUntil([&] { return acceptor_.streams.size() == 1; }));
  EXPECT_THAT(acceptor_.peers, ElementsAre(between.name()));
}

TEST_F(InheritTest, FileOfAUnixSocketStaysWhenTheListenerEnds) {
  std::string folder = testing::TempDir() + "/inherit_XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  const Endpoint endpoint{"unix:" + folder + "/chat.sock", 0};
  const SocketAddress address = LookUp(endpoint, HostKind::kNumeric)->front();
  FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(bind(socket.get(), address.get(), address.size()), 0);
  ASSERT_EQ(listen(socket.get(), 8), 0);
  EXPECT_EQ(*network_.Inherit(std::move(socket)), endpoint);
  auto listener = network_.Listen(endpoint, acceptor_);
  ASSERT_TRUE(listener.ok()) << listener.status();
  const auto attempt = network_.Connect(endpoint, [](const auto&) {});
  ASSERT_TRUE(RunUntil([&] { return acceptor_.streams.size() == 1; }));
  EXPECT_THAT(acceptor_.peers, ElementsAre("unix"));
  listener->reset();
  EXPECT_TRUE(std::filesystem::exists(folder + "/chat.sock"));
  std::filesystem::remove_all(folder);
}

TEST_F(InheritTest, OtherEndpointsAreOpenedAsEver) {
  ASSERT_TRUE(network_.Inherit(ListeningSocket()).ok());
  EXPECT_TRUE(network_.Listen({"127.0.0.1", 0}, acceptor_).ok());
}

TEST_F(InheritTest, OtherDescriptorsAreRefused) {
  EXPECT_THAT(
      Error(FileDescriptor(open("/dev/null", O_RDONLY | O_CLOEXEC))),
      HasSubstr(
          " is not a listening TCP or UNIX stream socket: give the socket unit ListenStream="));
  EXPECT_THAT(Error(FileDescriptor(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))),
              HasSubstr("is not a listening TCP or UNIX stream socket"));
  EXPECT_THAT(Error(FileDescriptor(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0))),
              HasSubstr("is not a listening TCP or UNIX stream socket"));
  EXPECT_THAT(Error(FileDescriptor(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0))),
              HasSubstr("is not a listening TCP or UNIX stream socket"));
}

}  // namespace
}  // namespace chathttp::posix
