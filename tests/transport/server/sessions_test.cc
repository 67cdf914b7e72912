// Members that come back: what a server answers to `Session`, `Since` and `History`.
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "chathttp/transport/codec/session_token.h"
#include "chathttp/transport/server/chat_server.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/transport/server/server_world.h"
#include "tests/transport/server/session_peer.h"

namespace chathttp {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Optional;
using ::testing::StartsWith;

class SessionsTest : public ::testing::Test {
 protected:
  ServerWorld& Start(const ServerOptions& options = {},
                     const WorldKind& kind = AllWorldKinds().front()) {
    return world_.emplace(kind, options);
  }

  RawPeer& Add(const std::string& name, const std::string& header_lines,
               const std::string& host = "") {
    RawPeer& peer = host.empty() ? world_->Connect() : world_->ConnectFrom(host);
    peer.Send(AddRequest(name, header_lines));
    Run();
    return peer;
  }
  RawPeer& AddSession(const std::string& name, const std::string& host = "") {
    return Add(name, "Session: new\n", host);
  }
  static std::string TokenOf(const RawPeer& peer) {
    return HeaderOf(*WelcomeOf(peer), "Session").value_or("none");
  }
  // What the header lines of a return are, behind `heard` broadcasts.
  static std::string Back(const RawPeer& peer, std::uint64_t heard) {
    Position since = *ParsePosition(*HeaderOf(*WelcomeOf(peer), "Position"));
    since.count += heard;
    return absl::StrCat("Session: ", TokenOf(peer), "\nSince: ", ToString(since), "\n");
  }
  static std::vector<std::string> Fields(const RawPeer& peer) {
    std::vector<std::string> fields;
    for (const char* name : {"Session_Seconds", "Replay", "Gap"}) {
      const auto value = HeaderOf(*WelcomeOf(peer), name);
      if (value) fields.push_back(absl::StrCat(name, " ", *value));
    }
    return fields;
  }
  void Say(RawPeer& peer, const std::string& name, const std::string& text) {
    peer.Send(RawRequest("POST", name, text + "\n"));
    Run();
  }
  // Not as long as any limit.
  void Run() { world_->scheduler.RunFor(absl::Milliseconds(200)); }
  void RunFor(absl::Duration duration) { world_->scheduler.RunFor(duration); }
  std::size_t Events(std::string_view line) const { return world_->events.CountOf(line); }
  std::vector<std::string> Members() const {
    std::vector<std::string> names;
    for (const auto& member : world_->server->room().members()) names.push_back(member.name);
    return names;
  }

  std::optional<ServerWorld> world_;
};

TEST_F(SessionsTest, AReplyHasATokenItsTimeAndThePositionOfItsEntered) {
  Start();
  RawPeer& bob = world_->Join("Bob");
  RawPeer& alice = AddSession("Alice");
  const RawResponse welcome = *WelcomeOf(alice);
  EXPECT_TRUE(IsToken(*HeaderOf(welcome, "Session")));
  EXPECT_EQ(HeaderOf(welcome, "Session_Seconds"), "120");
  const auto position = ParsePosition(HeaderOf(welcome, "Position").value_or(""));
  ASSERT_TRUE(position);
  EXPECT_EQ(position->count, 2U);
  EXPECT_EQ(*position, world_->server->position());
  EXPECT_FALSE(HeaderOf(welcome, "Replay"));
  EXPECT_FALSE(HeaderOf(welcome, "Gap"));
  EXPECT_THAT(HeardBy(bob), ElementsAre("Alice has just entered the chat room...\n"));
}

TEST_F(SessionsTest, WhoAsksForNothingGetsWhatItAlwaysGot) {
  Start();
  AddSession("Alice");
  RawPeer& bob = world_->Join("Bob");
  for (const char* name : {"Session", "Session_Seconds", "Position", "Replay", "Gap"}) {
    EXPECT_FALSE(HeaderOf(*WelcomeOf(bob), name)) << name;
  }
  bob.Reset();
  Run();
  EXPECT_EQ(Events("left Bob connection reset by peer"), 1U);
  EXPECT_EQ(world_->server->away(), 0U);
}

TEST_F(SessionsTest, AServerWithoutSessionsIgnoresTheHeaders) {
  ServerOptions options;
  options.away_limit = absl::ZeroDuration();
  Start(options);
  RawPeer& alice = AddSession("Alice");
  EXPECT_FALSE(HeaderOf(*WelcomeOf(alice), "Session"));
  EXPECT_FALSE(HeaderOf(*WelcomeOf(alice), "Position"));
  alice.Reset();
  Run();
  EXPECT_THAT(Members(), IsEmpty());
}

TEST_F(SessionsTest, ALossIsNotToldAndTheMemberComesBackToWhatItMissed) {
  Start();
  RawPeer& bob = world_->Join("Bob");
  RawPeer& alice = AddSession("Alice");
  Say(bob, "Bob", "one");
  alice.Reset();
  Run();
  EXPECT_THAT(Members(), ElementsAre("Bob", "Alice"));
  EXPECT_EQ(world_->server->away(), 1U);
  Say(bob, "Bob", "two");
  Say(bob, "Bob", "three");
  RawPeer& back = Add("Alice", Back(alice, 1));
  EXPECT_EQ(TokenOf(back), TokenOf(alice));
  EXPECT_THAT(Fields(back), ElementsAre("Session_Seconds 120", "Replay 2"));
  EXPECT_EQ(HeaderOf(*WelcomeOf(back), "Position"), ToString(world_->server->position()));
  Say(bob, "Bob", "four");
  EXPECT_THAT(HeardBy(back),
              ElementsAre("[ Bob ] : two\n", "[ Bob ] : three\n", "[ Bob ] : four\n"));
  EXPECT_THAT(bob.entities(), Not(Contains("Alice has just left the chat room...\n")));
  EXPECT_EQ(Events("away Alice connection reset by peer"), 1U);
  EXPECT_EQ(Events("returned Alice"), 1U);
  Say(back, "Alice", "here again");
  EXPECT_THAT(bob.entities(), Contains("[ Alice ] : here again\n"));
  EXPECT_EQ(world_->server->away(), 0U);
}

TEST_F(SessionsTest, EachKindOfLossKeepsTheMember) {
  ServerOptions options;
  options.request_limit = absl::Seconds(5);
  Start(options);
  RawPeer& end = AddSession("End");
  end.ShutdownWrite();
  RawPeer& partial = AddSession("Partial");
  partial.Send("POST h HT");
  RawPeer& silent = Add("Silent", "Session: new\nHeartbeat: 10\n");
  Run();
  EXPECT_EQ(world_->server->away(), 1U);
  RunFor(absl::Seconds(30));
  EXPECT_TRUE(end.ended() && partial.ended() && silent.ended());
  EXPECT_EQ(world_->server->away(), 3U);
  EXPECT_THAT(Members(), ElementsAre("End", "Partial", "Silent"));
}

TEST_F(SessionsTest, AStalledMemberAndASlowOneStay) {
  ServerOptions options;
  options.backlog_bytes = 64 << 10;
  options.stall_limit = absl::Seconds(10);
  Start(options, FastWorldKinds()[1]);
  RawPeer& bob = world_->Join("Bob");
  RawPeer& alice = AddSession("Alice");
  RawPeer& carol = AddSession("Carol");
  alice.SetReading(false);
  Say(bob, "Bob", std::string(2'000, 'x'));
  RunFor(absl::Seconds(15));
  EXPECT_EQ(Events("away Alice no byte accepted within the limit"), 1U);
  carol.SetReading(false);
  for (int i = 0; i < 30; ++i) Say(bob, "Bob", std::string(3'500, 'x'));
  EXPECT_EQ(Events("away Carol slow consumer"), 1U);
  EXPECT_EQ(world_->server->away(), 2U);
  EXPECT_THAT(Members(), ElementsAre("Bob", "Alice", "Carol"));
}

TEST_F(SessionsTest, TheLimitADeleteAKickAndABanEndAMemberWithOneLeft) {
  ServerOptions options;
  options.exempt = {};
  Start(options);
  RawPeer& bob = world_->Join("Bob");
  RawPeer& late = AddSession("Late", "10.0.0.1");
  RawPeer& kicked = AddSession("Kicked", "10.0.0.2");
  RawPeer& banned = AddSession("Banned", "10.0.0.3");
  RawPeer& leaver = AddSession("Leaver", "10.0.0.4");
  leaver.Send(RawRequest("DELETE", "Leaver"));
  for (RawPeer* peer : {&late, &kicked, &banned, &leaver}) {
    peer->ShutdownWrite();
    Run();
  }
  EXPECT_EQ(world_->server->away(), 3U);
  EXPECT_EQ(Events("left Leaver logout"), 1U);
  EXPECT_TRUE(world_->server->EndAway(*world_->server->room().IdOf("Kicked"), "kicked by hand"));
  Run();
  EXPECT_EQ(Events("left Kicked kicked by hand"), 1U);
  ASSERT_TRUE(
      world_->server->AddBan({IpNetwork(*ParseIpAddress("10.0.0.3"), 128), absl::InfiniteFuture()})
          .ok());
  Run();
  EXPECT_THAT(Members(), ElementsAre("Bob", "Late"));
  RunFor(absl::Seconds(118));
  EXPECT_EQ(Events("left Late away too long"), 0U);
  RunFor(absl::Seconds(2));
  EXPECT_EQ(Events("left Late away too long"), 1U);
  EXPECT_THAT(Members(), ElementsAre("Bob"));
  for (const char* name : {"Late", "Kicked", "Banned", "Leaver"}) {
    const std::string left = absl::StrCat(name, " has just left the chat room...\n");
    const auto heard = HeardBy(bob);
    EXPECT_EQ(std::count(heard.begin(), heard.end(), left), 1) << name;
  }
  EXPECT_FALSE(world_->server->EndAway(*world_->server->room().IdOf("Bob"), "not away"));
}

TEST_F(SessionsTest, ATokenThatIsOverIsAFreshLoginWithAnUnknownGap) {
  ServerOptions options;
  options.away_limit = absl::Seconds(5);
  Start(options);
  RawPeer& alice = AddSession("Alice");
  alice.Reset();
  RunFor(absl::Seconds(6));
  RawPeer& back = Add("Alice", Back(alice, 0));
  EXPECT_NE(TokenOf(back), TokenOf(alice));
  EXPECT_THAT(Fields(back), ElementsAre("Session_Seconds 5", "Gap unknown"));
}

TEST_F(SessionsTest, AnUnknownTokenDoesNotGiveATakenName) {
  Start();
  AddSession("Alice");
  RawPeer& mallory = Add("Alice", absl::StrCat("Session: ", std::string(32, 'a'), "\n"));
  EXPECT_EQ(mallory.last_code(), 401);
  RawPeer& other = Add("Olga", absl::StrCat("Session: ", std::string(32, 'a'), "\n"));
  EXPECT_THAT(Fields(other), ElementsAre("Session_Seconds 120", "Gap unknown"));
}

TEST_F(SessionsTest, ATokenTakesOverAHealthyConnection) {
  Start();
  RawPeer& bob = world_->Join("Bob");
  RawPeer& alice = AddSession("Alice");
  RawPeer& back = Add("Alice", Back(alice, 0));
  EXPECT_TRUE(alice.ended());
  EXPECT_EQ(Events("closed taken over"), 1U);
  Say(back, "Alice", "from the new one");
  EXPECT_THAT(HeardBy(bob), ElementsAre("Alice has just entered the chat room...\n",
                                        "[ Alice ] : from the new one\n"));
  EXPECT_THAT(HeardBy(back), ElementsAre("[ Alice ] : from the new one\n"));
}

TEST_F(SessionsTest, WrongHeadersAreRefusedWithTheirRuleAndTheConnectionStays) {
  Start();
  RawPeer& alice = AddSession("Alice");
  AddSession("Bob");
  const std::string token = TokenOf(alice);
  const Position now = world_->server->position();
  const std::string ahead = ToString(Position{now.epoch, now.count + 1'000});
  const struct {
    std::string name;
    std::string lines;
    std::string reason;
  } kWrong[] = {
      {"Alice", absl::StrCat("Session: ", token, "\nSince: ", ahead, "\n"),
       absl::StrCat("Since must be at most the position of the room, ", ToString(now), ", got ",
                    ahead)},
      {"Carol", "Session: soon\n",
       "Session must be new or 32 hex digits in lower case, got 4 bytes of another form"},
      {"Carol", absl::StrCat("Session: ", std::string(32, 'A'), "\n"),
       "Session must be new or 32 hex digits in lower case, got 32 bytes of another form"},
      {"Carol", "Since: 1.2\n", "Since needs a Session with a token"},
      {"Carol", "Session: new\nSince: 1.2\n", "Since needs a Session with a token"},
      {"Carol", absl::StrCat("Session: ", token, "\nSince: 12\n"),
       "Since must be two numbers with a dot between them, as in Position, got 2 bytes of another "
       "form"},
      {"Carol", absl::StrCat("Session: ", token, "\nSince: ", token, "\n"),
       "Since must be two numbers with a dot between them, as in Position, got 32 bytes of another "
       "form"},
      {"Carol", absl::StrCat("History: ", token, "\n"),
       "History must be 0 to 1000, got 32 bytes of another form"},
      {"Carol", absl::StrCat("Session: ", token, "\nHistory: 3\n"),
       "History and a Session with a token exclude each other"},
      {"Carol", "History: 1001\n", "History must be 0 to 1000, got 1001"},
      {"Carol", "History: -1\n", "History must be 0 to 1000, got 2 bytes of another form"},
      {"Carol", absl::StrCat("Session: ", token, "\n"),
       "Session: the token belongs to another name than \"Carol\", send the name of its login"},
  };
  for (const auto& wrong : kWrong) {
    RawPeer& peer = Add(wrong.name, wrong.lines);
    EXPECT_EQ(peer.last_code(), 400) << wrong.lines;
    EXPECT_EQ(peer.entities().back(), wrong.reason);
    EXPECT_FALSE(peer.ended()) << wrong.lines;
    peer.Send(RawRequest("ADD", "Zoe"));
    Run();
    EXPECT_EQ(peer.last_code(), 200) << wrong.lines;
    peer.Send(RawRequest("DELETE", "Zoe"));
    Run();
  }
  EXPECT_FALSE(alice.ended());
  EXPECT_EQ(world_->server->stats().refusals[Rule::kSession], std::size(kWrong));
}

TEST_F(SessionsTest, WhatTheBrokenConnectionSentBeforeIsSaidOnceOrNever) {
  Start();
  RawPeer& bob = world_->Join("Bob");
  RawPeer& alice = AddSession("Alice");
  alice.Send(RawRequest("POST", "Alice", "arrived\n") + "POST h HTTP/1.1\nUser_Agent: Al");
  Run();
  RawPeer& back = Add("Alice", Back(alice, 0));
  EXPECT_THAT(HeardBy(back), ElementsAre("[ Alice ] : arrived\n"));
  RunFor(absl::Seconds(60));
  EXPECT_THAT(HeardBy(bob),
              ElementsAre("Alice has just entered the chat room...\n", "[ Alice ] : arrived\n"));
}

TEST_F(SessionsTest, AReplayOfMoreThanHalfOfTheLogIsAKnownGap) {
  ServerOptions options;
  options.backlog_bytes = 64 << 10;
  Start(options);
  RawPeer& bob = world_->Join("Bob");
  RawPeer& alice = AddSession("Alice");
  alice.Reset();
  const std::string text(3'500, 'x');
  for (int i = 0; i < 10; ++i) Say(bob, "Bob", text);
  RawPeer& back = Add("Alice", Back(alice, 0));
  EXPECT_THAT(Fields(back), ElementsAre("Session_Seconds 120", "Gap 10"));
  EXPECT_THAT(HeardBy(back), IsEmpty());
  RawPeer& again = Add("Alice", Back(back, 0));
  EXPECT_THAT(Fields(again), ElementsAre("Session_Seconds 120"));
  Say(bob, "Bob", "now");
  EXPECT_THAT(HeardBy(again), ElementsAre("[ Bob ] : now\n"));
}

TEST_F(SessionsTest, ATokenWithoutAPositionGoesOnFromNow) {
  Start();
  RawPeer& bob = world_->Join("Bob");
  RawPeer& alice = AddSession("Alice");
  Say(bob, "Bob", "one");
  RawPeer& back = Add("Alice", absl::StrCat("Session: ", TokenOf(alice), "\n"));
  EXPECT_THAT(Fields(back), ElementsAre("Session_Seconds 120", "Gap unknown"));
}

TEST_F(SessionsTest, APositionOfAnotherEpochIsAnUnknownGap) {
  Start();
  RawPeer& alice = AddSession("Alice");
  RawPeer& back = Add("Alice", absl::StrCat("Session: ", TokenOf(alice), "\nSince: 1.1\n"));
  EXPECT_THAT(Fields(back), ElementsAre("Session_Seconds 120", "Gap unknown"));
}

TEST_F(SessionsTest, AQuarterOfTheRoomMayBeAway) {
  ServerOptions options;
  options.room.members = 8;
  Start(options);
  std::vector<RawPeer*> peers;
  for (int i = 0; i < 4; ++i) peers.push_back(&AddSession(absl::StrCat("Peer", i)));
  for (RawPeer* peer : peers) {
    peer->Reset();
    Run();
  }
  EXPECT_EQ(world_->server->away(), 2U);
  EXPECT_THAT(Members(), ElementsAre("Peer0", "Peer1"));
  RawPeer& more = AddSession("More");
  EXPECT_FALSE(HeaderOf(*WelcomeOf(more), "Session"));
  EXPECT_FALSE(HeaderOf(*WelcomeOf(more), "Position"));
}

TEST_F(SessionsTest, WhoIsAwayLeavesWhenSessionsAreTurnedOff) {
  Start();
  AddSession("Alice").Reset();
  Run();
  ASSERT_EQ(world_->server->away(), 1U);
  ServerOptions off;
  off.away_limit = absl::ZeroDuration();
  ASSERT_TRUE(world_->server->Reconfigure(off).ok());
  Run();
  EXPECT_EQ(Events("left Alice sessions are off"), 1U);
  EXPECT_THAT(Members(), IsEmpty());
}

TEST_F(SessionsTest, SixteenOfOneAddressMayBeAway) {
  ServerOptions options;
  options.exempt = {};
  Start(options);
  for (int i = 0; i < 16; ++i) {
    AddSession(absl::StrCat("Peer", i), "10.0.0.1").Reset();
    Run();
  }
  EXPECT_EQ(world_->server->away(), 16U);
  EXPECT_FALSE(HeaderOf(*WelcomeOf(AddSession("More", "10.0.0.1")), "Session"));
  EXPECT_TRUE(HeaderOf(*WelcomeOf(AddSession("Other", "10.0.0.2")), "Session"));
}

TEST_F(SessionsTest, HistoryComesFirstAndEndsBeforeTheOwnEntered) {
  ServerOptions options;
  options.history = 3;
  Start(options);
  RawPeer& bob = world_->Join("Bob");
  for (const char* text : {"one", "two", "three"}) Say(bob, "Bob", text);
  RawPeer& few = Add("Few", "Session: new\nHistory: 2\n");
  EXPECT_THAT(Fields(few), ElementsAre("Session_Seconds 120", "Replay 2"));
  EXPECT_THAT(HeardBy(few), ElementsAre("[ Bob ] : two\n", "[ Bob ] : three\n"));
  RawPeer& many = Add("Many", "History: 1000\n");
  EXPECT_EQ(HeaderOf(*WelcomeOf(many), "Replay"), "3");
  EXPECT_FALSE(HeaderOf(*WelcomeOf(many), "Session"));
  Say(bob, "Bob", "four");
  EXPECT_THAT(HeardBy(many),
              ElementsAre("[ Bob ] : two\n", "[ Bob ] : three\n",
                          "Few has just entered the chat room...\n", "[ Bob ] : four\n"));
}

TEST_F(SessionsTest, HistoryOfAnEmptyRoomAndAServerWithoutHistoryGiveNone) {
  Start();
  RawPeer& first = Add("First", "Session: new\nHistory: 5\n");
  EXPECT_FALSE(HeaderOf(*WelcomeOf(first), "Replay"));
  Say(first, "First", "one");
  RawPeer& second = Add("Second", "Session: new\nHistory: 5\n");
  EXPECT_FALSE(HeaderOf(*WelcomeOf(second), "Replay"));
  EXPECT_THAT(HeardBy(second), IsEmpty());
}

TEST_F(SessionsTest, ALossWithinTheHistoryGoesOnBehindTheOwnEntered) {
  ServerOptions options;
  options.history = 9;
  Start(options);
  RawPeer& bob = world_->Join("Bob");
  for (const char* text : {"one", "two", "three"}) Say(bob, "Bob", text);
  RawPeer& alice = Add("Alice", "Session: new\nHistory: 2\n");  // two, three; its entered is 5
  Say(bob, "Bob", "four");
  const Position welcome = *ParsePosition(*HeaderOf(*WelcomeOf(alice), "Position"));
  EXPECT_EQ(welcome.count, 5U);
  RawPeer& back =
      Add("Alice", absl::StrCat("Session: ", TokenOf(alice),
                                "\nSince: ", ToString(Position{welcome.epoch, 3}), "\n"));
  EXPECT_THAT(Fields(back), ElementsAre("Session_Seconds 120", "Replay 2"));
  EXPECT_THAT(HeardBy(back), ElementsAre("[ Bob ] : three\n", "[ Bob ] : four\n"));
}

TEST_F(SessionsTest, NoEventAndNoReasonContainsAToken) {
  Start();
  RawPeer& alice = AddSession("Alice");
  const std::string token = TokenOf(alice);
  Add("Bob", absl::StrCat("Session: ", token, "\n"));
  Add("Carol", absl::StrCat("Session: ", token, "0\n"));
  alice.Reset();
  Run();
  Add("Alice", absl::StrCat("Session: ", token, "\n"));
  for (const std::string& line : world_->events.lines()) {
    EXPECT_THAT(line, Not(::testing::HasSubstr(token.substr(0, 8))));
  }
}

TEST_F(SessionsTest, AReturnedMemberCanLeaveAndLogInAnew) {
  Start();
  RawPeer& alice = AddSession("Alice");
  alice.Reset();
  Run();
  RawPeer& back = Add("Alice", Back(alice, 0));
  EXPECT_EQ(world_->server->OwnConnection(*world_->server->room().IdOf("Alice")), ConnectionId{2});
  back.Send(RawRequest("DELETE", "Alice"));
  Run();
  EXPECT_THAT(Members(), IsEmpty());
  back.Send(RawRequest("ADD", "Anna"));
  Run();
  EXPECT_EQ(back.last_code(), 200);
  back.Reset();
  Run();
  EXPECT_THAT(Members(), IsEmpty());
  EXPECT_EQ(world_->server->away(), 0U);
}

TEST_F(SessionsTest, AStopEndsTheAwayOnesWithoutWaiting) {
  Start();
  AddSession("Alice").Reset();
  Run();
  bool stopped = false;
  world_->server->Stop([&] { stopped = true; });
  RunFor(absl::Seconds(1));
  EXPECT_TRUE(stopped);
}

// Disconnects a connection just before a login.
class KickingPolicy final : public RoomPolicy {
 public:
  absl::Status CheckLogin(const User&) override {
    if (server != nullptr) server->Disconnect(victim, "kicked");
    return absl::OkStatus();
  }
  absl::Status CheckText(const User&, std::string_view) override { return absl::OkStatus(); }

  ChatServer* server = nullptr;
  ConnectionId victim{0};
};

TEST_F(SessionsTest, AKickedMemberIsNotSavedByItsToken) {
  Start();
  KickingPolicy policy;
  world_->server->SetPolicy(policy);
  RawPeer& bob = world_->Join("Bob");
  RawPeer& alice = AddSession("Alice");
  policy.server = &*world_->server;
  policy.victim = *world_->server->OwnConnection(*world_->server->room().IdOf("Alice"));
  RawPeer& next = Add("Alice", Back(alice, 0));
  EXPECT_EQ(next.last_code(), 500);
  EXPECT_EQ(next.entities().back(), "kicked");
  EXPECT_THAT(HeardBy(bob), Contains("Alice has just left the chat room...\n"));
  EXPECT_THAT(Members(), ElementsAre("Bob"));
}

}  // namespace
}  // namespace chathttp
