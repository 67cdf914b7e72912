// Connecting by sockets; tests/contract has the tests for every network.
#include "chathttp/adapters/connector.h"

#include <array>
#include <cerrno>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "chathttp/adapters/posix_network.h"
#include "gmock/gmock.h"
#include "tests/adapters/localhost.h"
#include "tests/adapters/loop_test.h"
#include "tests/adapters/raw_peer.h"

namespace chathttp::posix {
namespace {

using Result = absl::StatusOr<std::unique_ptr<ByteStream>>;

class ConnectorTest : public LoopTest {
 protected:
  Endpoint ListenAtLoopback() {
    listener_ = *network_.Listen({"127.0.0.1", 0}, acceptor_);
    return listener_->local();
  }

  // Connects, and returns the result.
  Result Connect(const Endpoint& endpoint) {
    std::optional<Result> result;
    const auto attempt =
        network_.Connect(endpoint, [&](Result outcome) { result = std::move(outcome); });
    EXPECT_FALSE(result.has_value());
    if (!RunUntil([&] { return result.has_value(); })) return absl::InternalError("not called");
    return *std::move(result);
  }

  PosixNetwork network_{loop()};
  KeepingAcceptor acceptor_;
  std::unique_ptr<Listener> listener_;
};

TEST_F(ConnectorTest, AHostNameIsConnectedTo) {
  CHATHTTP_NEED_LOCALHOST();
  const Endpoint here = ListenAtLoopback();
  const Result stream = Connect({"localhost", here.port});
  EXPECT_TRUE(stream.ok()) << stream.status();
  EXPECT_TRUE(RunUntil([&] { return acceptor_.streams.size() == 1; }));
}

TEST_F(ConnectorTest, ARefusedConnectionIsUnavailable) {
  Endpoint here = ListenAtLoopback();
  listener_.reset();
  // Bound again, without listening, so that no other process gets the port.
  const RawPeer holder;
  const SocketAddress address = LookUp(here, HostKind::kNumeric)->front();
  ASSERT_EQ(bind(holder.fd(), address.get(), address.size()), 0);
  EXPECT_EQ(Connect(here).status(), absl::UnavailableError("connection refused"));
}

TEST_F(ConnectorTest, AMissingHostIsNotFound) {
  EXPECT_EQ(Connect({"missing..host", 1}).status(),
            absl::NotFoundError("no such host: missing..host"));
}

TEST_F(ConnectorTest, NoDescriptorsLeftIsResourceExhausted) {
  const Endpoint here = ListenAtLoopback();
  EXPECT_TRUE(Connect(here).ok());  // see AllDescriptors
  DescriptorLimit limit;
  const AllDescriptors taken(limit);
  EXPECT_EQ(Connect(here).status(), absl::ResourceExhaustedError("too many open files"));
}

TEST_F(ConnectorTest, AnAttemptThatIsDestroyedIsNotTold) {
  const Endpoint here = ListenAtLoopback();
  bool called = false;
  auto attempt = network_.Connect(here, [&](const Result&) { called = true; });
  attempt.reset();
  RunUntilIdle();
  EXPECT_FALSE(called);
}

TEST_F(ConnectorTest, AnAttemptForAHostNameThatIsDestroyedIsNotTold) {
  const Endpoint here = ListenAtLoopback();
  bool called = false;
  auto attempt = network_.Connect({"localhost", here.port}, [&](const Result&) { called = true; });
  attempt.reset();
  EXPECT_FALSE(Connect({"missing..host", 1}).ok());  // looked up after the other
  RunUntilIdle();
  EXPECT_FALSE(called);
}

TEST_F(ConnectorTest, AnAttemptMayBeDestroyedInItsOwnCallback) {
  const Endpoint here = ListenAtLoopback();
  std::unique_ptr<ConnectAttempt> attempt;
  attempt = network_.Connect(here, [&](const Result&) { attempt.reset(); });
  EXPECT_TRUE(RunUntil([&] { return attempt == nullptr; }));
}

TEST_F(ConnectorTest, AStreamWorksWhileItsAttemptIsStillThere) {
  const Endpoint here = ListenAtLoopback();
  std::unique_ptr<ByteStream> stream;
  const auto attempt =
      network_.Connect(here, [&](Result outcome) { stream = *std::move(outcome); });
  ASSERT_TRUE(RunUntil([&] { return stream != nullptr && acceptor_.streams.size() == 1; }));
  Reader reader(*stream);
  ASSERT_EQ(WriteText(*acceptor_.streams.front(), "hello").bytes, 5U);
  EXPECT_TRUE(RunUntil([&] { return reader.bytes == "hello"; }));
}

TEST_F(ConnectorTest, ManyConnectionsAreMadeAtOnce) {
  const Endpoint here = ListenAtLoopback();
  constexpr std::size_t kMany = 500;
  std::vector<std::unique_ptr<ByteStream>> streams;
  std::vector<std::unique_ptr<ConnectAttempt>> attempts;
  for (std::size_t i = 0; i < kMany; ++i) {
    attempts.push_back(network_.Connect(here, [&](Result stream) {
      ASSERT_TRUE(stream.ok()) << stream.status();
      streams.push_back(*std::move(stream));
    }));
  }
  EXPECT_TRUE(
      RunUntil([&] { return streams.size() == kMany && acceptor_.streams.size() == kMany; }));
}

TEST_F(ConnectorTest, Ipv6IsConnectedTo) {
  auto listener = network_.Listen({"::1", 0}, acceptor_);
  if (!listener.ok()) GTEST_SKIP() << "this machine has no IPv6";
  EXPECT_TRUE(Connect((*listener)->local()).ok());
}

// Listens and never accepts: once its queue is full, it answers nothing.
class SilentAddress {
 public:
  SilentAddress() {
    const SocketAddress any = LookUp({"127.0.0.1", 0}, HostKind::kNumeric)->front();
    EXPECT_EQ(bind(listener_.fd(), any.get(), any.size()), 0);
    EXPECT_EQ(listen(listener_.fd(), 0), 0);
    for (RawPeer& peer : fill_) {
      fcntl(peer.fd(), F_SETFL, O_NONBLOCK);
      EXPECT_TRUE(connect(peer.fd(), address().get(), address().size()) == 0 ||
                  errno == EINPROGRESS);
    }
  }
  SocketAddress address() const { return SocketAddress::LocalOf(listener_.fd()); }

 private:
  RawPeer listener_;
  std::array<RawPeer, 4> fill_;
};

TEST_F(ConnectorTest, AnAddressThatIsSilentGivesWayToTheNextOne) {
  const SilentAddress silent;
  const Endpoint here = ListenAtLoopback();
  const SocketAddress good = LookUp(here, HostKind::kNumeric)->front();
  std::optional<Result> result;
  const Connector connector(loop(), {silent.address(), good}, absl::Milliseconds(50),
                            [&](Result outcome) { result = std::move(outcome); });
  ASSERT_TRUE(RunUntil([&] { return result.has_value(); }));
  EXPECT_TRUE(result->ok()) << result->status();
  EXPECT_TRUE(RunUntil([&] { return acceptor_.streams.size() == 1; }));
}

TEST_F(ConnectorTest, AnAddressThatRefusesGivesWayToTheNextOneAtOnce) {
  const RawPeer holder;  // bound, but does not listen
  const SocketAddress any = LookUp({"127.0.0.1", 0}, HostKind::kNumeric)->front();
  ASSERT_EQ(bind(holder.fd(), any.get(), any.size()), 0);
  const SocketAddress good = LookUp(ListenAtLoopback(), HostKind::kNumeric)->front();
  std::optional<Result> result;
  const Connector connector(loop(), {SocketAddress::LocalOf(holder.fd()), good}, absl::Hours(1),
                            [&](Result outcome) { result = std::move(outcome); });
  ASSERT_TRUE(RunUntil([&] { return result.has_value(); }));
  EXPECT_TRUE(result->ok()) << result->status();
}

TEST_F(ConnectorTest, MisuseIsAssertedInDebugBuilds) {
  EXPECT_DEBUG_DEATH(network_.Connect({"127.0.0.1", 1}, nullptr), "done");
}

}  // namespace
}  // namespace chathttp::posix
