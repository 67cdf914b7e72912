// A server whose log says that it is gone, or that the room was restarted, while it serves.
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "chathttp/sim/network/sim_network.h"
#include "chathttp/transport/server/chat_server.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/transport/server/hand_log.h"
#include "tests/transport/server/raw_peer.h"
#include "tests/transport/server/server_world.h"

namespace chathttp {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

constexpr ServerNumber kOther{7};

class ExpelledServerTest : public ::testing::Test {
 protected:
  ExpelledServerTest()
      : scheduler_({}),
        network_(scheduler_, {}),
        server_(network_.host("server"), scheduler_, ServerOptions(), log_) {
    EXPECT_TRUE(server_.Listen(ServerWorld::endpoint()).ok());
    log_.Give({.kind = Command::Kind::kLogin,
               .server = kOther,
               .member = MemberIdOf(kOther, 1),
               .text = "Olga"});
    log_.Wake();
    Run();
  }

  void Run() { scheduler_.RunFor(absl::Milliseconds(50)); }

  std::unique_ptr<RawPeer> Connect(const std::string& host) {
    auto peer = std::make_unique<RawPeer>(network_.host(host), ServerWorld::endpoint());
    Run();
    return peer;
  }

  std::unique_ptr<RawPeer> Join(const std::string& name) {
    auto peer = Connect(name);
    peer->Send(RawRequest("ADD", name));
    Run();
    log_.GiveBack();
    Run();
    EXPECT_EQ(peer->last_code(), 200);
    return peer;
  }

  void Expel(ServerNumber next) {
    log_.open = false;
    log_.Give({.kind = Command::Kind::kServerGone, .server = log_.number});
    log_.Wake();
    Run();
    log_.number = next;
    log_.open = true;
    log_.Wake();
    Run();
  }

  void Restart() {
    log_.open = false;
    log_.Give({.kind = Command::Kind::kRestart});
    log_.Wake();
    Run();
    log_.open = true;
    log_.Wake();
    Run();
  }

  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const ChatRoom::Member& member : server_.room().members()) names.push_back(member.name);
    return names;
  }

  sim::VirtualScheduler scheduler_;
  sim::SimNetwork network_;
  HandLog log_;
  ChatServer server_;
};

TEST_F(ExpelledServerTest, EndsItsMembersAndServesOnUnderItsNextNumber) {
  const auto alice = Join("Alice");
  const auto bob = Connect("Bob");  // connected, not logged in
  Expel(ServerNumber{2});
  for (const auto* peer : {alice.get(), bob.get()}) {
    EXPECT_EQ(peer->last_code(), 500);
    EXPECT_THAT(peer->entities(), Contains("The server was away too long: connect again"));
    EXPECT_TRUE(peer->ended());
  }
  EXPECT_THAT(Names(), ElementsAre("Olga"));
  const auto again = Join("Alice");
  EXPECT_THAT(Names(), ElementsAre("Olga", "Alice"));
  EXPECT_EQ(ServerOf(*server_.room().IdOf("Alice")), ServerNumber{2});
  again->Send(RawRequest("POST", "Alice", "hi\n"));
  Run();
  log_.GiveBack();
  Run();
  EXPECT_THAT(again->entities(), Contains("[ Alice ] : hi\n"));
}

TEST_F(ExpelledServerTest, FreesTheNamesOfThoseWhoseConnectionsHaveEnded) {
  auto alice = Join("Alice");
  alice->Reset();
  Run();
  ASSERT_THAT(Names(), ElementsAre("Olga", "Alice"));  // its logout is on the way
  Expel(ServerNumber{2});
  EXPECT_THAT(Names(), ElementsAre("Olga"));
  log_.GiveBack();  // commands of the old number have no effect
  Run();
  EXPECT_THAT(Names(), ElementsAre("Olga"));
}

TEST_F(ExpelledServerTest, CommandsOnTheirWayAreAnsweredByTheEndAlone) {
  const auto alice = Join("Alice");
  alice->Send(RawRequest("POST", "Alice", "lost\n") + RawRequest("GET", "Alice"));
  Run();
  const auto carol = Connect("Carol");
  carol->Send(RawRequest("ADD", "Carol"));
  Run();
  const std::size_t before = alice->responses().size();
  Expel(ServerNumber{2});
  log_.GiveBack();
  Run();
  ASSERT_EQ(alice->responses().size(), before + 1);
  EXPECT_EQ(alice->last_code(), 500);
  EXPECT_EQ(carol->last_code(), 500);
  EXPECT_THAT(Names(), ElementsAre("Olga"));
}

TEST_F(ExpelledServerTest, WhoComesMeanwhileWaitsForTheNextNumber) {
  const auto alice = Join("Alice");
  log_.open = false;
  log_.Give({.kind = Command::Kind::kServerGone, .server = log_.number});
  log_.Wake();
  Run();
  const auto carol = Connect("Carol");
  carol->Send(RawRequest("ADD", "Carol"));
  Run();
  EXPECT_TRUE(log_.appended.empty());
  log_.number = ServerNumber{2};
  log_.open = true;
  log_.Wake();
  Run();
  ASSERT_EQ(log_.appended.size(), 1U);
  EXPECT_EQ(log_.appended.front().command.server, ServerNumber{2});
  log_.GiveBack();
  Run();
  EXPECT_EQ(carol->last_code(), 200);
}

TEST_F(ExpelledServerTest, ARestartEndsAllMembersOfAllServers) {
  const auto alice = Join("Alice");
  Restart();
  EXPECT_EQ(alice->last_code(), 500);
  EXPECT_THAT(alice->entities(), Contains("The room was restarted"));
  EXPECT_TRUE(alice->ended());
  EXPECT_THAT(Names(), ElementsAre());
  const auto again = Join("Alice");
  EXPECT_THAT(Names(), ElementsAre("Alice"));
}

TEST_F(ExpelledServerTest, NumbersBeginAgainAfterARestart) {
  log_.Give({.kind = Command::Kind::kServerGone, .server = kOther});
  log_.Wake();
  Run();
  ASSERT_THAT(Names(), ElementsAre());
  Restart();
  log_.Give({.kind = Command::Kind::kLogin,
             .server = kOther,
             .member = MemberIdOf(kOther, 1),
             .text = "Olga"});
  log_.Wake();
  Run();
  EXPECT_THAT(Names(), ElementsAre("Olga"));
}

TEST_F(ExpelledServerTest, AStopThatARestartOvertakesEndsAllTheSame) {
  const auto alice = Join("Alice");
  bool stopped = false;
  server_.Stop([&] { stopped = true; });
  Run();
  ASSERT_FALSE(stopped);  // its kServerGone is on the way
  Restart();
  EXPECT_THAT(alice->entities(), Contains("Server is shutting down"));
  scheduler_.RunFor(
      absl::Seconds(2));  // longer than the server lingers, shorter than its stop limit
  EXPECT_TRUE(stopped);
}

TEST_F(ExpelledServerTest, AStopThatTheLogDoesNotAnswerEndsAllTheSame) {
  const auto alice = Join("Alice");
  alice->Send(RawRequest("POST", "Alice", "on the way\n"));
  Run();
  bool stopped = false;
  server_.Stop([&] { stopped = true; });
  scheduler_.RunFor(absl::Seconds(1));
  EXPECT_FALSE(alice->ended());
  scheduler_.RunFor(absl::Seconds(2));
  EXPECT_THAT(alice->entities(), Contains("Server is shutting down"));
  EXPECT_TRUE(alice->end_of_stream());  // no reset
  EXPECT_TRUE(stopped);
}

TEST_F(ExpelledServerTest, WhoWaitsForTheLogIsNotLate) {
  const auto alice = Join("Alice");
  const auto early = Connect("Early");
  early->Send(RawRequest("ADD", "Early"));
  Run();  // its login is on the way
  log_.open = false;
  const auto late = Connect("Late");
  late->Send(RawRequest("ADD", "Late"));
  alice->Send(RawRequest("POST", "Alice", "hi\n"));
  scheduler_.RunFor(absl::Minutes(10));
  log_.open = true;
  log_.GiveBack();
  Run();
  log_.GiveBack();
  Run();
  EXPECT_EQ(early->last_code(), 200);
  EXPECT_EQ(late->last_code(), 200);
  EXPECT_THAT(alice->entities(), Contains("[ Alice ] : hi\n"));
}

}  // namespace
}  // namespace chathttp
