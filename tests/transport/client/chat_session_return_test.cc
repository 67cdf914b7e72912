// The session comes back to the real server, on simulated networks. The details are tested against
// the small server of chat_session_resume_test.cc.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "chathttp/transport/client/chat_session.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/transport/client/session_world.h"
#include "tests/transport/server/server_world.h"

namespace chathttp {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;
using ::testing::StartsWith;

class SessionReturn : public ServerWorldTest {
 protected:
  static bool RunUntilChatting(ServerWorld& world, const ChatSession& session) {
    return world.scheduler.RunUntil(
        [&] { return session.state() == ChatSession::State::kChatting; }, absl::Minutes(2));
  }
};
INSTANTIATE_TEST_SUITE_P(AllNetworks, SessionReturn, ::testing::ValuesIn(FastWorldKinds()),
                         WorldName);

TEST_P(SessionReturn, LossIsNoLeaving) {
  ServerWorld world(GetParam());
  Person alice(world, "alice");
  alice.Enter("Alice");
  Person bob(world, "bob");
  bob.Enter("Bob");
  world.network.ResetBetween("alice", "server");
  EXPECT_TRUE(bob.session.Say("missed").ok());
  world.scheduler.RunFor(absl::Seconds(10));
  EXPECT_THAT(bob.recorder.lines, ElementsAre("connected", "logged in Bob", "own Bob: missed"));
  EXPECT_THAT(alice.recorder.lines, Contains("again in Alice resumed replay 1"));
  EXPECT_EQ(alice.recorder.lines.back(), "past message Bob: missed");
}

TEST_P(SessionReturn, HistoryComesBeforeTheRest) {
  ServerWorld world(GetParam(), {.history = 100});
  Person bob(world, "bob");
  bob.Enter("Bob");
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(bob.session.Say(absl::StrCat(i)).ok());
  world.scheduler.RunFor(absl::Seconds(20));
  Person alice(world, "alice", {.history = 3});
  alice.Enter("Alice");
  EXPECT_TRUE(bob.session.Say("hello").ok());
  world.RunAWhile();
  EXPECT_THAT(alice.recorder.lines,
              ElementsAre("connected", "logged in Alice replay 3", "past message Bob: 2",
                          "past message Bob: 3", "past message Bob: 4", "message Bob: hello"));
}

// Neither side notices the cut before its limit of time.
TEST_P(SessionReturn, DeadLinkLosesNothing) {
  ServerWorld world(GetParam());
  Person alice(world, "alice");
  alice.Enter("Alice");
  Person bob(world, "bob");
  bob.Enter("Bob");
  world.network.Pause("alice", "server");
  world.network.Pause("server", "alice");
  EXPECT_TRUE(alice.session.Say("one").ok());
  EXPECT_TRUE(alice.session.Say("two").ok());
  EXPECT_TRUE(bob.session.Say("three").ok());
  world.scheduler.RunFor(absl::Seconds(35));
  world.network.Resume("alice", "server");
  world.network.Resume("server", "alice");
  ASSERT_TRUE(RunUntilChatting(world, alice.session));
  world.scheduler.RunFor(absl::Seconds(10));
  EXPECT_THAT(alice.recorder.lines, Not(Contains(StartsWith("maybe"))));
  EXPECT_EQ(bob.recorder.CountOf("message Alice: one"), 1u);
  EXPECT_EQ(bob.recorder.CountOf("message Alice: two"), 1u);
  EXPECT_THAT(bob.recorder.lines, Not(Contains("left Alice")));
}

TEST_P(SessionReturn, LeaveIsALeaving) {
  ServerWorld world(GetParam());
  Person alice(world, "alice");
  alice.Enter("Alice");
  RawPeer& watcher = world.Join("Watcher");
  alice.session.Leave();
  world.RunAWhile();
  EXPECT_EQ(alice.recorder.lines.back(), "ended");
  EXPECT_EQ(watcher.entities().back(), "Alice has just left the chat room...\n");
}

// What a recorder heard of texts, in order, whether past or not.
std::vector<std::string> Texts(const SessionRecorder& recorder) {
  std::vector<std::string> texts;
  for (const std::string& line : recorder.lines) {
    const bool said =
        line.find("message ") != std::string::npos || line.find("own ") != std::string::npos;
    if (said) texts.push_back(line.substr(line.find(": ") + 2));
  }
  return texts;
}

TEST_P(SessionReturn, WhateverBreaksEachTextIsHeardOnceByEachInOneOrder) {
  ServerWorld world(GetParam());
  std::vector<std::unique_ptr<Person>> people;
  const std::vector<std::string> hosts = {"alice", "bob", "carol"};
  for (const std::string& host : hosts) {
    people.push_back(std::make_unique<Person>(world, host));
    people.back()->Enter(host);
  }
  std::uint64_t drawn = 20151129;  // Knuth's MMIX generator
  const auto draw = [&drawn](std::size_t below) {
    drawn = drawn * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::size_t>((drawn >> 33u) % below);
  };
  constexpr int kRounds = 400;
  std::size_t said = 0;
  for (int round = 0; round < kRounds; ++round) {
    const std::size_t who = draw(hosts.size());
    if (people[who]->session.Say(absl::StrCat(hosts[who], " ", round)).ok()) ++said;
    if (draw(4) == 0) world.network.ResetBetween(hosts[draw(hosts.size())], "server");
    if (draw(20) == 0) {
      EXPECT_TRUE(people[draw(hosts.size())]->session.Reconnect().ok());
    }
    world.scheduler.RunFor(absl::Milliseconds(static_cast<int>(draw(1500))));
  }
  world.scheduler.RunFor(absl::Minutes(10));
  EXPECT_EQ(said, static_cast<std::size_t>(kRounds));
  const std::vector<std::string> texts = Texts(people[0]->recorder);
  EXPECT_EQ(texts.size(), said);
  for (const auto& person : people) {
    EXPECT_EQ(Texts(person->recorder), texts);
    EXPECT_THAT(person->recorder.lines, Not(Contains(StartsWith("maybe"))));
    EXPECT_THAT(person->recorder.lines, Not(Contains(StartsWith("left"))));
    EXPECT_THAT(person->recorder.lines, Contains(StartsWith("dropped")));
  }
}

}  // namespace
}  // namespace chathttp
