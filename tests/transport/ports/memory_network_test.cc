// Streams and networks in memory, and what they add to the contract of all in tests/contract.
#include "chathttp/transport/ports/memory_network.h"

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "chathttp/contract/peer.h"
#include "chathttp/transport/ports/host_scheduler.h"
#include "chathttp/transport/ports/memory_stream.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp {
namespace {

using contract::CollectingAcceptor;
using contract::CountingObserver;
using contract::Fill;
using contract::Peer;
using contract::StartConnect;
using contract::WriteTo;
using testing::ElementsAre;

class MemoryNetworkTest : public testing::Test {
 protected:
  void Turn() { scheduler.Turn(scheduler.Now(), scheduler.WallNow()); }
  // Runs turns until none is due at once.
  void RunUntilIdle() {
    while (scheduler.next_due() <= scheduler.Now()) Turn();
  }
  std::unique_ptr<Listener> Listen(const Endpoint& endpoint) {
    auto listener = network.Listen(endpoint, acceptor);
    EXPECT_TRUE(listener.ok()) << listener.status();
    return listener.ok() ? *std::move(listener) : nullptr;
  }

  HostScheduler scheduler;
  MemoryNetwork network{scheduler};
  CollectingAcceptor acceptor;
};

TEST_F(MemoryNetworkTest, APairIsConnectedWithoutAnEndpoint) {
  StreamPair pair = MakeStreamPair(scheduler);
  Peer one(std::move(pair.first));
  Peer other(std::move(pair.second));
  one.Send("there");
  other.Send("and back");
  RunUntilIdle();
  EXPECT_EQ(other.input(), "there");
  EXPECT_EQ(one.input(), "and back");
}

TEST_F(MemoryNetworkTest, ABufferHoldsItsNumberOfBytes) {
  StreamPair pair = MakeStreamPair(scheduler, 5);
  EXPECT_EQ(WriteTo(*pair.first, "abc").bytes, 3U);
  EXPECT_EQ(WriteTo(*pair.first, "defg").bytes, 2U);
  EXPECT_EQ(WriteTo(*pair.first, "fg").status, IoStatus::kWouldBlock);
  std::array<char, 3> buffer;
  EXPECT_EQ(pair.second->Read(buffer).bytes, 3U);
  EXPECT_EQ(WriteTo(*pair.first, "fghi").bytes, 3U);
  std::array<char, 9> rest;
  EXPECT_EQ(pair.second->Read(rest).bytes, 5U);
  EXPECT_EQ(std::string_view(rest.data(), 5), "defgh");
}

TEST_F(MemoryNetworkTest, TheDefaultBufferHolds64KiB) {
  StreamPair pair = MakeStreamPair(scheduler);
  EXPECT_EQ(Fill(*pair.first).size(), 65'536U);
}

TEST_F(MemoryNetworkTest, ACloseWithUnreadInputLosesNothing) {
  StreamPair pair = MakeStreamPair(scheduler);
  Peer reader(std::move(pair.first));
  reader.Send("never read");
  ASSERT_EQ(WriteTo(*pair.second, "last words").bytes, 10U);
  pair.second.reset();
  RunUntilIdle();
  EXPECT_EQ(reader.input(), "last words");
  EXPECT_EQ(reader.state(), IoStatus::kEndOfStream);
}

// A process that was suspended reads its input before it looks at deadlines.
TEST_F(MemoryNetworkTest, NoticesComeBeforeTimersThatAreDue) {
  std::vector<std::string> notes;
  StreamPair pair = MakeStreamPair(scheduler);
  CountingObserver observer;
  observer.on_readable = [&] { notes.emplace_back("input"); };
  pair.second->Observe(observer);
  scheduler.RunAt(scheduler.Now() - absl::Hours(1), [&] { notes.emplace_back("deadline"); });
  ASSERT_EQ(WriteTo(*pair.first, "x").bytes, 1U);
  Turn();
  EXPECT_THAT(notes, ElementsAre("input", "deadline"));
}

TEST_F(MemoryNetworkTest, HostsAreNames) {
  CollectingAcceptor other;
  const auto chat = Listen({"chat", 1});
  const auto news = network.Listen({"news", 1}, other);
  ASSERT_TRUE(news.ok()) << news.status();
  EXPECT_EQ(chat->local(), (Endpoint{"chat", 1}));
  const auto attempt = StartConnect(network, {"news", 1});
  RunUntilIdle();
  EXPECT_EQ(acceptor.streams.size(), 0U);
  EXPECT_EQ(other.streams.size(), 1U);
}

TEST_F(MemoryNetworkTest, UnixSocketIsANameWithoutAPort) {
  const Endpoint path{"unix:/run/chat.sock", 0};
  const auto listener = Listen(path);
  EXPECT_EQ(listener->local(), path);
  EXPECT_EQ(network.Listen(path, acceptor).status().code(), absl::StatusCode::kAlreadyExists);
  const auto attempt = StartConnect(network, path);
  RunUntilIdle();
  EXPECT_THAT(acceptor.peers, ElementsAre("unix"));
}

TEST_F(MemoryNetworkTest, PeersHaveTheHostTheyCallAndPortsThatCountUp) {
  const auto listener = Listen({"::1", 80});
  const auto first = StartConnect(network, {"::1", 80});
  const auto second = StartConnect(network, {"::1", 80});
  RunUntilIdle();
  EXPECT_THAT(acceptor.peers, ElementsAre("[::1]:49152", "[::1]:49153"));
}

TEST_F(MemoryNetworkTest, ThePortsOfPeersStartAgainAfterTheLast) {
  const auto listener = Listen({"chat", 1});
  for (int i = 0; i <= 65'536 - 49'152; ++i) {
    const auto attempt = StartConnect(network, {"chat", 1});
    RunUntilIdle();
    acceptor.streams.clear();
  }
  EXPECT_EQ(acceptor.peers.at(acceptor.peers.size() - 2), "chat:65535");
  EXPECT_EQ(acceptor.peers.back(), "chat:49152");
}

TEST_F(MemoryNetworkTest, PortZeroIsTheLowestFreePort) {
  auto first = Listen({"chat", 0});
  const auto second = Listen({"chat", 0});
  EXPECT_EQ(first->local().port, 49'152);
  EXPECT_EQ(second->local().port, 49'153);
  first.reset();
  EXPECT_EQ(Listen({"chat", 0})->local().port, 49'152);
}

TEST_F(MemoryNetworkTest, WithoutAFreePortListenIsResourceExhausted) {
  std::vector<std::unique_ptr<Listener>> listeners;
  for (int port = 49'152; port <= 65'535; ++port) {
    listeners.push_back(Listen({"chat", static_cast<std::uint16_t>(port)}));
  }
  const auto one_more = network.Listen({"chat", 0}, acceptor);
  EXPECT_TRUE(absl::IsResourceExhausted(one_more.status())) << one_more.status();
}

TEST_F(MemoryNetworkTest, MisuseIsAssertedInDebugBuilds) {
  EXPECT_DEBUG_DEATH(MakeStreamPair(scheduler, 0), "buffer_bytes");
  EXPECT_DEBUG_DEATH(network.Connect({"chat", 1}, nullptr), "done");
  EXPECT_DEBUG_DEATH(
      {
        auto streams = MakeStreamPair(scheduler);
        CountingObserver observer;
        streams.first->Observe(observer);
        streams.first->Observe(observer);
      },
      "observer");
#ifndef NDEBUG
  EXPECT_DEATH(
      {
        auto short_lived = std::make_unique<MemoryNetwork>(scheduler);
        const auto listener = short_lived->Listen({"chat", 1}, acceptor);
        short_lived.reset();
      },
      "listeners");
#endif
}

}  // namespace
}  // namespace chathttp
