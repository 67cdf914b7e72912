// Members with sessions in a room in Redis: they return to any server, also to one that joins later, and
// no position names two broadcasts, whatever Redis forgets.
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "chathttp/sim/network/draw.h"
#include "chathttp/sim/network/sim_network.h"
#include "chathttp/transport/server/chat_server.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/adapters/redis/fake_redis.h"
#include "tests/adapters/redis/room_parts.h"
#include "tests/transport/server/raw_peer.h"
#include "tests/transport/server/returner.h"
#include "tests/transport/server/session_peer.h"

namespace chathttp::redis {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kLogOfRoom = "{room}:log";

// Servers of a room, and its Redis.
class SessionsRoom {
 public:
  explicit SessionsRoom(std::uint64_t seed = 1)
      : seed_(seed),
        scheduler_({.seed = seed}),
        network_(scheduler_, {.seed = seed,
                              .link = {.latency = sim::UniformLatency(absl::Microseconds(10),
                                                                      absl::Milliseconds(2))}}),
        redis_(network_.host("redis"), scheduler_, {"redis", 6379}) {}
  ~SessionsRoom() { peers_.clear(); }

  // Starts a server; the first one creates the room.
  Process& Start(std::uint64_t snapshot_every = 10'000) {
    RedisLog::Options options;
    options.create = processes_.empty();
    options.snapshot_every = snapshot_every;
    options.random = [draws = std::make_shared<sim::DrawSequence>(seed_, sim::Purpose::kSession,
                                                                  processes_.size())] {
      return draws->Bits();
    };
    processes_.push_back(std::make_unique<Process>(
        network_, scheduler_, static_cast<int>(processes_.size()) + 1, options));
    Run(absl::Milliseconds(300));
    return *processes_.back();
  }
  static void Stop(Process& process) {
    process.stopping = true;
    process.chat->Stop({});
  }

  RawPeer& Connect(const Process& process) {
    peers_.push_back(std::make_unique<RawPeer>(network_.host(absl::StrCat("peer-", peers_.size())),
                                               process.endpoint));
    Run(absl::Milliseconds(10));
    return *peers_.back();
  }
  RawPeer& Add(const Process& process, const std::string& name, const std::string& lines) {
    RawPeer& peer = Connect(process);
    peer.Send(AddRequest(name, lines));
    Run(absl::Milliseconds(100));
    EXPECT_TRUE(WelcomeOf(peer)) << name << " got " << peer.last_code();
    return peer;
  }
  void Say(RawPeer& peer, const std::string& name, const std::string& text) {
    peer.Send(RawRequest("POST", name, text + "\n"));
    Run(absl::Milliseconds(50));
  }
  void Run(absl::Duration duration) { scheduler_.RunFor(duration); }

  sim::SimNetwork& network() { return network_; }
  FakeRedis& redis() { return redis_; }
  std::vector<std::unique_ptr<Process>>& processes() { return processes_; }

 private:
  const std::uint64_t seed_;
  sim::VirtualScheduler scheduler_;
  sim::SimNetwork network_;
  FakeRedis redis_;
  std::vector<std::unique_ptr<Process>> processes_;
  std::vector<std::unique_ptr<RawPeer>> peers_;
};

chathttp::Position At(const RawPeer& peer) {
  return *chathttp::ParsePosition(*HeaderOf(*WelcomeOf(peer), "Position"));
}

// The header lines of a member that returns, which has heard so many broadcasts.
std::string Back(const RawPeer& peer, std::uint64_t heard) {
  chathttp::Position since = At(peer);
  since.count += heard;
  return absl::StrCat("Session: ", *HeaderOf(*WelcomeOf(peer), "Session"),
                      "\nSince: ", ToString(since), "\n");
}

std::optional<std::string> GapOf(const RawPeer& peer) { return HeaderOf(*WelcomeOf(peer), "Gap"); }

TEST(RedisSessionsTest, AMemberOfAKilledServerReturnsToAnotherOneAtOnce) {
  SessionsRoom room;
  Process& one = room.Start();
  Process& two = room.Start();
  RawPeer& bob = room.Add(two, "Bob", "");
  RawPeer& alice = room.Add(one, "Alice", "Session: new\n");
  room.Say(bob, "Bob", "heard");
  one.Kill();
  room.Say(bob, "Bob", "missed");
  RawPeer& back = room.Add(two, "Alice", Back(alice, 1));
  EXPECT_EQ(GapOf(back), std::nullopt);
  EXPECT_THAT(HeardBy(back), ElementsAre("[ Bob ] : missed\n"));
  room.Run(absl::Minutes(5));
  EXPECT_THAT(HeardBy(bob), ElementsAre("Alice has just entered the chat room...\n",
                                        "[ Bob ] : heard\n", "[ Bob ] : missed\n"));
}

TEST(RedisSessionsTest, WhatTheOldConnectionSaidAfterTheReturnIsVoid) {
  SessionsRoom room;
  Process& one = room.Start();
  Process& two = room.Start();
  RawPeer& bob = room.Add(two, "Bob", "");
  RawPeer& alice = room.Add(one, "Alice", "Session: new\n");
  room.network().Pause(one.host, "redis");
  room.Say(alice, "Alice", "too late");
  RawPeer& back = room.Add(two, "Alice", Back(alice, 0));
  room.network().Resume(one.host, "redis");
  room.Run(absl::Seconds(1));
  room.Say(back, "Alice", "again");
  EXPECT_THAT(HeardBy(back), ElementsAre("[ Alice ] : again\n"));
  EXPECT_THAT(HeardBy(bob),
              ElementsAre("Alice has just entered the chat room...\n", "[ Alice ] : again\n"));
  EXPECT_TRUE(alice.ended());
}

TEST(RedisSessionsTest, AMemberThatDoesNotReturnLeavesOnce) {
  SessionsRoom room;
  Process& one = room.Start();
  Process& two = room.Start();
  Process& three = room.Start();
  Process& four = room.Start();
  RawPeer& bob = room.Add(two, "Bob", "");
  room.Add(one, "Alice", "Session: new\n");
  room.Add(one, "Carl", "");
  one.Kill();
  room.Run(absl::Seconds(9));
  EXPECT_THAT(HeardBy(bob), Contains("Carl has just left the chat room...\n"));
  for (Process* const process : {&two, &three, &four}) EXPECT_EQ(process->chat->away(), 1U);
  three.Kill();  // the others have counted the limit, too
  room.Run(absl::Seconds(115));
  EXPECT_THAT(HeardBy(bob), Not(Contains("Alice has just left the chat room...\n")));
  room.Run(absl::Seconds(10));
  const std::vector<std::string> heard = HeardBy(bob);
  EXPECT_EQ(std::count(heard.begin(), heard.end(), "Alice has just left the chat room...\n"), 1);
  EXPECT_EQ(two.chat->position(), four.chat->position());
  EXPECT_EQ(two.chat->away() + four.chat->away(), 0U);
}

TEST(RedisSessionsTest, AServerThatJoinsAtASnapshotKnowsTheSessionsAndTellsTheGap) {
  SessionsRoom room;
  Process& one = room.Start(10);
  RawPeer& bob = room.Add(one, "Bob", "");
  RawPeer& alice = room.Add(one, "Alice", "Session: new\n");
  RawPeer& carl = room.Add(one, "Carl", "Session: new\n");
  RawPeer& dora = room.Add(one, "Dora", "Session: new\n");
  for (int i = 0; i < 40; ++i) room.Say(bob, "Bob", absl::StrCat(i));
  ASSERT_THAT(room.redis().trims(), Not(IsEmpty()));
  Process& two = room.Start(10);
  EXPECT_EQ(two.chat->position(), one.chat->position());
  RawPeer& back = room.Add(two, "Alice", Back(alice, 2 + 5));  // Carl, Dora and five texts
  EXPECT_EQ(GapOf(back), "35");
  RawPeer& current = room.Add(two, "Carl", Back(carl, 1 + 40));
  EXPECT_EQ(GapOf(current), std::nullopt);
  EXPECT_THAT(HeardBy(current), IsEmpty());
  // The server knows whose member it is: when that server is killed, the member is away.
  one.Kill();
  room.Run(absl::Seconds(9));
  EXPECT_EQ(two.chat->away(), 1U);
  EXPECT_EQ(GapOf(room.Add(two, "Dora", Back(dora, 40))), std::nullopt);
}

TEST(RedisSessionsTest, AServerThatJoinsKnowsHowOftenAMemberHasReturned) {
  SessionsRoom room;
  Process& one = room.Start(10);
  Process& two = room.Start(10);
  RawPeer& bob = room.Add(one, "Bob", "");
  RawPeer& alice = room.Add(one, "Alice", "Session: new\n");
  RawPeer& back = room.Add(two, "Alice", Back(alice, 0));
  for (int i = 0; i < 40; ++i) room.Say(bob, "Bob", absl::StrCat(i));
  Process& three = room.Start(10);
  room.Say(back, "Alice", "from two");
  EXPECT_EQ(three.chat->position(), two.chat->position());
  RawPeer& again = room.Add(three, "Alice", Back(back, 41));
  EXPECT_EQ(GapOf(again), std::nullopt);
  room.Say(again, "Alice", "from three");
  EXPECT_THAT(HeardBy(bob), Contains("[ Alice ] : from two\n"));
  EXPECT_THAT(HeardBy(bob), Contains("[ Alice ] : from three\n"));
}

TEST(RedisSessionsTest, WhoIsAwayInASnapshotLeavesAfterTheLimit) {
  SessionsRoom room;
  Process& one = room.Start(10);
  Process& two = room.Start(10);
  RawPeer& bob = room.Add(two, "Bob", "");
  room.Add(one, "Alice", "Session: new\n");
  one.Kill();
  room.Run(absl::Seconds(9));
  for (int i = 0; i < 40; ++i) room.Say(bob, "Bob", absl::StrCat(i));
  Process& three = room.Start(10);
  RawPeer& carl = room.Add(three, "Carl", "");
  EXPECT_EQ(three.chat->away(), 1U);
  two.Kill();
  room.Run(absl::Minutes(3));
  EXPECT_EQ(three.chat->away(), 0U);
  EXPECT_THAT(HeardBy(carl), ElementsAre("Bob has just left the chat room...\n",
                                         "Alice has just left the chat room...\n"));
}

TEST(RedisSessionsTest, MembersReturnToAServerThatStartsAfterAllHaveEnded) {
  for (const bool kill : {true, false}) {
    SessionsRoom room;
    Process& one = room.Start();
    RawPeer& bob = room.Add(one, "Bob", "");
    RawPeer& alice = room.Add(one, "Alice", "Session: new\n");
    room.Say(bob, "Bob", "heard");
    room.Say(bob, "Bob", "missed");
    kill ? one.Kill() : SessionsRoom::Stop(one);
    room.Run(absl::Minutes(10));
    Process& two = room.Start();
    RawPeer& back = room.Add(two, "Alice", Back(alice, 1));
    EXPECT_EQ(GapOf(back), std::nullopt) << "its epoch has ended, which is known";
    EXPECT_GT(At(back).epoch, At(alice).epoch) << "nobody knows whether Redis has lost entries";
    EXPECT_THAT(HeardBy(back), Contains("[ Bob ] : missed\n"));
    room.Run(absl::Seconds(10));
    EXPECT_THAT(HeardBy(back), Contains("Bob has just left the chat room...\n"));
  }
}

TEST(RedisSessionsTest, WhatIsLostWhileNoServerIsUpGetsNoOtherBroadcastForItsPosition) {
  for (const bool kill : {true, false}) {
    SessionsRoom room;
    Process& one = room.Start();
    RawPeer& bob = room.Add(one, "Bob", "");
    RawPeer& alice = room.Add(one, "Alice", "Session: new\n");
    room.Say(bob, "Bob", "kept");
    const std::size_t kept = room.redis().all(kLogOfRoom).size();
    room.Say(bob, "Bob", "lost");
    kill ? one.Kill() : SessionsRoom::Stop(one);
    room.Run(absl::Minutes(1));
    room.redis().LoseTail(kLogOfRoom, room.redis().all(kLogOfRoom).size() - kept);
    Process& two = room.Start();
    RawPeer& dora = room.Add(two, "Dora", "");
    room.Say(dora, "Dora", "other");
    RawPeer& back = room.Add(two, "Alice", Back(alice, 2));
    EXPECT_EQ(GapOf(back), "unknown");
    EXPECT_GT(At(back).epoch, At(alice).epoch);
  }
}

TEST(RedisSessionsTest, AfterALossAllServersHaveOnePositionInAFurtherEpoch) {
  SessionsRoom room;
  Process& one = room.Start();
  Process& two = room.Start();
  RawPeer& bob = room.Add(one, "Bob", "");
  RawPeer& alice = room.Add(two, "Alice", "Session: new\n");
  room.Say(bob, "Bob", "both have read this");
  const std::size_t kept = room.redis().all(kLogOfRoom).size();
  room.network().Partition(two.host, "redis");
  room.Say(bob, "Bob", "only one has read this");
  const chathttp::Position before = one.chat->position();
  ASSERT_NE(two.chat->position(), before);
  room.redis().LoseTail(kLogOfRoom, room.redis().all(kLogOfRoom).size() - kept);
  room.redis().Cut();
  room.network().Heal(two.host, "redis");
  room.Run(absl::Seconds(10));
  EXPECT_TRUE(bob.ended());
  EXPECT_TRUE(alice.ended());
  EXPECT_EQ(one.chat->position(), two.chat->position());
  EXPECT_EQ(one.chat->position().count, 0U);
  EXPECT_GT(one.chat->position().epoch, before.epoch);
  RawPeer& back = room.Add(one, "Alice", Back(alice, 1));
  EXPECT_EQ(GapOf(back), "unknown");
  EXPECT_NE(HeaderOf(*WelcomeOf(back), "Session"), HeaderOf(*WelcomeOf(alice), "Session"));
  EXPECT_EQ(one.chat->position(), two.chat->position());
}

TEST(RedisSessionsTest, ARoomThatIsMadeAgainHasAnotherEpoch) {
  SessionsRoom room;
  Process& one = room.Start();
  RawPeer& alice = room.Add(one, "Alice", "Session: new\n");
  one.Kill();
  room.redis().DeleteKey(kLogOfRoom);
  room.processes().clear();
  Process& two = room.Start();
  RawPeer& back = room.Add(two, "Alice", Back(alice, 0));
  EXPECT_EQ(GapOf(back), "unknown");
  EXPECT_GT(At(back).epoch, At(alice).epoch);
}

TEST(RedisSessionsTest, AServerThatWasAwayTooLongTakesTheRoomFromTheSnapshot) {
  SessionsRoom room;
  Process& one = room.Start(10);
  Process& two = room.Start(10);
  RawPeer& bob = room.Add(one, "Bob", "");
  RawPeer& alice = room.Add(one, "Alice", "Session: new\n");
  room.network().Partition(two.host, "redis");
  for (int i = 0; i < 200; ++i) room.Say(bob, "Bob", absl::StrCat(i));
  room.network().Heal(two.host, "redis");
  room.Run(absl::Seconds(10));
  EXPECT_EQ(one.chat->position(), two.chat->position());
  RawPeer& back = room.Add(two, "Alice", Back(alice, 200));
  EXPECT_EQ(GapOf(back), std::nullopt);
}

// ---- Drawn faults -----------------------------------------------------------------------------

class DrawnRoom {
 public:
  explicit DrawnRoom(std::uint64_t seed)
      : room_(seed),
        draws_(seed, sim::Purpose::kGenerate, 2),
        loses_(Draw(1) == 0),
        snapshot_every_(8 + Draw(60)) {
    for (int i = 0; i < 3; ++i) room_.Start(snapshot_every_);
    for (const char* const name : {"Alice", "Bob", "Carl", "Dora"}) {
      members_.push_back(std::make_unique<Returner>([this]() -> RawPeer& { return Connect(); },
                                                    name, static_cast<int>(Draw(1)) * 20));
      members_.back()->OnHeard([this](const chathttp::Position& at, const std::string& entity) {
        ++heard_;
        const auto known = truth_.try_emplace({at.epoch, at.count}, entity).first;
        EXPECT_EQ(known->second, entity) << "at " << ToString(at);
      });
    }
    Settle();
  }

  void Act() {
    for (const auto& member : members_) {
      if (member->chats() && Draw(1) == 0) {
        member->peer().Send(RawRequest("POST", member->name(), absl::StrCat(++texts_, "\n")));
      }
      if (Draw(9) == 0) Lose(*member, static_cast<int>(Draw(4)));
    }
    if (Draw(5) == 0) Disturb();
    room_.Run(absl::Milliseconds(Draw(14) == 0 ? 9000 : static_cast<int>(Draw(100))));
    for (const auto& member : members_) {
      member->Read();
      if (member->peer().ended()) Lose(*member, 4);
    }
  }

  // Ends all faults, and lets all members come back.
  void Settle() {
    Heal();
    room_.Run(absl::Seconds(20));
    for (int tries = 0; tries < 20; ++tries) {
      bool all = true;
      for (const auto& member : members_) {
        member->Read();
        if (member->chats() && !member->peer().ended()) continue;
        all = false;
        Lose(*member, 4);
      }
      if (all) return;
      room_.Run(absl::Seconds(10));
    }
    for (const auto& member : members_) {
      if (member->chats() && !member->peer().ended()) continue;
      ADD_FAILURE() << member->name() << " did not come back: "
                    << (member->peer().responses().empty()
                            ? "no response"
                            : member->peer().responses().back().entity);
    }
  }

  void Check() {
    std::optional<chathttp::Position> position;
    for (const auto& process : room_.processes()) {
      EXPECT_EQ(process->failure, "");
      if (!process->serves()) continue;
      if (!position) position = process->chat->position();
      EXPECT_EQ(process->chat->position(), *position) << process->host;
    }
    for (const auto& member : members_) {
      gaps_ += member->gaps();
      const std::vector<std::string>& heard = member->heard();
      for (const std::string& entity : heard) {
        if (!entity.starts_with("[ ")) continue;
        EXPECT_EQ(std::count(heard.begin(), heard.end(), entity), 1) << member->name() << entity;
      }
    }
  }

  bool loses() const { return loses_; }
  std::uint64_t heard() const { return heard_; }
  int gaps() const { return gaps_; }
  int kills() const { return kills_; }
  int losses() const { return losses_; }

 private:
  std::uint64_t Draw(std::uint64_t most) { return draws_.Uniform(0, most); }

  Process& AnyProcess() {
    std::vector<Process*> serving;
    for (const auto& process : room_.processes()) {
      if (process->serves() && !process->chat->endpoints().empty())
        serving.push_back(process.get());
    }
    return *serving[Draw(serving.size() - 1)];
  }
  RawPeer& Connect() { return room_.Connect(AnyProcess()); }

  void Disturb() {
    Process& process = AnyProcess();
    switch (Draw(7)) {
      case 0:
        return room_.redis().Cut();
      case 1:
        return Pause(process.host, "redis");
      case 2:
        return Pause("redis", process.host);
      case 3:
        return Heal();
      case 4:
        return room_.redis().DoubleAppends(kLogOfRoom, static_cast<int>(1 + Draw(3)));
      case 5:
        return room_.redis().SwallowAppends(kLogOfRoom, 1);
      case 6:
        return loses_ ? LoseTail() : Kill(process);
      default:
        if (room_.processes().size() < 8) room_.Start(snapshot_every_);
    }
  }

  // A client that does not know its token yet must end its connection: it could not take that over.
  static void Lose(Returner& member, int way) {
    constexpr int kClose = 2;
    member.Read();
    member.Lose(member.chats() ? way : kClose);
  }

  void Pause(const std::string& from, const std::string& to) {
    if (paused_.insert({from, to}).second) room_.network().Pause(from, to);
  }
  void Heal() {
    for (const auto& [from, to] : std::exchange(paused_, {})) room_.network().Resume(from, to);
  }

  void Kill(Process& process) {
    std::size_t serving = 0;
    for (const auto& each : room_.processes()) serving += each->serves() ? 1 : 0;
    if (serving < 3) return;
    ++kills_;
    Draw(1) == 0 ? process.Kill() : SessionsRoom::Stop(process);
  }

  // Not with killed servers: if Redis forgets what only they have read, nobody can know.
  void LoseTail() {
    const std::size_t entries = room_.redis().stream(kLogOfRoom)->entries.size();
    const std::size_t count = 1 + Draw(10);
    if (losses_ == 2 || entries < count + 5) return;
    ++losses_;
    room_.redis().LoseTail(kLogOfRoom, count);
    room_.redis().Cut();
  }

  SessionsRoom room_;
  sim::DrawSequence draws_;
  const bool loses_;
  const std::uint64_t snapshot_every_;
  std::vector<std::unique_ptr<Returner>> members_;
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::string> truth_;
  std::set<std::pair<std::string, std::string>> paused_;
  int texts_ = 0;
  std::uint64_t heard_ = 0;
  int gaps_ = 0;
  int kills_ = 0;
  int losses_ = 0;
};

TEST(RedisSessionsTest, NoPositionNamesTwoBroadcastsWhateverRedisDoes) {
  const char* const given = std::getenv("CHATHTTP_SEEDS");
  int seeds = 60;
  ASSERT_TRUE(given == nullptr || absl::SimpleAtoi(given, &seeds));
  std::uint64_t heard = 0;
  int kills = 0;
  int losses = 0;
  int gaps = 0;
  for (int seed = 1; seed <= seeds; ++seed) {
    SCOPED_TRACE(seed);
    DrawnRoom room(static_cast<std::uint64_t>(seed));
    for (int step = 0; step < 60; ++step) room.Act();
    room.Settle();
    room.Check();
    heard += room.heard();
    kills += room.kills();
    losses += room.losses();
    gaps += room.gaps();
    if (testing::Test::HasFailure()) break;
  }
  std::cerr << seeds << " seeds: " << heard << " heard, " << kills << " kills, " << losses
            << " losses, " << gaps << " gaps\n";
  EXPECT_GT(heard, 100U * static_cast<unsigned>(seeds));
  EXPECT_GT(kills, seeds / 4);
  EXPECT_GT(losses, seeds / 4);
}

}  // namespace
}  // namespace chathttp::redis
