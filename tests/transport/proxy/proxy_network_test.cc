// Connections of proxies: who is let in, under which address, and with which bytes.
#include "chathttp/transport/proxy/proxy_network.h"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "chathttp/contract/peer.h"
#include "chathttp/transport/ports/host_scheduler.h"
#include "chathttp/transport/ports/memory_network.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/transport/proxy/headers.h"

namespace chathttp {
namespace {

using contract::CollectingAcceptor;
using contract::Peer;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view kLine = "PROXY TCP4 10.1.2.3 10.9.8.7 4711 9994\r\n";

IpNetwork Net(std::string_view text) { return ParseIpNetwork(text).value(); }

// Peers in memory have the host that they connect to, so the endpoint chooses their address.
class ProxyNetworkTest : public testing::Test {
 protected:
  void Listen(const ProxyOptions& options) {
    network_ = std::make_unique<ProxyNetwork>(
        memory_, scheduler_, options, [this](std::string_view peer, std::string_view reason) {
          refusals.push_back(std::string(peer) + ": " + std::string(reason));
        });
    auto made = network_->Listen({"127.0.0.1", 9995}, acceptor);
    ASSERT_TRUE(made.ok()) << made.status();
    listener = *std::move(made);
  }

  std::unique_ptr<Peer> Connect() {
    const auto attempt = contract::StartConnect(memory_, listener->local());
    RunTurns();
    return std::make_unique<Peer>(std::move(attempt->stream));
  }

  std::unique_ptr<Peer> Send(std::string_view bytes) {
    std::unique_ptr<Peer> peer = Connect();
    peer->Send(bytes);
    RunTurns();
    return peer;
  }

  void RunTurns() {
    for (int i = 0; i < 10; ++i) Turn(scheduler_.Now());
  }
  void Pass(absl::Duration time) {
    Turn(scheduler_.Now() + time);
    RunTurns();
  }
  void Turn(absl::Time now) { scheduler_.Turn(now, now); }

  std::vector<std::string> refusals;
  HostScheduler scheduler_;
  CollectingAcceptor acceptor;
  MemoryNetwork memory_{scheduler_};
  std::unique_ptr<ProxyNetwork> network_;
  std::unique_ptr<Listener> listener;
};

TEST_F(ProxyNetworkTest, ThePeerHasTheAddressInTheHeader) {
  Listen({.from = {Net("127.0.0.1")}});
  const auto first = Send(kLine);
  const auto second = Send(Binary(0x21, 0x21, Block6()));
  EXPECT_THAT(acceptor.peers, ElementsAre("10.1.2.3:4711", "[2001:db8::1]:4711"));
  EXPECT_THAT(refusals, IsEmpty());
}

TEST_F(ProxyNetworkTest, WithoutAnAddressInTheHeaderThatOfTheConnectionStands) {
  Listen({.from = {Net("127.0.0.1")}});
  const auto first = Send("PROXY UNKNOWN 10.1.2.3 10.9.8.7 4711 9994\r\n");
  const auto second = Send(Binary(0x21, 0x12, Block4()));
  EXPECT_THAT(acceptor.peers, ElementsAre("127.0.0.1:49152", "127.0.0.1:49153"));
}

TEST_F(ProxyNetworkTest, TheAddressInAForgedLocalIsIgnored) {
  Listen({.from = {Net("127.0.0.1")}});
  const auto forger = Send(Binary(0x20, 0x11, Block4()));
  EXPECT_THAT(acceptor.peers, ElementsAre("127.0.0.1:49152"));
}

TEST_F(ProxyNetworkTest, AStrangerIsClosedAndNotRead) {
  Listen({.from = {Net("10.0.0.0/8"), Net("127.0.0.2")}});
  const auto stranger = Send(kLine);
  EXPECT_EQ(stranger->state(), IoStatus::kEndOfStream);
  EXPECT_EQ(stranger->input(), "");
  EXPECT_THAT(acceptor.peers, IsEmpty());
  EXPECT_THAT(refusals, ElementsAre("127.0.0.1:49152: no known proxy has this address"));
}

TEST_F(ProxyNetworkTest, WithoutKnownProxiesNobodyComesIn) {
  Listen({});
  const auto stranger = Send(kLine);
  EXPECT_EQ(stranger->state(), IoStatus::kEndOfStream);
  EXPECT_THAT(acceptor.peers, IsEmpty());
}

TEST_F(ProxyNetworkTest, ABadHeaderIsResetWithoutAReply) {
  Listen({.from = {Net("127.0.0.1")}});
  const auto client = Send("ADD / HTTP/1.1\r\n");
  EXPECT_EQ(client->state(), IoStatus::kBroken);
  EXPECT_EQ(client->input(), "");
  EXPECT_THAT(acceptor.peers, IsEmpty());
  EXPECT_THAT(refusals, ElementsAre("127.0.0.1:49152: no PROXY header: must start with 'PROXY ' or "
                                    "the signature of v2, got 'A'"));
}

TEST_F(ProxyNetworkTest, BytesBehindTheHeaderComeFirst) {
  Listen({.from = {Net("127.0.0.1")}});
  const auto client = Send(std::string(kLine) + "ADD");
  ASSERT_THAT(acceptor.streams, SizeIs(1));
  Peer server(std::move(acceptor.streams[0]));
  client->Send(" / HTTP/1.1");
  RunTurns();
  EXPECT_EQ(server.input(), "ADD / HTTP/1.1");
  client->SendEnd();
  server.Send("test");
  RunTurns();
  EXPECT_EQ(server.state(), IoStatus::kEndOfStream);
  EXPECT_EQ(client->input(), "test");
}

// The whole of a long request in the same piece.
TEST_F(ProxyNetworkTest, ManyBytesBehindTheHeaderArriveWhole) {
  Listen({.from = {Net("127.0.0.1")}});
  const std::string request = contract::Pattern(20'000);
  const auto client = Send(Binary(0x21, 0x11, Block4()) + request);
  ASSERT_THAT(acceptor.streams, SizeIs(1));
  Peer server(std::move(acceptor.streams[0]));
  RunTurns();
  EXPECT_EQ(server.input(), request);
}

TEST_F(ProxyNetworkTest, HeadersMayBeCutAtEveryByte) {
  Listen({.from = {Net("127.0.0.1")}});
  const std::string request = "ADD / HTTP/1.1\r\n";
  for (const std::string& header : {std::string(kLine), Binary(0x21, 0x11, Block4()),
                                    Binary(0x21, 0x21, Block6() + Extension(4, "x"))}) {
    const std::string bytes = header + request;
    for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
      const auto client = Send(std::string_view(bytes).substr(0, cut));
      EXPECT_THAT(acceptor.streams, SizeIs(cut >= header.size() ? 1 : 0)) << cut;
      client->Send(std::string_view(bytes).substr(cut));
      RunTurns();
      ASSERT_THAT(acceptor.streams, SizeIs(1)) << cut;
      Peer server(std::move(acceptor.streams[0]));
      acceptor.streams.clear();
      RunTurns();
      EXPECT_EQ(server.input(), request) << cut;
      EXPECT_THAT(acceptor.peers.back(), testing::EndsWith(":4711"));
    }
  }
  EXPECT_THAT(refusals, IsEmpty());
}

TEST_F(ProxyNetworkTest, HeaderMayComeByteByByte) {
  Listen({.from = {Net("127.0.0.1")}});
  const auto client = Connect();
  for (const char byte : kLine) {
    EXPECT_THAT(acceptor.peers, IsEmpty());
    client->Send({&byte, 1});
    RunTurns();
  }
  EXPECT_THAT(acceptor.peers, ElementsAre("10.1.2.3:4711"));
}

TEST_F(ProxyNetworkTest, WithoutAHeaderInTimeTheConnectionIsClosed) {
  Listen({.from = {Net("127.0.0.1")}});
  const auto silent = Connect();
  const auto slow = Send("PROXY ");
  Pass(absl::Seconds(5) - absl::Nanoseconds(1));
  EXPECT_THAT(refusals, IsEmpty());
  slow->Send("TCP4");
  Pass(absl::Nanoseconds(1));
  EXPECT_THAT(refusals,
              ElementsAre("127.0.0.1:49152: no complete PROXY header in 5s, got 0 bytes",
                          "127.0.0.1:49153: no complete PROXY header in 5s, got 10 bytes"));
  EXPECT_EQ(silent->state(), IoStatus::kEndOfStream);
  EXPECT_EQ(slow->state(), IoStatus::kEndOfStream);
  EXPECT_THAT(acceptor.peers, IsEmpty());
}

TEST_F(ProxyNetworkTest, BehindTheHeaderThereIsNoLimit) {
  Listen({.from = {Net("127.0.0.1")}});
  const auto client = Send(kLine);
  Pass(absl::Hours(1));
  EXPECT_EQ(client->state(), IoStatus::kWouldBlock);
  EXPECT_THAT(refusals, IsEmpty());
}

TEST_F(ProxyNetworkTest, AnEndBeforeTheHeaderClosesTheConnection) {
  Listen({.from = {Net("127.0.0.1")}});
  const auto ended = Send("PROXY");
  ended->SendEnd();
  RunTurns();
  EXPECT_EQ(ended->state(), IoStatus::kEndOfStream);
  const auto reset = Connect();
  reset->stream().Reset();
  RunTurns();
  EXPECT_THAT(refusals, ElementsAre("127.0.0.1:49152: end of stream before a complete PROXY "
                                    "header, got 5 bytes",
                                    "127.0.0.1:49153: connection reset by peer before a complete "
                                    "PROXY header, got 0 bytes"));
}

TEST_F(ProxyNetworkTest, AnEndRightBehindTheHeaderIsForTheAcceptor) {
  Listen({.from = {Net("127.0.0.1")}});
  const auto client = Connect();
  client->Send(kLine);
  client->SendEnd();
  RunTurns();
  ASSERT_THAT(acceptor.streams, SizeIs(1));
  const Peer server(std::move(acceptor.streams[0]));
  RunTurns();
  EXPECT_EQ(server.state(), IoStatus::kEndOfStream);
}

TEST_F(ProxyNetworkTest, OnlySoManyWaitForTheirHeader) {
  Listen({.from = {Net("127.0.0.1")}, .max_waiting = 2});
  const auto first = Connect();
  const auto second = Connect();
  const auto third = Send(kLine);
  EXPECT_EQ(third->state(), IoStatus::kEndOfStream);
  EXPECT_THAT(refusals, ElementsAre("127.0.0.1:49154: at most 2 connections may wait for their "
                                    "PROXY header, got 3"));
  EXPECT_EQ(network_->waiting(), 2u);
  first->Send(kLine);
  RunTurns();
  EXPECT_EQ(network_->waiting(), 1u);
  const auto fourth = Send(kLine);
  EXPECT_THAT(acceptor.peers, SizeIs(2));
}

TEST_F(ProxyNetworkTest, WhoWaitsIsClosedWithTheListener) {
  Listen({.from = {Net("127.0.0.1")}});
  const auto waiting = Send("PROXY");
  const auto accepted = Send(kLine);
  EXPECT_EQ(network_->waiting(), 1u);
  listener.reset();
  EXPECT_EQ(network_->waiting(), 0u);
  Pass(absl::Seconds(10));
  EXPECT_EQ(waiting->state(), IoStatus::kEndOfStream);
  EXPECT_EQ(accepted->state(), IoStatus::kWouldBlock);
  EXPECT_THAT(refusals, IsEmpty());
}

// The observer finds out by itself that there is nothing to read.
TEST_F(ProxyNetworkTest, AQuietStreamGivesNoNotice) {
  Listen({.from = {Net("127.0.0.1")}});
  const auto client = Send(kLine);
  ASSERT_THAT(acceptor.streams, SizeIs(1));
  contract::CountingObserver observer;
  acceptor.streams[0]->Observe(observer);
  RunTurns();
  EXPECT_EQ(observer.readable, 0);
  client->Send("x");
  RunTurns();
  EXPECT_EQ(observer.readable, 1);
}

TEST_F(ProxyNetworkTest, BytesBehindTheHeaderAreOneNoticeInALaterTurnStep) {
  Listen({.from = {Net("127.0.0.1")}});
  const auto client = Send(std::string(kLine) + "x");
  ASSERT_THAT(acceptor.streams, SizeIs(1));
  contract::CountingObserver observer;
  acceptor.streams[0]->Observe(observer);
  client->Send("y");
  EXPECT_EQ(observer.readable, 0);
  RunTurns();
  EXPECT_EQ(observer.readable, 1);
}

// As in a server without descriptors: the acceptor speaks without knowing the client.
TEST_F(ProxyNetworkTest, AnOverflowIsPassedOnForProxiesOnly) {
  class Overflow final : public Network {
   public:
    explicit Overflow(Scheduler& scheduler) : pair_(MakeStreamPair(scheduler)) {}
    absl::StatusOr<std::unique_ptr<Listener>> Listen(const Endpoint&, Acceptor& acceptor) override {
      acceptor.OnOverflow(*pair_.first, "10.0.0.1:1");
      acceptor.OnOverflow(*pair_.first, "10.0.0.2:2");
      return absl::ResourceExhaustedError("no descriptors");
    }
    std::unique_ptr<ConnectAttempt> Connect(const Endpoint&, ConnectCallback) override {
      return nullptr;
    }

   private:
    StreamPair pair_;
  };
  struct : Acceptor {
    void OnAccept(std::unique_ptr<ByteStream>, std::string_view) override {}
    void OnOverflow(ByteStream&, std::string_view peer) override { peers.emplace_back(peer); }
    std::vector<std::string> peers;
  } server;
  Overflow full(scheduler_);
  ProxyNetwork network(full, scheduler_, {.from = {Net("10.0.0.2")}},
                       [this](std::string_view peer, std::string_view reason) {
                         refusals.push_back(std::string(peer) + ": " + std::string(reason));
                       });
  EXPECT_TRUE(absl::IsResourceExhausted(network.Listen({"10.0.0.3", 9995}, server).status()));
  EXPECT_THAT(server.peers, ElementsAre("10.0.0.2:2"));
  EXPECT_THAT(refusals, ElementsAre("10.0.0.1:1: no known proxy has this address"));
}

}  // namespace
}  // namespace chathttp
