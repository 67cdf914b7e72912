// The server on the simulated network: the responses to what a peer sends.
#include "chathttp/transport/server/chat_server.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/transport/server/server_world.h"

namespace chathttp {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

using ChatServerTest = ServerWorldTest;
INSTANTIATE_TEST_SUITE_P(AllNetworks, ChatServerTest, ::testing::ValuesIn(AllWorldKinds()),
                         WorldName);

TEST_P(ChatServerTest, GreetsEveryConnectionOnce) {
  ServerWorld world(GetParam());
  RawPeer& peer = world.Connect();
  world.RunAWhile();
  ASSERT_EQ(peer.responses().size(), 1u);
  EXPECT_EQ(peer.responses()[0].code, 202);
  EXPECT_EQ(peer.entities()[0], "test");
}

TEST_P(ChatServerTest, SeedConversationGoesAsOnTheProtocolPage) {
  ServerWorld world(GetParam());
  RawPeer& alice = world.Join("Alice");
  RawPeer& soros = world.Join("Soros");
  world.RunAWhile();
  alice.Send(RawRequest("POST", "Alice", "Hello, everyone!\n"));
  world.RunAWhile();
  soros.Send(RawRequest("GET", "Soros"));
  world.RunAWhile();
  soros.Send(RawRequest("DELETE", "Soros"));
  world.RunAWhile();
  EXPECT_THAT(
      alice.entities(),
      ElementsAre("test", "OK...^.^", "Soros has just entered the chat room...\n",
                  "[ Alice ] : Hello, everyone!\n", "Soros has just left the chat room...\n"));
  EXPECT_THAT(soros.entities(), ElementsAre("test", "OK...^.^", "[ Alice ] : Hello, everyone!\n",
                                            "Online users:\nAlice\nSoros\n", "OK...^.^"));
}

TEST_P(ChatServerTest, PipelinedRequestsAreAnsweredInOrder) {
  ServerWorld world(GetParam());
  RawPeer& alice = world.Connect();
  alice.Send(RawRequest("ADD", "Alice") + RawRequest("POST", "Alice", "one\n") +
             RawRequest("GET", "Alice") + RawRequest("POST", "Alice", "two\n") +
             RawRequest("FOO", "Alice") + RawRequest("DELETE", "Alice") +
             RawRequest("ADD", "Alicia") + RawRequest("GET", "Alicia"));
  world.RunAWhile();
  EXPECT_THAT(alice.entities(),
              ElementsAre("test", "OK...^.^", "[ Alice ] : one\n", "Online users:\nAlice\n",
                          "[ Alice ] : two\n", "Unknown...TAT", "OK...^.^", "OK...^.^",
                          "Online users:\nAlicia\n"));
}

TEST_P(ChatServerTest, EveryoneGetsTheSameBytesInTheSameOrder) {
  ServerWorld world(GetParam());
  std::vector<RawPeer*> members;
  for (const char* name : {"a", "b", "c", "d"}) members.push_back(&world.Join(name));
  world.RunAWhile();
  std::vector<std::size_t> before;
  before.reserve(members.size());
  for (RawPeer* member : members) before.push_back(member->received().size());
  const std::string names = "abcd";
  for (int i = 0; i < 20; ++i) {
    for (std::size_t m = 0; m < members.size(); ++m) {
      members[m]->Send(RawRequest("POST", names.substr(m, 1), "text " + std::to_string(i) + "\n"));
    }
  }
  world.scheduler.RunFor(absl::Seconds(30));
  const std::string first = members[0]->received().substr(before[0]);
  EXPECT_EQ(members[0]->responses().size(), 2u + 3u + 80u);
  for (std::size_t m = 1; m < members.size(); ++m) {
    EXPECT_EQ(members[m]->received().substr(before[m]), first) << m;
  }
}

TEST_P(ChatServerTest, TakenNameGets401AndTheConnectionStays) {
  ServerWorld world(GetParam());
  world.Join("Alice");
  RawPeer& other = world.Connect();
  other.Send(RawRequest("ADD", "ALICE") + RawRequest("ADD", "root") + RawRequest("ADD", "Bob"));
  world.RunAWhile();
  ASSERT_EQ(other.responses().size(), 4u);
  EXPECT_EQ(other.responses()[1].code, 401);
  EXPECT_THAT(other.responses()[1].head, HasSubstr("HTTP/1.1 401 User Name Exist\n"));
  EXPECT_EQ(other.responses()[1].entity, "Error...T.T");
  EXPECT_EQ(other.responses()[2].code, 401);
  EXPECT_EQ(other.responses()[3].code, 200);
}

TEST_P(ChatServerTest, MalformedOrMissingNameGets400AndTheConnectionStays) {
  ServerWorld world(GetParam());
  RawPeer& peer = world.Connect();
  peer.Send(RawRequest("ADD", "Al ice") + "ADD h HTTP/1.1\n\n" + RawRequest("ADD", "Alice"));
  world.RunAWhile();
  ASSERT_EQ(peer.responses().size(), 4u);
  EXPECT_EQ(peer.responses()[1].code, 400);
  EXPECT_THAT(peer.entities()[1], HasSubstr("cannot contain space"));
  EXPECT_EQ(peer.responses()[2].code, 400);
  EXPECT_THAT(peer.entities()[2], HasSubstr("User_Agent is missing"));
  EXPECT_EQ(peer.responses()[3].code, 200);
}

TEST_P(ChatServerTest, AnythingButAddBeforeLoginIsFatal) {
  for (const char* method : {"GET", "POST", "DELETE", "FOO"}) {
    ServerWorld world(GetParam());
    RawPeer& peer = world.Connect();
    peer.Send(RawRequest(method, "Alice") + RawRequest("ADD", "Alice"));
    world.RunAWhile();
    ASSERT_EQ(peer.responses().size(), 2u) << method;
    EXPECT_EQ(peer.last_code(), 400);
    EXPECT_TRUE(peer.end_of_stream()) << method;
    EXPECT_EQ(world.server->connections(), 0u);
  }
}

TEST_P(ChatServerTest, UnknownMethodOfAMemberIsAnsweredAndItsEntitySkipped) {
  ServerWorld world(GetParam());
  RawPeer& alice = world.Join("Alice");
  alice.Send(RawRequest("PATCH", "Alice", "entity") + RawRequest("GET", "Alice", "skipped too"));
  world.RunAWhile();
  EXPECT_THAT(alice.entities(),
              ElementsAre("test", "OK...^.^", "Unknown...TAT", "Online users:\nAlice\n"));
}

TEST_P(ChatServerTest, SecondAddIsRefusedAndTheLoginStands) {
  ServerWorld world(GetParam());
  RawPeer& alice = world.Join("Alice");
  alice.Send(RawRequest("ADD", "Alice") + RawRequest("POST", "Alice", "still here\n"));
  world.RunAWhile();
  EXPECT_EQ(alice.responses()[2].code, 400);
  EXPECT_EQ(alice.entities()[3], "[ Alice ] : still here\n");
}

TEST_P(ChatServerTest, NobodySpeaksInAnotherName) {
  ServerWorld world(GetParam());
  RawPeer& alice = world.Join("Alice");
  RawPeer& bob = world.Join("Bob");
  bob.Send(RawRequest("POST", "Alice", "forged\n") + RawRequest("DELETE", "Alice") +
           RawRequest("POST", "BOB", "in other case\n"));
  world.RunAWhile();
  EXPECT_THAT(alice.entities(),
              ElementsAre("test", "OK...^.^", "Bob has just entered the chat room...\n",
                          "[ Bob ] : in other case\n"));
  EXPECT_EQ(bob.responses()[2].code, 400);
  EXPECT_EQ(bob.responses()[3].code, 400);
}

TEST_P(ChatServerTest, TextThatBreaksARuleIsRefusedWithTheReason) {
  ServerWorld world(GetParam());
  RawPeer& alice = world.Join("Alice");
  RawPeer& bob = world.Join("Bob");
  alice.Send(RawRequest("POST", "Alice", "x\n[ Bob ] : forged\n") +
             RawRequest("POST", "Alice", "\x1b[2J\n") + RawRequest("POST", "Alice", " \n") +
             RawRequest("POST", "Alice", "\xFF\n") + RawRequest("POST", "Alice", "fine\r\n"));
  world.RunAWhile();
  const auto responses = alice.responses();
  ASSERT_EQ(responses.size(), 8u);
  EXPECT_THAT(responses[3].entity, HasSubstr("one line"));
  EXPECT_THAT(responses[4].entity, HasSubstr("U+001B"));
  EXPECT_THAT(responses[5].entity, HasSubstr("blank"));
  EXPECT_THAT(responses[6].entity, HasSubstr("UTF-8"));
  EXPECT_EQ(bob.entities().back(), "[ Alice ] : fine\n");
  EXPECT_EQ(bob.responses().size(), 3u);
}

TEST_P(ChatServerTest, LongestEntityIsSaidAndALongerOneIsSkippedAndRefused) {
  ServerWorld world(GetParam());
  RawPeer& alice = world.Join("Alice");
  const std::string longest(4095, 'x');
  alice.Send(RawRequest("POST", "Alice", longest + "\n") +
             RawRequest("POST", "Alice", longest + "x\n") + RawRequest("POST", "Alice", "on\n"));
  world.scheduler.RunFor(absl::Seconds(15));
  const auto responses = alice.responses();
  ASSERT_EQ(responses.size(), 5u);
  EXPECT_EQ(responses[2].entity, "[ Alice ] : " + longest + "\n");
  EXPECT_EQ(responses[3].code, 400);
  EXPECT_THAT(responses[3].entity, HasSubstr("4096 bytes, got 4097"));
  EXPECT_EQ(responses[4].entity, "[ Alice ] : on\n");
}

TEST_P(ChatServerTest, FatalRequestIsAnsweredAndNothingBehindIt) {
  ServerWorld world(GetParam());
  RawPeer& alice = world.Join("Alice");
  RawPeer& bob = world.Join("Bob");
  alice.Send(RawRequest("POST", "Alice", "before\n") +
             "POST h HTTP/1.1\nUser_Agent: Alice\nContent_Length: 2\nContent-Length: 2\n\na\n" +
             RawRequest("POST", "Alice", "behind\n"));
  world.RunAWhile();
  EXPECT_EQ(alice.last_code(), 400);
  EXPECT_TRUE(alice.end_of_stream());
  EXPECT_THAT(bob.entities(), ElementsAre("test", "OK...^.^", "[ Alice ] : before\n",
                                          "Alice has just left the chat room...\n"));
}

TEST_P(ChatServerTest, LastWordsReachAPeerThatGoesOnSending) {
  ServerWorld world(GetParam());
  RawPeer& peer = world.Connect();
  peer.SetReading(false);
  peer.Send("nonsense\n" + std::string(40'000, 'x'));
  world.scheduler.RunFor(absl::Milliseconds(500));
  peer.SetReading(true);
  world.RunAWhile();
  EXPECT_EQ(peer.last_code(), 400);
  EXPECT_EQ(peer.responses().size(), 2u);
}

TEST_P(ChatServerTest, EndOfStreamIsALogoutBehindWhatWasAsked) {
  ServerWorld world(GetParam());
  RawPeer& watcher = world.Join("Watcher");
  RawPeer& alice = world.Connect();
  alice.Send(RawRequest("ADD", "Alice") + RawRequest("POST", "Alice", "bye\n") +
             RawRequest("GET", "Alice"));
  alice.ShutdownWrite();
  world.RunAWhile();
  EXPECT_THAT(alice.entities(), ElementsAre("test", "OK...^.^", "[ Alice ] : bye\n",
                                            "Online users:\nWatcher\nAlice\n"));
  EXPECT_TRUE(alice.end_of_stream());
  EXPECT_THAT(watcher.entities(),
              ElementsAre("test", "OK...^.^", "Alice has just entered the chat room...\n",
                          "[ Alice ] : bye\n", "Alice has just left the chat room...\n"));
}

TEST_P(ChatServerTest, DeleteThenEndOfStreamIsOneLogout) {
  ServerWorld world(GetParam());
  RawPeer& watcher = world.Join("Watcher");
  RawPeer& alice = world.Join("Alice");
  alice.Send(RawRequest("DELETE", "Alice"));
  alice.ShutdownWrite();
  world.RunAWhile();
  EXPECT_THAT(watcher.entities(),
              ElementsAre("test", "OK...^.^", "Alice has just entered the chat room...\n",
                          "Alice has just left the chat room...\n"));
}

TEST_P(ChatServerTest, ResetIsALogoutAndTheNameIsFreeWhenItIsTold) {
  ServerWorld world(GetParam());
  RawPeer& watcher = world.Join("Watcher");
  RawPeer& alice = world.Join("Alice");
  RawPeer& next = world.Connect();
  alice.Reset();
  ASSERT_TRUE(world.scheduler.RunUntil(
      [&] { return watcher.entities().back() == "Alice has just left the chat room...\n"; },
      absl::Seconds(5)));
  next.Send(RawRequest("ADD", "alice"));
  world.RunAWhile();
  EXPECT_EQ(next.last_code(), 200);
}

TEST_P(ChatServerTest, RequestCutShortByTheEndOfTheStreamIsNotServed) {
  ServerWorld world(GetParam());
  RawPeer& watcher = world.Join("Watcher");
  RawPeer& alice = world.Join("Alice");
  alice.Send("POST h HTTP/1.1\nUser_Agent: Alice\nContent_Length: 10\n\nfive\n");
  alice.ShutdownWrite();
  world.RunAWhile();
  EXPECT_EQ(watcher.entities().back(), "Alice has just left the chat room...\n");
  EXPECT_EQ(watcher.responses().size(), 4u);
}

TEST_P(ChatServerTest, OfSimultaneousLoginsUnderOneNameExactlyOneWins) {
  ServerWorld world(GetParam());
  std::vector<RawPeer*> peers;
  peers.reserve(16);
  for (int i = 0; i < 16; ++i) peers.push_back(&world.Connect());
  for (RawPeer* peer : peers) peer->Send(RawRequest("ADD", "Gold"));
  world.RunAWhile();
  int won = 0;
  for (RawPeer* peer : peers) {
    ASSERT_GE(peer->responses().size(), 2u);
    won += peer->responses()[1].code == 200 ? 1 : 0;
    EXPECT_THAT(peer->responses()[1].code, ::testing::AnyOf(200, 401));
  }
  EXPECT_EQ(won, 1);
}

TEST_P(ChatServerTest, FullRoomAnswers500AndTheConnectionStays) {
  ServerWorld world(GetParam(), {.room = {.members = 1}});
  world.Join("Alice");
  RawPeer& bob = world.Connect();
  bob.Send(RawRequest("ADD", "Bob"));
  world.RunAWhile();
  EXPECT_EQ(bob.last_code(), 500);
  EXPECT_THAT(bob.entities().back(), HasSubstr("Room is full: at most 1 members"));
  EXPECT_FALSE(bob.ended());
}

TEST_P(ChatServerTest, OneConnectionOverTheLimitIsToldSoAndClosed) {
  ServerWorld world(GetParam(), {.max_connections = 2});
  RawPeer& alice = world.Join("Alice");
  world.Join("Bob");
  RawPeer& late = world.Connect();
  world.RunAWhile();
  EXPECT_EQ(late.last_code(), 500);
  EXPECT_THAT(late.entities().back(), HasSubstr("at most 2 connections"));
  EXPECT_TRUE(late.end_of_stream());
  alice.Close();
  world.RunAWhile();
  EXPECT_EQ(world.Connect().last_code(), 202);
}

TEST_P(ChatServerTest, EveryCloseHasAReasonAndStatsAddUp) {
  ServerWorld world(GetParam());
  RawPeer& alice = world.Join("Alice");
  world.Join("Bob").Reset();
  world.Connect().Send("x\n");
  alice.ShutdownWrite();
  world.RunAWhile();
  EXPECT_EQ(world.events.CountOf("closed end of stream"), 1u);
  EXPECT_EQ(world.events.CountOf("closed connection reset by peer"), 1u);
  EXPECT_EQ(world.events.CountOf("closed bad request"), 1u);
  EXPECT_EQ(world.events.CountOf("left Alice end of stream"), 1u);
  EXPECT_EQ(world.events.CountOf("left Bob connection reset by peer"), 1u);
  const ServerStats stats = world.server->stats();
  EXPECT_EQ(stats.accepted, 3u);
  EXPECT_EQ(stats.closed, 3u);
  EXPECT_EQ(stats.logins, 2u);
  EXPECT_EQ(stats.requests, 2u);
  EXPECT_EQ(stats.broadcasts, 4u);
  EXPECT_EQ(stats.closed_by_reason[EndReason::kEndOfStream], 1u);
  EXPECT_EQ(stats.closed_by_reason[EndReason::kBroken], 1u);
  EXPECT_EQ(stats.closed_by_reason[EndReason::kRequest], 1u);
  EXPECT_EQ(stats.closed_by_reason.total(), 3u);
  EXPECT_EQ((stats.requests_by_kind[{Method::kAdd, StatusCode::kOk}]), 2u);
  EXPECT_EQ(stats.refusals[Rule::kMalformed], 1u);
  EXPECT_EQ(stats.broadcasts_by_kind[Broadcast::Kind::kEntered], 2u);
  EXPECT_EQ(stats.broadcasts_by_kind[Broadcast::Kind::kLeft], 2u);
  EXPECT_EQ(stats.fanout.count(), 4u);
}

TEST_P(ChatServerTest, StopNeedsNobodyWhoIsToldOfItsEnd) {
  ServerWorld world(GetParam());
  RawPeer& alice = world.Join("Alice");
  world.server->Stop({});
  world.scheduler.RunFor(absl::Seconds(4));
  EXPECT_TRUE(alice.end_of_stream());
  EXPECT_EQ(world.server->connections(), 0u);
}

TEST_P(ChatServerTest, StopAnswersWhatWasAskedTellsEveryoneAndEnds) {
  ServerWorld world(GetParam());
  RawPeer& alice = world.Join("Alice");
  RawPeer& bob = world.Join("Bob");
  world.RunAWhile();
  bool stopped = false;
  world.server->Stop([&] { stopped = true; });
  EXPECT_TRUE(world.scheduler.RunUntil([&] { return stopped; }, absl::Seconds(4)));
  for (RawPeer* peer : {&alice, &bob}) {
    EXPECT_EQ(peer->last_code(), 500);
    EXPECT_EQ(peer->entities().back(), "Server is shutting down");
    EXPECT_TRUE(peer->end_of_stream());
  }
  EXPECT_EQ(world.server->connections(), 0u);
  world.peers.clear();
  world.RunAWhile();
  EXPECT_EQ(world.network.open_connections(), 0u);
  EXPECT_EQ(world.network.host("server").descriptors_in_use(), 0u);
}

TEST_P(ChatServerTest, StopIsNotHeldUpByAPeerThatDoesNotRead) {
  ServerWorld world(GetParam());
  RawPeer& alice = world.Join("Alice");
  RawPeer& bob = world.Join("Bob");
  alice.SetReading(false);
  for (int i = 0; i < 100; ++i) bob.Send(RawRequest("POST", "Bob", std::string(1000, 'x') + "\n"));
  world.RunAWhile();
  bool stopped = false;
  world.server->Stop([&] { stopped = true; });
  EXPECT_TRUE(world.scheduler.RunUntil([&] { return stopped; }, absl::Seconds(4)));
}

TEST_P(ChatServerTest, DestroyingTheServerLeavesNothingBehind) {
  ServerWorld world(GetParam());
  RawPeer& alice = world.Join("Alice");
  alice.Send(RawRequest("POST", "Alice", "hello\n"));
  world.server.reset();
  world.RunAWhile();
  EXPECT_TRUE(alice.ended());
  EXPECT_EQ(world.network.host("server").descriptors_in_use(), 0u);
}

// For every way to send bytes: the log alone, replies between broadcasts, partial writes.
TEST_P(ChatServerTest, EachByteThatAConnectionWasSentIsCounted) {
  ServerWorld world(GetParam());
  RawPeer& alice = world.Join("Alice");
  RawPeer& bob = world.Join("Bob");
  for (int i = 0; i < 20; ++i) alice.Send(RawRequest("POST", "Alice", "hello\n"));
  world.RunAWhile();
  bob.Send(RawRequest("GET", "Bob") + RawRequest("POST", "Bob", "and you?\n"));
  world.RunAWhile();
  bob.Send(RawRequest("DELETE", "Bob"));
  world.RunAWhile();
  bob.ShutdownWrite();
  world.RunAWhile();
  alice.ShutdownWrite();  // while logged in
  world.RunAWhile();
  ASSERT_TRUE(alice.end_of_stream() && bob.end_of_stream());
  EXPECT_THAT(world.events.bytes_out(),
              ElementsAre(bob.received().size(), alice.received().size()));
  EXPECT_EQ(world.server->stats().bytes_out, bob.received().size() + alice.received().size());
}

TEST_P(ChatServerTest, IdleMembersHoldNothing) {
  ServerWorld world(GetParam());
  RawPeer& alice = world.Join("Alice");
  RawPeer& bob = world.Join("Bob");
  alice.Send(RawRequest("GET", "Alice") + RawRequest("POST", "Alice", "hello\n"));
  bob.Send(RawRequest("GET", "Bob").substr(0, 9));
  world.RunAWhile();
  bob.Send(RawRequest("GET", "Bob").substr(9));
  world.RunAWhile();
  const ServerStats stats = world.server->stats();
  ASSERT_EQ(stats.requests, 5u);
  // The log, and the current list, which is kept for the next GET.
  EXPECT_LT(world.server->held_bytes(), stats.bytes_out + 200);
  world.scheduler.RunFor(absl::Minutes(1));  // timers of deadlines that were removed
  const std::uint64_t turns = world.scheduler.counters().turns;
  world.scheduler.RunFor(absl::Hours(1));
  EXPECT_EQ(world.scheduler.counters().turns, turns);
}

TEST_P(ChatServerTest, WhatWasSaidIsNotToldToTheOperator) {
  ServerWorld world(GetParam());
  RawPeer& alice = world.Join("Alice");
  alice.Send("POST h HTTP/1.1\nUser_Agent: Alice\n\nmy secret password\n");
  world.RunAWhile();
  EXPECT_THAT(alice.entities().back(), HasSubstr("got 'password'"));
  for (const std::string& line : world.events.lines())
    EXPECT_THAT(line, Not(HasSubstr("password")));
  EXPECT_EQ(world.events.CountOf("refused Alice version: HTTP/1.1 expected"), 1u);
}

}  // namespace
}  // namespace chathttp
