#include "chathttp/adapters/socket_listener.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "chathttp/adapters/posix_network.h"
#include "gmock/gmock.h"
#include "tests/adapters/localhost.h"
#include "tests/adapters/loop_test.h"
#include "tests/adapters/raw_peer.h"

namespace chathttp::posix {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAreArray;

class SocketListenerTest : public LoopTest {
 protected:
  void ListenAt(const std::string& host) { listener_ = *network_.Listen({host, 0}, acceptor_); }

  bool RunUntilAccepted(std::size_t count) {
    return RunUntil([&] { return acceptor_.streams.size() >= count; });
  }

  PosixNetwork network_{loop()};
  KeepingAcceptor acceptor_;
  std::unique_ptr<Listener> listener_;
};

bool HasIpv6() {
  KeepingAcceptor acceptor;
  const auto loop = *EventLoop::Create();
  return PosixNetwork(*loop).Listen({"::1", 0}, acceptor).ok();
}

TEST_F(SocketListenerTest, APeerIsNamedByItsAddress) {
  ListenAt("127.0.0.1");
  RawPeer peer;
  peer.Connect(listener_->local());
  ASSERT_TRUE(RunUntilAccepted(1));
  EXPECT_THAT(acceptor_.peers, ElementsAre(peer.name()));
}

TEST_F(SocketListenerTest, AnIpv6PeerIsNamedInBrackets) {
  if (!HasIpv6()) GTEST_SKIP() << "this machine has no IPv6";
  ListenAt("::1");
  EXPECT_EQ(listener_->local().host, "::1");
  RawPeer peer(AF_INET6);
  peer.Connect(listener_->local());
  ASSERT_TRUE(RunUntilAccepted(1));
  EXPECT_THAT(acceptor_.peers, ElementsAre(peer.name()));
  EXPECT_EQ(acceptor_.peers.front().substr(0, 6), "[::1]:");
}

TEST_F(SocketListenerTest, AllAddressesMeansBothFamilies) {
  if (!HasIpv6()) GTEST_SKIP() << "this machine has no IPv6";
  ListenAt("::");
  RawPeer four(AF_INET);
  RawPeer six(AF_INET6);
  four.Connect({"127.0.0.1", listener_->local().port});
  six.Connect({"::1", listener_->local().port});
  ASSERT_TRUE(RunUntilAccepted(2));
  EXPECT_THAT(acceptor_.peers, UnorderedElementsAreArray({four.name(), six.name()}));
}

TEST_F(SocketListenerTest, StarMeansEveryAddressOfTheMachine) {
  ListenAt("*");
  std::vector<std::string> names;
  RawPeer four(AF_INET);
  four.Connect({"127.0.0.1", listener_->local().port});
  names.push_back(four.name());
  RawPeer six(AF_INET6);
  if (HasIpv6()) {
    six.Connect({"::1", listener_->local().port});
    names.push_back(six.name());
  }
  ASSERT_TRUE(RunUntilAccepted(names.size()));
  EXPECT_THAT(acceptor_.peers, UnorderedElementsAreArray(names));
}

TEST_F(SocketListenerTest, StarIsInUseThoughOneFamilyIsFree) {
  if (!HasIpv6()) GTEST_SKIP() << "this machine has no IPv6";
  ListenAt("::1");
  const auto star = network_.Listen({"*", listener_->local().port}, acceptor_);
  EXPECT_EQ(star.status().code(), absl::StatusCode::kAlreadyExists);
}

TEST_F(SocketListenerTest, AHostNameIsListenedAt) {
  CHATHTTP_NEED_LOCALHOST();
  ListenAt("localhost");
  EXPECT_THAT(listener_->local().host, testing::AnyOf("127.0.0.1", "::1"));
}

TEST_F(SocketListenerTest, AnAddressInUseAlreadyExists) {
  ListenAt("127.0.0.1");
  const auto second = network_.Listen(listener_->local(), acceptor_);
  EXPECT_EQ(second.status(),
            absl::AlreadyExistsError("cannot listen on " + ToString(listener_->local()) +
                                     ": address in use"));
}

TEST_F(SocketListenerTest, AnAddressOfAnotherMachineIsNotFound) {
  const auto listener = network_.Listen({"192.0.2.1", 0}, acceptor_);  // RFC 5737: unassigned
  EXPECT_EQ(listener.status().code(), absl::StatusCode::kNotFound);
}

TEST_F(SocketListenerTest, AMissingHostIsNotFound) {
  const auto listener = network_.Listen({"missing..host", 0}, acceptor_);
  EXPECT_EQ(listener.status().code(), absl::StatusCode::kNotFound);
}

TEST_F(SocketListenerTest, AnAddressIsFreeAgainAtOnce) {
  ListenAt("127.0.0.1");
  const Endpoint here = listener_->local();
  RawPeer peer;
  peer.Connect(here);
  ASSERT_TRUE(RunUntilAccepted(1));
  acceptor_.streams.clear();  // our side closes first, and stays in TIME_WAIT
  peer.Close();
  listener_.reset();
  EXPECT_TRUE(network_.Listen(here, acceptor_).ok());
}

TEST_F(SocketListenerTest, ManyPeersAreAcceptedAFewATurn) {
  struct CountingAcceptor final : Acceptor {
    explicit CountingAcceptor(EventLoop& event_loop) : loop(event_loop) {}
    void OnAccept(std::unique_ptr<ByteStream> /*stream*/, std::string_view /*peer*/) override {
      ++in_turn[loop.turns()];
      ++total;
    }
    void OnOverflow(ByteStream& /*stream*/, std::string_view /*peer*/) override {}
    EventLoop& loop;
    std::map<std::uint64_t, int> in_turn;
    int total = 0;
  } acceptor(loop());
  const auto listener = *network_.Listen({"127.0.0.1", 0}, acceptor);
  std::vector<RawPeer> peers(200);
  for (RawPeer& peer : peers) peer.Connect(listener->local());
  ASSERT_TRUE(RunUntil([&] { return acceptor.total == 200; }));
  for (const auto& [turn, accepted] : acceptor.in_turn) EXPECT_LE(accepted, 64);
}

TEST_F(SocketListenerTest, AListenerMayBeDestroyedByItsAcceptor) {
  struct ClosingAcceptor final : Acceptor {
    void OnAccept(std::unique_ptr<ByteStream> /*stream*/, std::string_view /*peer*/) override {
      ++accepted;
      listener.reset();
    }
    void OnOverflow(ByteStream& /*stream*/, std::string_view /*peer*/) override {}
    std::unique_ptr<Listener> listener;
    int accepted = 0;
  } acceptor;
  acceptor.listener = *network_.Listen({"127.0.0.1", 0}, acceptor);
  std::vector<RawPeer> peers(3);
  for (RawPeer& peer : peers) peer.Connect(acceptor.listener->local());
  ASSERT_TRUE(RunUntil([&] { return acceptor.accepted > 0; }));
  RunUntilIdle();
  EXPECT_EQ(acceptor.accepted, 1);
}

// Descriptors run out. The peers' own sockets are opened before.
class OverflowTest : public SocketListenerTest {
 protected:
  void SetUp() override {
    ListenAt("127.0.0.1");
    here_ = listener_->local();
    // Once with descriptors: see AllDescriptors.
    RawPeer peer;
    peer.Connect(here_);
    ASSERT_TRUE(RunUntilAccepted(1));
    acceptor_.OnOverflow(*acceptor_.streams.front(), "");
    ASSERT_TRUE(RunUntilTurnedAway(1));
    TurnsIn(absl::ZeroDuration());
    RunUntilIdle();
    acceptor_ = {};
  }

  bool RunUntilTurnedAway(std::size_t count) {
    return RunUntil([&] { return acceptor_.overflow_peers.size() >= count; });
  }

  Endpoint here_;
  DescriptorLimit limit_;
  std::vector<RawPeer> peers_{4};
};

TEST_F(OverflowTest, PeersAreToldThatDescriptorsHaveRunOut) {
  {
    const AllDescriptors taken(limit_);
    for (RawPeer& peer : peers_) peer.Connect(here_);
    ASSERT_TRUE(RunUntilTurnedAway(4));
  }
  EXPECT_THAT(acceptor_.streams, IsEmpty());
  for (RawPeer& peer : peers_) {
    EXPECT_THAT(acceptor_.overflow_peers, testing::Contains(peer.name()));
    EXPECT_EQ(peer.ReceiveAll(), "full");
  }
}

TEST_F(OverflowTest, WhatAPeerHasSentDoesNotTurnItsReplyIntoAReset) {
  const AllDescriptors taken(limit_);
  peers_[0].Connect(here_);
  peers_[0].Send(std::string(5000, 'x'));
  ASSERT_TRUE(RunUntilTurnedAway(1));
  EXPECT_EQ(peers_[0].ReceiveAll(), "full");
  EXPECT_EQ(peers_[0].TakeError(), 0);
}

TEST_F(OverflowTest, TurningAwayDoesNotSpin) {
  const AllDescriptors taken(limit_);
  for (RawPeer& peer : peers_) peer.Connect(here_);
  ASSERT_TRUE(RunUntilTurnedAway(4));
  RunUntilIdle();
  EXPECT_EQ(TurnsIn(absl::Milliseconds(20)), 1U);
}

TEST_F(OverflowTest, PeersAreServedAgainWhenADescriptorIsFree) {
  {
    AllDescriptors taken(limit_);
    peers_[0].Connect(here_);
    ASSERT_TRUE(RunUntilTurnedAway(1));
    taken.GiveBackOne();
    peers_[1].Connect(here_);
    ASSERT_TRUE(RunUntilAccepted(1));
    peers_[2].Connect(here_);  // that one descriptor is in use now
    ASSERT_TRUE(RunUntilTurnedAway(2));
  }
  EXPECT_THAT(acceptor_.peers, ElementsAre(peers_[1].name()));
  EXPECT_THAT(acceptor_.overflow_peers, ElementsAre(peers_[0].name(), peers_[2].name()));
}

TEST_F(OverflowTest, AListenerThatCannotEvenTurnAwayPausesWithoutASpin) {
  limit_.Set(0);  // not even the place of the spare descriptor may be used
  for (RawPeer& peer : peers_) peer.Connect(here_);
  EXPECT_LE(TurnsIn(absl::Milliseconds(350)), 8U);  // tries after 0, 100 and 300 ms
  limit_.Restore();
  EXPECT_THAT(acceptor_.overflow_peers, IsEmpty());
  EXPECT_TRUE(RunUntilAccepted(4));
}

TEST_F(OverflowTest, AListenerMayBeDestroyedWhileItPauses) {
  limit_.Set(0);
  peers_[0].Connect(here_);
  RunUntilIdle();
  limit_.Restore();
  listener_.reset();
  TurnsIn(absl::Milliseconds(110));
  EXPECT_THAT(acceptor_.streams, IsEmpty());
}

}  // namespace
}  // namespace chathttp::posix
