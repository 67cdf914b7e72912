// Several servers of one room: a member that loses its connection, or its server, returns to any other
// one, and hears each broadcast exactly once, in the one order.
#include <cstdlib>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "chathttp/sim/network/sim_log.h"
#include "chathttp/sim/network/sim_network.h"
#include "chathttp/transport/server/chat_server.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/transport/server/raw_peer.h"
#include "tests/transport/server/returner.h"
#include "tests/transport/server/server_world.h"
#include "tests/transport/server/session_peer.h"

namespace chathttp {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

class ServersOfARoom {
 public:
  ServersOfARoom(std::uint32_t count, const sim::SimLog::Options& log)
      : scheduler_({.seed = log.seed}),
        network_(scheduler_, {.seed = log.seed}),
        log_(scheduler_, log) {
    for (std::uint32_t i = 1; i <= count; ++i) {
      servers_.push_back(std::make_unique<ChatServer>(
          network_.host(HostOf(i)), scheduler_, ServerOptions(), log_.AddServer(ServerNumber{i})));
      servers_.back()->UseSessions(entropy_);
      EXPECT_TRUE(servers_.back()->Listen(EndpointOf(i)).ok());
    }
  }

  RawPeer& Connect(std::uint32_t server) {
    peers_.push_back(std::make_unique<RawPeer>(network_.host(absl::StrCat("peer-", peers_.size())),
                                               EndpointOf(server)));
    Run(absl::Milliseconds(1));
    return *peers_.back();
  }
  RawPeer& Add(std::uint32_t server, const std::string& name, const std::string& lines) {
    RawPeer& peer = Connect(server);
    peer.Send(AddRequest(name, lines));
    Run(absl::Milliseconds(200));
    return peer;
  }
  void Kill(std::uint32_t server) {
    log_.Kill(ServerNumber{server}, absl::Milliseconds(40));
    servers_[server - 1].reset();
  }
  void Run(absl::Duration duration) { scheduler_.RunFor(duration); }

  ChatServer& server(std::uint32_t number) { return *servers_[number - 1]; }
  bool serves(std::uint32_t number) const { return servers_[number - 1] != nullptr; }
  sim::SimLog& log() { return log_; }

 private:
  static std::string HostOf(std::uint32_t number) { return absl::StrCat("server-", number); }
  static Endpoint EndpointOf(std::uint32_t number) { return {HostOf(number), 9994}; }

  sim::VirtualScheduler scheduler_;
  sim::SimNetwork network_;
  CountingEntropy entropy_;
  sim::SimLog log_;
  std::vector<std::unique_ptr<ChatServer>> servers_;
  std::vector<std::unique_ptr<RawPeer>> peers_;
};

std::string Back(const RawPeer& peer, std::uint64_t heard) {
  Position since = *ParsePosition(*HeaderOf(*WelcomeOf(peer), "Position"));
  since.count += heard;
  return absl::StrCat("Session: ", *HeaderOf(*WelcomeOf(peer), "Session"),
                      "\nSince: ", ToString(since), "\n");
}

TEST(SeveralServersSessions, AMemberReturnsToAnotherServerWithoutANotice) {
  ServersOfARoom room(2, {.max_delay = absl::Milliseconds(5)});
  RawPeer& bob = room.Add(1, "Bob", "");
  RawPeer& alice = room.Add(1, "Alice", "Session: new\n");
  RawPeer& back = room.Add(2, "Alice", Back(alice, 0));
  EXPECT_TRUE(alice.ended());
  EXPECT_EQ(back.last_code(), 200);
  EXPECT_FALSE(HeaderOf(*WelcomeOf(back), "Gap"));
  back.Send(RawRequest("POST", "Alice", "from the other server\n"));
  bob.Send(RawRequest("POST", "Bob", "hello\n"));
  room.Run(absl::Seconds(1));
  EXPECT_THAT(HeardBy(bob), Not(Contains("Alice has just left the chat room...\n")));
  EXPECT_THAT(HeardBy(bob), Contains("[ Alice ] : from the other server\n"));
  EXPECT_EQ(HeardBy(back).size(), 2U);
  EXPECT_FALSE(room.server(1).OwnConnection(*room.server(1).room().IdOf("Alice")));
  EXPECT_TRUE(room.server(2).OwnConnection(*room.server(2).room().IdOf("Alice")));
  back.Send(RawRequest("DELETE", "Alice"));
  room.Run(absl::Seconds(1));
  EXPECT_THAT(HeardBy(bob), Contains("Alice has just left the chat room...\n"));
}

TEST(SeveralServersSessions, MembersOfAServerThatIsGoneAreAwayAndTheOthersLeave) {
  ServersOfARoom room(3, {.max_delay = absl::Milliseconds(5)});
  RawPeer& bob = room.Add(1, "Bob", "");
  RawPeer& alice = room.Add(2, "Alice", "Session: new\n");
  room.Add(2, "Carl", "");
  room.Add(2, "Dora", "Session: new\n");
  room.Kill(2);
  room.Run(absl::Seconds(1));
  EXPECT_THAT(HeardBy(bob), Contains("Carl has just left the chat room...\n"));
  EXPECT_EQ(room.server(1).away(), 2U);
  RawPeer& back = room.Add(3, "Alice", Back(alice, 2));
  EXPECT_EQ(HeaderOf(*WelcomeOf(back), "Gap"), std::nullopt);
  EXPECT_THAT(HeardBy(back), ElementsAre("Carl has just left the chat room...\n"));
  EXPECT_EQ(room.server(1).away(), 1U);
  room.Run(absl::Minutes(3));
  const std::vector<std::string> heard = HeardBy(bob);
  EXPECT_EQ(std::count(heard.begin(), heard.end(), "Dora has just left the chat room...\n"), 1);
  EXPECT_THAT(heard, Not(Contains("Alice has just left the chat room...\n")));
  EXPECT_EQ(room.server(1).position(), room.server(3).position());
}

TEST(SeveralServersSessions, WhatTheOldConnectionSaidAfterTheReturnIsVoid) {
  ServersOfARoom room(2, {});
  RawPeer& bob = room.Add(1, "Bob", "");
  RawPeer& alice = room.Add(1, "Alice", "Session: new\n");
  room.log().SetExtraDelay(ServerNumber{1}, absl::Milliseconds(50));
  alice.Send(RawRequest("POST", "Alice", "too late\n"));
  room.Run(absl::Milliseconds(5));
  RawPeer& back = room.Add(2, "Alice", Back(alice, 0));
  back.Send(RawRequest("POST", "Alice", "again\n"));
  room.Run(absl::Seconds(1));
  EXPECT_THAT(HeardBy(back), ElementsAre("[ Alice ] : again\n"));
  EXPECT_THAT(HeardBy(bob), Not(Contains("[ Alice ] : too late\n")));
}

TEST(SeveralServersSessions, AServerThatWasAwayKeepsTheMembersOfTheOthers) {
  ServersOfARoom room(2, {.away = absl::Seconds(2)});
  RawPeer& bob = room.Add(1, "Bob", "");
  RawPeer& alice = room.Add(2, "Alice", "Session: new\n");
  room.Add(2, "Carl", "");
  room.log().Cut(ServerNumber{2});
  room.Run(absl::Seconds(3));
  room.log().Heal(ServerNumber{2});
  room.Run(absl::Seconds(1));
  EXPECT_TRUE(alice.ended());
  RawPeer& back = room.Add(2, "Alice", Back(alice, 1));
  EXPECT_EQ(HeaderOf(*WelcomeOf(back), "Gap"), std::nullopt);
  EXPECT_THAT(HeardBy(back), ElementsAre("Carl has just left the chat room...\n"));
  EXPECT_THAT(HeardBy(bob), Not(Contains("Alice has just left the chat room...\n")));
  EXPECT_EQ(room.server(1).position(), room.server(2).position());
}

TEST(SeveralServersSessions, ARestartOfTheRoomEndsAllSessions) {
  ServersOfARoom room(2, {});
  RawPeer& alice = room.Add(1, "Alice", "Session: new\n");
  const Position before = room.server(2).position();
  room.log().Restart();
  room.Run(absl::Seconds(1));
  EXPECT_TRUE(alice.ended());
  EXPECT_THAT(room.server(2).room().members(), IsEmpty());
  RawPeer& back = room.Add(2, "Alice", Back(alice, 0));
  EXPECT_EQ(HeaderOf(*WelcomeOf(back), "Gap"), "unknown");
  EXPECT_GT(room.server(2).position().epoch, before.epoch);
  EXPECT_EQ(room.server(1).position(), room.server(2).position());
}

TEST(SeveralServersSessions, EachBroadcastIsHeardOnceInOrder) {
  const char* const given = std::getenv("CHATHTTP_SEEDS");
  int seeds = 60;
  ASSERT_TRUE(given == nullptr || absl::SimpleAtoi(given, &seeds));
  int losses = 0;
  int kills = 0;
  for (int seed = 1; seed <= seeds; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 dice(static_cast<unsigned>(seed));
    const auto draw = [&dice](int most) { return static_cast<int>(dice() % (most + 1U)); };
    ServersOfARoom room(
        3, {.seed = static_cast<std::uint64_t>(seed), .max_delay = absl::Milliseconds(draw(20))});
    RawPeer& witness = room.Add(1, "Witness", "");
    const auto any_server = [&] {
      const auto server = static_cast<std::uint32_t>(1 + draw(2));
      return room.serves(server) ? server : 1;
    };
    const auto connect = [&]() -> RawPeer& {
      RawPeer& peer = room.Connect(any_server());
      room.Run(absl::Milliseconds(2));
      return peer;
    };
    std::vector<std::unique_ptr<Returner>> members;
    for (const char* name : {"Alice", "Bob", "Carl"}) {
      members.push_back(std::make_unique<Returner>(connect, name, 0));
      room.Run(absl::Milliseconds(300));
      members.back()->Read();
      ASSERT_TRUE(members.back()->chats());
    }
    for (int round = 0; round < 30; ++round) {
      witness.Send(RawRequest("POST", "Witness", absl::StrCat(round, "\n")));
      for (const auto& member : members) {
        if (draw(1) == 0) {
          member->peer().Send(RawRequest("POST", member->name(), absl::StrCat(dice(), "\n")));
        }
        if (draw(5) > 0) continue;
        ++losses;
        member->Lose(draw(4));
      }
      room.Run(absl::Milliseconds(draw(60)));
      if (draw(29) == 0 && room.serves(2)) {
        ++kills;
        room.Kill(2);
      }
      for (const auto& member : members) {
        member->Read();
        if (member->peer().ended()) member->Lose(4);
      }
    }
    room.Run(absl::Seconds(2));
    for (const auto& member : members) {
      member->Read();
      if (member->peer().ended()) member->Lose(4);
      room.Run(absl::Seconds(2));
      member->Read();
    }
    const std::vector<std::string> order = HeardBy(witness);
    for (const auto& member : members) {
      ASSERT_TRUE(member->chats()) << member->name();
      ASSERT_EQ(member->gaps(), 0) << member->name();
      const std::string entered = member->name() + " has just entered the chat room...\n";
      const auto own = std::find(order.begin(), order.end(), entered);
      ASSERT_NE(own, order.end());
      ASSERT_EQ(std::count(order.begin(), order.end(), entered), 1);
      ASSERT_EQ(member->heard(), std::vector<std::string>(own + 1, order.end())) << member->name();
    }
  }
  EXPECT_GT(losses, 3 * seeds);
  EXPECT_GT(kills, seeds / 4);
}

}  // namespace
}  // namespace chathttp
