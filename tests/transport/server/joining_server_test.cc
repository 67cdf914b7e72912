// A server that joins a room with sessions: what its log tells it, and what it tells members that return.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "chathttp/sim/network/sim_network.h"
#include "chathttp/transport/codec/session_login.h"
#include "chathttp/transport/codec/session_token.h"
#include "chathttp/transport/server/chat_server.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/transport/server/hand_log.h"
#include "tests/transport/server/raw_peer.h"
#include "tests/transport/server/server_world.h"
#include "tests/transport/server/session_peer.h"

namespace chathttp {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr ServerNumber kGone{3};
constexpr ServerNumber kUp{4};
constexpr MemberId kAlice = MemberIdOf(kGone, 8);
constexpr MemberId kBob = MemberIdOf(kUp, 9);
const std::string kTokenOfAlice(32, 'a');
const std::string kTokenOfBob(32, 'b');

// A room with 20 broadcasts in epoch 70: Alice is away, Bob is at another server, Carl has no session.
PastRoom ARoom() {
  PastRoom past{.end = {70, 20}, .ended = {{60, 12}}};
  past.members = {
      {.id = kAlice,
       .name = "Alice",
       .token = HashOfToken(kTokenOfAlice),
       .entered = 5,
       .host = kGone,
       .returns = 2,
       .away = true},
      {.id = kBob, .name = "Bob", .token = HashOfToken(kTokenOfBob), .entered = 7, .host = kUp},
      {.id = MemberIdOf(kUp, 10), .name = "Carl"}};
  return past;
}

// Who left: the number of the connection, the name and the reason.
class LeftRecorder final : public ServerEvents {
 public:
  void OnServerEvent(const ServerEvent& event) override {
    if (event.kind != ServerEvent::Kind::kLeft) return;
    left.push_back(absl::StrCat(static_cast<std::uint64_t>(event.connection), " ",
                                std::string(event.name), ": ", std::string(event.reason)));
  }
  std::vector<std::string> left;
};

class JoiningServerTest : public ::testing::Test {
 protected:
  JoiningServerTest()
      : scheduler_({}),
        network_(scheduler_, {}),
        server_(network_.host("server"), scheduler_, ServerOptions(), log_) {
    server_.UseSessions(entropy_);
    EXPECT_TRUE(server_.Listen(ServerWorld::endpoint()).ok());
  }

  void Run(absl::Duration duration = absl::Milliseconds(50)) { scheduler_.RunFor(duration); }
  void Give(const Command& command) {
    log_.Give(command);
    log_.Wake();
    Run();
  }
  void Give(const Command& command, std::uint64_t epoch) {
    log_.GiveEpoch(command, epoch);
    log_.Wake();
    Run();
  }
  void Join(const PastRoom& past) {
    Give({.kind = Command::Kind::kPast, .past = &past}, past.end.epoch);
  }
  // What the server appends comes back at once.
  RawPeer& Add(const std::string& name, const std::string& lines) {
    peers_.push_back(std::make_unique<RawPeer>(network_.host(absl::StrCat("peer-", peers_.size())),
                                               ServerWorld::endpoint()));
    Run();
    peers_.back()->Send(AddRequest(name, lines));
    Run();
    log_.GiveBack();
    Run();
    return *peers_.back();
  }
  RawPeer& ReturnAlice(const std::string& since) {
    return Add("Alice", absl::StrCat("Session: ", kTokenOfAlice, "\nSince: ", since, "\n"));
  }

  sim::VirtualScheduler scheduler_;
  sim::SimNetwork network_;
  CountingEntropy entropy_;
  HandLog log_;
  ChatServer server_;
  std::vector<std::unique_ptr<RawPeer>> peers_;
};

TEST_F(JoiningServerTest, TheRoomGoesOnWhereItWas) {
  Join(ARoom());
  EXPECT_EQ(server_.position(), (Position{70, 20}));
  EXPECT_TRUE(server_.IsAway(kAlice));
  EXPECT_FALSE(server_.IsAway(kBob));
  EXPECT_EQ(server_.away(), 1U);
  PastRoom expected = ARoom();
  expected.members[0].away = false;  // a fact of the log, which knows its servers
  EXPECT_EQ(server_.past(), expected);
}

TEST_F(JoiningServerTest, WhoHasHeardAllReturnsWithoutAGap) {
  Join(ARoom());
  RawPeer& alice = ReturnAlice("70.20");
  ASSERT_TRUE(WelcomeOf(alice));
  EXPECT_EQ(HeaderOf(*WelcomeOf(alice), "Gap"), std::nullopt);
  EXPECT_EQ(HeaderOf(*WelcomeOf(alice), "Position"), "70.20");
  EXPECT_EQ(HeaderOf(*WelcomeOf(alice), "Session"), kTokenOfAlice);
  alice.Send(RawRequest("POST", "Alice", "hi\n"));
  Run();
  ASSERT_EQ(log_.appended.size(), 1U);
  EXPECT_EQ(log_.appended[0].command.member, kAlice);
  EXPECT_EQ(log_.appended[0].command.returns, 3U);
}

TEST_F(JoiningServerTest, WhoHasNotIsToldHowManyBroadcastsAreMissing) {
  Join(ARoom());
  EXPECT_EQ(HeaderOf(*WelcomeOf(ReturnAlice("70.12")), "Gap"), "8");
  EXPECT_EQ(HeaderOf(*WelcomeOf(ReturnAlice("60.12")), "Gap"), "8");
  EXPECT_EQ(HeaderOf(*WelcomeOf(ReturnAlice("60.13")), "Gap"), "unknown");
  EXPECT_EQ(HeaderOf(*WelcomeOf(ReturnAlice("61.1")), "Gap"), "unknown");
  EXPECT_EQ(ReturnAlice("70.21").last_code(), 400);
}

TEST_F(JoiningServerTest, WhatIsSaidAfterTheJoinCanBeHeardAgain) {
  Join(ARoom());
  Give({.kind = Command::Kind::kSay, .server = kUp, .member = kBob, .text = "one"});
  Give({.kind = Command::Kind::kSay, .server = kUp, .member = kBob, .text = "two"});
  RawPeer& alice = ReturnAlice("70.20");
  EXPECT_EQ(HeaderOf(*WelcomeOf(alice), "Replay"), "2");
  EXPECT_EQ(HeaderOf(*WelcomeOf(alice), "Gap"), std::nullopt);
  EXPECT_THAT(HeardBy(alice), ElementsAre("[ Bob ] : one\n", "[ Bob ] : two\n"));
}

TEST_F(JoiningServerTest, AnOutdatedCommandOfAMemberHasNoEffect) {
  Join(ARoom());
  Give({.kind = Command::Kind::kLogout, .server = kUp, .member = kAlice, .returns = 1});
  EXPECT_TRUE(server_.room().NameOf(kAlice));
  Give({.kind = Command::Kind::kLogout, .server = kUp, .member = kAlice, .returns = 2});
  EXPECT_FALSE(server_.room().NameOf(kAlice));
}

TEST_F(JoiningServerTest, AMemberThatIsAwayLeavesAfterTheLimit) {
  Join(ARoom());
  Run(absl::Seconds(118));
  EXPECT_THAT(log_.appended, IsEmpty());
  Run(absl::Seconds(3));
  ASSERT_EQ(log_.appended.size(), 1U);
  EXPECT_EQ(log_.appended[0].command.kind, Command::Kind::kLogout);
  EXPECT_EQ(log_.appended[0].command.member, kAlice);
  EXPECT_EQ(log_.appended[0].command.returns, 2U);
  log_.GiveBack();
  Run();
  EXPECT_EQ(server_.position().count, 21U);
}

TEST_F(JoiningServerTest, WhileTheLogTakesNothingAMemberThatIsAwayStays) {
  Join(ARoom());
  log_.open = false;
  const std::uint64_t turns = server_.stats().turns;
  Run(absl::Minutes(3));
  EXPECT_THAT(log_.appended, IsEmpty());
  EXPECT_LT(server_.stats().turns, turns + 10) << "it must not run turns in vain";
  EXPECT_TRUE(server_.EndAway(kAlice, "kicked"));
  Run(absl::Minutes(1));
  EXPECT_THAT(log_.appended, IsEmpty());
  EXPECT_LT(server_.stats().turns, turns + 20);
  log_.open = true;
  log_.Wake();
  Run();
  ASSERT_THAT(log_.appended.size(), 1U) << "once, although it was kicked and is overdue";
  EXPECT_EQ(log_.appended[0].command.member, kAlice);
}

TEST_F(JoiningServerTest, AnEndThatIsLostWithTheNumberOfItsServerComesAgain) {
  Join(ARoom());
  Run(absl::Minutes(3));
  ASSERT_EQ(log_.appended.size(), 1U);
  log_.appended.clear();  // the others have declared the server gone, and drop what it has appended
  Give({.kind = Command::Kind::kServerGone, .server = log_.number});
  log_.number = ServerNumber{9};
  log_.Wake();
  Run(absl::Minutes(3));
  ASSERT_EQ(log_.appended.size(), 1U);
  EXPECT_EQ(log_.appended[0].command.server, ServerNumber{9});
  EXPECT_EQ(log_.appended[0].command.member, kAlice);
}

TEST_F(JoiningServerTest, PositionsOfTheEpochBeforeAreExactUpToItsEnd) {
  Join(ARoom());
  Give({.kind = Command::Kind::kEpoch}, 80);
  EXPECT_EQ(server_.position(), (Position{80, 20}));
  Give({.kind = Command::Kind::kSay, .server = kUp, .member = kBob, .text = "one"});
  EXPECT_EQ(HeaderOf(*WelcomeOf(ReturnAlice("70.21")), "Gap"), "unknown");
  RawPeer& alice = ReturnAlice("70.20");
  EXPECT_EQ(HeaderOf(*WelcomeOf(alice), "Gap"), std::nullopt);
  EXPECT_EQ(HeaderOf(*WelcomeOf(alice), "Position"), "80.21");
  EXPECT_THAT(HeardBy(alice), ElementsAre("[ Bob ] : one\n"));
}

TEST_F(JoiningServerTest, FewOlderEpochsAreKept) {
  Join(ARoom());
  for (std::uint64_t epoch = 71; epoch < 271; ++epoch) Give({.kind = Command::Kind::kEpoch}, epoch);
  EXPECT_EQ(server_.past().ended.size(), 64U);
  EXPECT_EQ(server_.past().ended.back(), (EpochEnd{269, 20}));
}

TEST_F(JoiningServerTest, ARestartCountsFromTheStart) {
  Join(ARoom());
  Give({.kind = Command::Kind::kRestart}, 90);
  EXPECT_EQ(server_.position(), (Position{90, 0}));
  EXPECT_THAT(server_.past().ended, IsEmpty());
  RawPeer& alice = ReturnAlice("70.3");
  EXPECT_EQ(HeaderOf(*WelcomeOf(alice), "Gap"), "unknown");
  EXPECT_EQ(HeaderOf(*WelcomeOf(alice), "Position"), "90.1");
  alice.Send(RawRequest("POST", "Alice", "one\n"));
  Run();
  log_.GiveBack();
  Run();
  const std::string token = *HeaderOf(*WelcomeOf(alice), "Session");
  RawPeer& back = Add("Alice", absl::StrCat("Session: ", token, "\nSince: 90.1\n"));
  EXPECT_THAT(HeardBy(back), ElementsAre("[ Alice ] : one\n"));
}

// The logout of the other server comes first; then nobody here has the number of the member.
TEST_F(JoiningServerTest, AnEndThatAnotherServerMadeFirstIsNoAnswerToAConnection) {
  Join(ARoom());
  RawPeer* dora = nullptr;
  for (std::uint64_t id = 1; id <= NumberOf(kAlice); ++id)
    dora = &Add(absl::StrCat("Dora", id), "");
  Run(absl::Seconds(121));
  ASSERT_EQ(log_.appended.size(), 1U);
  dora->Send(RawRequest("POST", "Dora8", "hi\n"));
  Run();
  ASSERT_EQ(log_.appended.size(), 2U);
  EventRecorder events;
  server_.Subscribe(events);
  Give({.kind = Command::Kind::kLogout, .server = kUp, .member = kAlice, .returns = 2});
  log_.GiveBack();
  Run();
  EXPECT_THAT(events.lines(), IsEmpty());
  EXPECT_EQ(dora->entities().back(), "[ Dora8 ] : hi\n");
  server_.Unsubscribe(events);
}

TEST_F(JoiningServerTest, TheEndOfAnAwayMemberNamesNoConnectionAndSaysWhy) {
  Join(ARoom());
  for (std::uint64_t id = 1; id <= NumberOf(kAlice); ++id) Add(absl::StrCat("Dora", id), "");
  LeftRecorder events;
  server_.Subscribe(events);
  EXPECT_TRUE(server_.EndAway(kAlice, "too loud"));
  Run();
  log_.GiveBack();
  Run();
  EXPECT_THAT(events.left, ElementsAre("0 Alice: too loud"));
  server_.Unsubscribe(events);
}

TEST_F(JoiningServerTest, WhoReturnsOnAConnectionThatEndsIsToldAndAwayAgain) {
  Join(ARoom());
  RawPeer peer(network_.host("half-closed"), ServerWorld::endpoint());
  Run();
  peer.Send(AddRequest("Alice", absl::StrCat("Session: ", kTokenOfAlice, "\nSince: 70.20\n")));
  peer.ShutdownWrite();
  Run();
  ASSERT_EQ(log_.appended.size(), 2U) << "the login, and a logout in case that it is a first one";
  log_.GiveBack();
  Run();
  ASSERT_TRUE(WelcomeOf(peer));
  EXPECT_EQ(HeaderOf(*WelcomeOf(peer), "Session"), kTokenOfAlice);
  EXPECT_TRUE(peer.end_of_stream());
  EXPECT_TRUE(server_.room().NameOf(kAlice));
  EXPECT_TRUE(server_.IsAway(kAlice));
  EXPECT_THAT(log_.appended, IsEmpty());
}

TEST_F(JoiningServerTest, WhoReturnsBeforeABadRequestLeaves) {
  Join(ARoom());
  RawPeer peer(network_.host("bad"), ServerWorld::endpoint());
  Run();
  peer.Send(AddRequest("Alice", absl::StrCat("Session: ", kTokenOfAlice, "\nSince: 70.20\n")));
  Run();
  EXPECT_TRUE(server_.Disconnect(ConnectionId{1}, "bye"));
  Run();
  log_.GiveBack();
  Run();
  ASSERT_EQ(log_.appended.size(), 1U);
  EXPECT_EQ(log_.appended[0].command.member, kAlice);
  EXPECT_EQ(log_.appended[0].command.returns, 3U);
  log_.GiveBack();
  Run();
  EXPECT_FALSE(server_.room().NameOf(kAlice));
  EXPECT_EQ(peer.entities().back(), "bye") << "the last reply comes behind the logout";
}

TEST_F(JoiningServerTest, WhoReturnsToAnotherServerIsNotEndedHere) {
  Join(ARoom());
  const SessionLogin session{.returns = HashOfToken(kTokenOfAlice), .since = Position{70, 20}};
  EXPECT_TRUE(server_.EndAway(kAlice, "too loud"));
  Give({.kind = Command::Kind::kLogin,
        .server = kUp,
        .member = MemberIdOf(kUp, 77),
        .session = &session,
        .text = "Alice"});
  EXPECT_THAT(log_.appended, IsEmpty());
  EXPECT_FALSE(server_.IsAway(kAlice));
}

}  // namespace
}  // namespace chathttp
