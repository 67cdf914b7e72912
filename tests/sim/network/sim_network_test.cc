#include "chathttp/sim/network/sim_network.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "chathttp/contract/peer.h"
#include "chathttp/sim/network/virtual_scheduler.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp::sim {
namespace {

using contract::Attempt;
using contract::CollectingAcceptor;
using contract::CountingObserver;
using contract::Fill;
using contract::Pattern;
using contract::Peer;
using contract::StartConnect;
using contract::WriteTo;
using testing::ElementsAre;

const Endpoint kServer{"server", 9994};

// A listening server host, and clients that connect to it.
class SimNetworkTest : public testing::Test {
 protected:
  void Start(const NetworkOptions& options) {
    network = std::make_unique<SimNetwork>(scheduler, options);
    auto listening = network->host("server").Listen(kServer, acceptor);
    ASSERT_TRUE(listening.ok()) << listening.status();
    listener = *std::move(listening);
  }

  // The two ends of a new connection from host `name`.
  std::pair<std::unique_ptr<ByteStream>, std::unique_ptr<ByteStream>> Join(std::string_view name) {
    const auto attempt = StartConnect(network->host(name), kServer);
    EXPECT_TRUE(RunUntil([&] { return attempt->answers > 0 && !acceptor.streams.empty(); }));
    auto server = std::move(acceptor.streams.back());
    acceptor.streams.pop_back();
    return {std::move(attempt->stream), std::move(server)};
  }

  bool RunUntil(absl::FunctionRef<bool()> done) {
    return scheduler.RunUntil(done, absl::Minutes(1));
  }

  VirtualScheduler scheduler{{}};
  std::unique_ptr<SimNetwork> network;
  CollectingAcceptor acceptor;
  std::unique_ptr<Listener> listener;
};

struct Outcome {
  std::uint64_t digest = 0;
  std::vector<std::size_t> pieces;  // sizes of alice's bytes as read at each notice

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

// Alice sends to the server; `others` hosts connect before she does and send too.
Outcome RunConversation(std::uint64_t seed, int others) {
  VirtualScheduler scheduler({.seed = seed});
  SimNetwork network(
      scheduler,
      {.seed = seed,
       .link = {.max_chunk_bytes = 100,
                .latency = UniformLatency(absl::Milliseconds(1), absl::Milliseconds(9))}});
  CollectingAcceptor acceptor;
  auto listener = network.host("server").Listen(kServer, acceptor);
  std::vector<std::unique_ptr<Attempt>> attempts(static_cast<std::size_t>(others));
  for (std::unique_ptr<Attempt>& attempt : attempts) {
    attempt = StartConnect(network.host("other" + std::to_string(others--)), kServer);
  }
  scheduler.RunFor(absl::Seconds(1));
  attempts.push_back(StartConnect(network.host("alice"), kServer));
  scheduler.RunFor(absl::Seconds(1));
  std::vector<std::unique_ptr<Peer>> senders;
  Outcome outcome;
  CountingObserver observer;
  const std::unique_ptr<ByteStream> reader = std::move(acceptor.streams.back());
  reader->Observe(observer);
  observer.on_readable = [&] {
    std::array<char, 4096> buffer;
    for (IoResult result = reader->Read(buffer); result.status == IoStatus::kProgress;
         result = reader->Read(buffer)) {
      outcome.pieces.push_back(result.bytes);
    }
  };
  for (const auto& attempt : attempts) {
    senders.push_back(std::make_unique<Peer>(std::move(attempt->stream)));
    senders.back()->Send(Pattern(2000));
  }
  scheduler.RunFor(absl::Seconds(1));
  outcome.digest = network.digest();
  return outcome;
}

TEST(SimDeterminism, TheSameSeedGivesTheSameRun) {
  EXPECT_EQ(RunConversation(4711, 3), RunConversation(4711, 3));
}

TEST(SimDeterminism, AnotherSeedCutsTheStreamElsewhere) {
  const Outcome one = RunConversation(1, 3);
  const Outcome other = RunConversation(2, 3);
  EXPECT_NE(one.digest, other.digest);
  EXPECT_NE(one.pieces, other.pieces);
}

TEST(SimDeterminism, TheStreamOfOneHostDoesNotDependOnOtherHosts) {
  const Outcome alone = RunConversation(4711, 0);
  const Outcome among_others = RunConversation(4711, 3);
  EXPECT_EQ(alone.pieces, among_others.pieces);
  EXPECT_NE(alone.digest, among_others.digest);
}

TEST(SimDeterminism, TheDigestIsTheSameEverywhere) {
  EXPECT_EQ(RunConversation(4711, 3).digest, 18127558619933594023U);
}

TEST_F(SimNetworkTest, HostsHaveNumericAddresses) {
  Start({});
  EXPECT_EQ(listener->local(), (Endpoint{"10.0.0.1", 9994}));
  Join("alice");
  EXPECT_THAT(acceptor.peers, ElementsAre("10.0.0.2:32768"));
}

TEST_F(SimNetworkTest, AHostIsFoundByItsNumericAddress) {
  Start({});
  const auto attempt = StartConnect(network->host("alice"), listener->local());
  EXPECT_TRUE(RunUntil([&] { return attempt->answers > 0; }));
  EXPECT_TRUE(attempt->status.ok()) << attempt->status;
}

TEST_F(SimNetworkTest, AnUnknownHostIsNotFound) {
  Start({});
  const auto attempt = StartConnect(network->host("alice"), {"nobody", 9994});
  EXPECT_TRUE(RunUntil([&] { return attempt->answers > 0; }));
  EXPECT_TRUE(absl::IsNotFound(attempt->status)) << attempt->status;
}

TEST_F(SimNetworkTest, AHostListensAtItsOwnAddressOnly) {
  Start({});
  EXPECT_TRUE(absl::IsNotFound(network->host("alice").Listen(kServer, acceptor).status()));
}

TEST_F(SimNetworkTest, AConnectionTakesItsDelayAndTwoLatencies) {
  Start({.link = {.latency = UniformLatency(absl::Milliseconds(5), absl::Milliseconds(5))},
         .min_connect_delay = absl::Seconds(2),
         .max_connect_delay = absl::Seconds(2)});
  const absl::Time start = scheduler.Now();
  const auto attempt = StartConnect(network->host("alice"), kServer);
  EXPECT_TRUE(RunUntil([&] { return attempt->answers > 0; }));
  EXPECT_EQ(scheduler.Now() - start, absl::Seconds(2) + 2 * absl::Milliseconds(5));
}

TEST_F(SimNetworkTest, WithoutDescriptorsThePeerIsTurnedAway) {
  class LastWords final : public CollectingAcceptor {
   public:
    void OnOverflow(ByteStream& stream, std::string_view peer) override {
      turned_away = peer;
      EXPECT_EQ(WriteTo(stream, "full").bytes, 4U);
    }
    std::string turned_away;
  };
  Start({});
  LastWords last_words;
  auto second = network->host("server").Listen({"server", 0}, last_words);
  ASSERT_TRUE(second.ok()) << second.status();
  network->host("server").SetDescriptorLimit(2);
  const auto attempt = StartConnect(network->host("alice"), (*second)->local());
  ASSERT_TRUE(RunUntil([&] { return attempt->answers > 0; }));
  Peer client(std::move(attempt->stream));
  EXPECT_TRUE(RunUntil([&] { return client.state() == IoStatus::kEndOfStream; }));
  EXPECT_EQ(client.input(), "full");
  EXPECT_EQ(last_words.turned_away, "10.0.0.2:32768");
  EXPECT_EQ(last_words.streams.size(), 0U);
}

TEST_F(SimNetworkTest, WithoutDescriptorsNoneConnects) {
  Start({});
  network->host("alice").SetDescriptorLimit(0);
  const auto attempt = StartConnect(network->host("alice"), kServer);
  EXPECT_TRUE(RunUntil([&] { return attempt->answers > 0; }));
  EXPECT_TRUE(absl::IsResourceExhausted(attempt->status)) << attempt->status;
}

TEST_F(SimNetworkTest, DescriptorsComeBack) {
  Start({});
  network->host("alice").SetDescriptorLimit(1);
  for (int i = 0; i < 3; ++i) {
    EXPECT_NE(Join("alice").first, nullptr);
    EXPECT_EQ(network->host("alice").descriptors_in_use(), 0U);
  }
  EXPECT_EQ(network->host("server").descriptors_in_use(), 1U);
}

TEST_F(SimNetworkTest, AFullBacklogDelaysAConnection) {
  Start({.backlog = 1});
  const absl::Time start = scheduler.Now();
  const auto one = StartConnect(network->host("alice"), kServer);
  const auto other = StartConnect(network->host("bob"), kServer);
  EXPECT_TRUE(RunUntil([&] { return one->answers + other->answers == 2; }));
  EXPECT_EQ(acceptor.streams.size(), 2U);
  EXPECT_EQ(scheduler.Now() - start, absl::Seconds(1));
}

TEST_F(SimNetworkTest, AnAttemptOverAPausedLinkGivesUpInTheEnd) {
  Start({});
  network->Pause("alice", "server");
  const absl::Time start = scheduler.Now();
  const auto attempt = StartConnect(network->host("alice"), kServer);
  EXPECT_TRUE(scheduler.RunUntil([&] { return attempt->answers > 0; }, absl::Hours(1)));
  EXPECT_TRUE(absl::IsDeadlineExceeded(attempt->status)) << attempt->status;
  EXPECT_EQ(scheduler.Now() - start, absl::Seconds(127));
}

TEST_F(SimNetworkTest, AnAttemptOutlastsAShortPause) {
  Start({});
  network->Pause("server", "alice");
  const auto attempt = StartConnect(network->host("alice"), kServer);
  scheduler.RunFor(absl::Seconds(2));
  network->Resume("server", "alice");
  EXPECT_TRUE(RunUntil([&] { return attempt->answers > 0; }));
  EXPECT_TRUE(attempt->status.ok()) << attempt->status;
}

TEST_F(SimNetworkTest, APauseHoldsOneDirectionOfOnePairOfHosts) {
  Start({});
  auto [alice_stream, alice_server] = Join("alice");
  auto [bob_stream, bob_server] = Join("bob");
  Peer alice(std::move(alice_stream));
  Peer at_alice(std::move(alice_server));
  Peer bob(std::move(bob_stream));
  Peer at_bob(std::move(bob_server));
  network->Pause("alice", "server");
  for (Peer* peer : {&alice, &at_alice, &bob, &at_bob}) peer->Send("hello");
  scheduler.RunFor(absl::Seconds(1));
  EXPECT_EQ(at_alice.input(), "");
  EXPECT_EQ(alice.input(), "hello");
  EXPECT_EQ(at_bob.input(), "hello");
  network->Resume("alice", "server");
  scheduler.RunFor(absl::Seconds(1));
  EXPECT_EQ(at_alice.input(), "hello");
}

TEST_F(SimNetworkTest, AResetBetweenTwoHostsIsSeenByBoth) {
  Start({});
  auto [alice_stream, alice_server] = Join("alice");
  auto [bob_stream, bob_server] = Join("bob");
  Peer alice(std::move(alice_stream));
  Peer at_alice(std::move(alice_server));
  Peer bob(std::move(bob_stream));
  Peer at_bob(std::move(bob_server));
  EXPECT_EQ(network->ResetBetween("server", "alice"), 1U);
  scheduler.RunFor(absl::Seconds(1));
  EXPECT_EQ(alice.state(), IoStatus::kBroken);
  EXPECT_EQ(at_alice.state(), IoStatus::kBroken);
  EXPECT_EQ(alice.stream().broken_reason(), "connection reset by peer");
  EXPECT_EQ(bob.state(), IoStatus::kWouldBlock);
  EXPECT_EQ(at_bob.state(), IoStatus::kWouldBlock);
}

// As Linux does, unlike some other systems.
TEST_F(SimNetworkTest, BytesThatArrivedBeforeAResetAreStillRead) {
  Start({});
  auto [client, server] = Join("alice");
  EXPECT_EQ(WriteTo(*client, "hello").bytes, 5U);
  scheduler.RunFor(absl::Seconds(1));
  client->Reset();
  scheduler.RunFor(absl::Seconds(1));
  Peer reader(std::move(server));
  EXPECT_TRUE(RunUntil([&] { return reader.state() == IoStatus::kBroken; }));
  EXPECT_EQ(reader.input(), "hello");
}

TEST_F(SimNetworkTest, CloseWithUnreadInputSendsAReset) {
  Start({});
  auto [client, server] = Join("alice");
  EXPECT_EQ(WriteTo(*client, "unread").bytes, 6U);
  scheduler.RunFor(absl::Seconds(1));
  server.reset();
  Peer reader(std::move(client));
  EXPECT_TRUE(RunUntil([&] { return reader.state() == IoStatus::kBroken; }));
}

TEST_F(SimNetworkTest, AResetAfterTheEndMakesABrokenPipe) {
  Start({});
  auto [client, server] = Join("alice");
  server.reset();
  EXPECT_EQ(WriteTo(*client, "x").status, IoStatus::kProgress);
  scheduler.RunFor(absl::Seconds(1));
  EXPECT_EQ(WriteTo(*client, "x").status, IoStatus::kBroken);
  EXPECT_EQ(client->broken_reason(), "broken pipe");
  char byte = 0;
  EXPECT_EQ(client->Read({&byte, 1}).status, IoStatus::kEndOfStream);
}

TEST_F(SimNetworkTest, NothingIsLeftOnceBothEndsAreClosed) {
  Start({.link = {.latency = UniformLatency(absl::ZeroDuration(), absl::Milliseconds(10))}});
  for (int i = 0; i < 10; ++i) {
    auto [client, server] = Join("alice");
    Fill(*client);
    if (i % 2 == 0) server->Reset();
    if (i % 3 == 0) network->ResetBetween("alice", "server");
    if (i % 5 == 0) scheduler.RunFor(absl::Seconds(1));
  }
  EXPECT_GT(network->open_connections(), 0U);
  scheduler.RunFor(absl::Seconds(1));
  EXPECT_EQ(network->open_connections(), 0U);
  EXPECT_FALSE(scheduler.Step());
}

TEST_F(SimNetworkTest, MisuseIsAssertedInDebugBuilds) {
  Start({});
  EXPECT_DEBUG_DEATH(network->host("alice").Connect(kServer, nullptr), "done");
}

}  // namespace
}  // namespace chathttp::sim
