// The session over time: losses, waits, probes. On the instant network, in virtual time, so tests
// can check times to the second. The server has no sessions; chat_session_resume_test.cc is about
// those.
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "chathttp/transport/client/chat_session.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/transport/client/session_world.h"
#include "tests/transport/server/server_world.h"

namespace chathttp {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class SessionLife : public ::testing::Test {
 protected:
  // Drops all packets in both directions; neither side notices.
  void CutLink(const std::string& host) {
    world_.network.Pause(host, "server");
    world_.network.Pause("server", host);
  }
  void MendLink(const std::string& host) {
    world_.network.Resume(host, "server");
    world_.network.Resume("server", host);
  }
  bool RunUntilState(ChatSession& session, ChatSession::State state, absl::Duration limit) {
    return world_.scheduler.RunUntil([&] { return session.state() == state; }, limit);
  }

  ServerWorld world_{AllWorldKinds().front(), {.away_limit = absl::ZeroDuration()}};
};

TEST_F(SessionLife, DeadLinkIsNoticedAndTheClientComesBackUnderItsName) {
  Person alice(world_, "alice");
  alice.Enter("Alice");
  world_.scheduler.RunFor(absl::Minutes(5));  // quiet, but alive
  EXPECT_EQ(alice.session.state(), ChatSession::State::kChatting);
  EXPECT_EQ(alice.recorder.CountOf("sign of life Alice"), 5u);
  CutLink("alice");
  const absl::Time cut = world_.scheduler.Now();
  ASSERT_TRUE(RunUntilState(alice.session, ChatSession::State::kWaiting, absl::Seconds(91)));
  EXPECT_LE(world_.scheduler.Now() - cut, absl::Seconds(90));
  EXPECT_THAT(alice.recorder.lines, Contains("dropped: no answer within 30s"));
  world_.scheduler.RunFor(absl::Seconds(30));
  EXPECT_EQ(world_.events.CountOf("entered Alice"), 1u);
  MendLink("alice");
  ASSERT_TRUE(RunUntilState(alice.session, ChatSession::State::kChatting, absl::Minutes(2)));
  EXPECT_EQ(alice.recorder.lines.back(), "again in Alice");
  EXPECT_EQ(alice.session.name(), "Alice");
  EXPECT_EQ(world_.events.CountOf("entered Alice"), 2u);
}

TEST_F(SessionLife, LinkOnWhichTheServerTalksIsNotAsked) {
  Person alice(world_, "alice");
  alice.Enter("Alice");
  Person bob(world_, "bob");
  bob.Enter("Bob");
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(bob.session.Say("still here").ok());
    world_.scheduler.RunFor(absl::Seconds(50));
  }
  EXPECT_THAT(alice.recorder.lines, Not(Contains(StartsWith("sign of life"))));
}

TEST_F(SessionLife, PromisedSignsOfLifeComeThoughTheServerTalks) {
  Person alice(world_, "alice", {.client = {.heartbeat_seconds = 20}});
  alice.Enter("Alice");
  alice.recorder.lags.clear();
  Person bob(world_, "bob");
  bob.Enter("Bob");
  for (int i = 0; i < 16; ++i) {
    EXPECT_TRUE(bob.session.Say("still here").ok());
    world_.scheduler.RunFor(absl::Seconds(5));
  }
  EXPECT_EQ(alice.recorder.lags.size(), 4u);  // of pings, after 20, 40, 60 and 80 s
  EXPECT_EQ(alice.session.state(), ChatSession::State::kChatting);
  EXPECT_THAT(alice.recorder.lines, Not(Contains(StartsWith("sign of life"))));
}

TEST_F(SessionLife, RequestIsASignOfLife) {
  Person alice(world_, "alice", {.client = {.heartbeat_seconds = 20}});
  alice.Enter("Alice");
  for (int i = 0; i < 6; ++i) {
    EXPECT_TRUE(alice.session.Say("still here").ok());
    world_.scheduler.RunFor(absl::Seconds(15));
  }
  EXPECT_EQ(world_.server->stats().requests, 7u);  // the login and six texts
}

TEST_F(SessionLife, SilentSessionPingsAServerThatHoldsItToItsPromise) {
  Person alice(world_, "alice", {.client = {.heartbeat_seconds = 3'600}});
  alice.Enter("Alice");
  alice.recorder.lags.clear();
  world_.scheduler.RunFor(absl::Seconds(125));
  EXPECT_EQ(alice.recorder.lags.size(), 2u);
  EXPECT_THAT(alice.recorder.lines, Not(Contains(StartsWith("sign of life"))));
}

TEST_F(SessionLife, SignOfLifeTellsTheLag) {
  for (const auto& [from, to] : {std::pair{"alice", "server"}, std::pair{"server", "alice"}}) {
    sim::LinkOptions link;
    link.latency = sim::UniformLatency(absl::Milliseconds(40), absl::Milliseconds(40));
    world_.network.LinkBetween(from, to).SetOptions(link);
  }
  Person alice(world_, "alice");
  alice.Enter("Alice");
  alice.recorder.lags.clear();
  world_.scheduler.RunFor(absl::Seconds(65));
  EXPECT_THAT(alice.recorder.lags, ElementsAre(absl::Milliseconds(80)));
}

TEST_F(SessionLife, WaitsDoubleUpToTheLimit) {
  Person alice(world_, "alice");
  alice.Enter("Alice");
  StopServer(world_);
  world_.scheduler.RunFor(absl::Minutes(5));
  EXPECT_THAT(alice.recorder.waits,
              ElementsAre(absl::Seconds(1), absl::Seconds(2), absl::Seconds(4), absl::Seconds(8),
                          absl::Seconds(16), absl::Seconds(32), absl::Seconds(60),
                          absl::Seconds(60), absl::Seconds(60), absl::Seconds(60)));
  EXPECT_EQ(alice.recorder.CountOf("reconnecting"), 10u);
}

TEST_F(SessionLife, WaitsAreDrawnBetweenOneHalfAndTheWhole) {
  std::uint64_t draw = 0;
  SessionOptions options;
  options.random = [&draw] { return std::exchange(draw, ~std::uint64_t{0}); };
  Person alice(world_, "alice", options);
  alice.Enter("Alice");
  StopServer(world_);
  world_.scheduler.RunFor(absl::Seconds(3));
  ASSERT_GE(alice.recorder.waits.size(), 2u);
  EXPECT_EQ(alice.recorder.waits[0], absl::Seconds(1));
  EXPECT_NEAR(absl::ToDoubleSeconds(alice.recorder.waits[1]), 1.0, 1e-6);  // half of 2 s
}

TEST_F(SessionLife, LoginThatHoldsResetsTheWaitAndOneThatDoesNotDoesNot) {
  Person alice(world_, "alice");
  alice.Enter("Alice");
  StopServer(world_);
  world_.scheduler.RunFor(absl::Seconds(5));  // waits of 1 s, 2 s, 4 s
  StartServer(world_);
  ASSERT_TRUE(RunUntilState(alice.session, ChatSession::State::kChatting, absl::Seconds(10)));
  StopServer(world_);
  world_.scheduler.RunFor(absl::Seconds(1));
  EXPECT_EQ(alice.recorder.waits.back(), absl::Seconds(8));
  StartServer(world_);
  ASSERT_TRUE(RunUntilState(alice.session, ChatSession::State::kChatting, absl::Seconds(10)));
  world_.scheduler.RunFor(absl::Seconds(11));
  StopServer(world_);
  world_.scheduler.RunFor(absl::Milliseconds(1));
  EXPECT_EQ(alice.recorder.waits.back(), absl::Seconds(1));
}

TEST_F(SessionLife, TakenNameAfterALossIsTriedThreeTimesAndThenAskedFor) {
  Person alice(world_, "alice");
  alice.Enter("Alice");
  StopServer(world_);
  StartServer(world_);
  RawPeer& thief = world_.Join("Alice");
  world_.scheduler.RunFor(absl::Seconds(20));
  EXPECT_EQ(alice.session.state(), ChatSession::State::kGreeted);
  EXPECT_EQ(alice.recorder.CountOf("refused Alice 401"), 1u);
  EXPECT_EQ(world_.server->stats().requests, 1u + 3u);
  EXPECT_TRUE(alice.session.Say("kept").ok());
  EXPECT_TRUE(alice.session.Login("Alice2").ok());
  world_.scheduler.RunFor(absl::Seconds(1));
  EXPECT_THAT(alice.recorder.lines, Contains("again in Alice2"));
  EXPECT_EQ(alice.recorder.lines.back(), "own Alice2: kept");
  EXPECT_EQ(thief.entities().back(), "[ Alice2 ] : kept\n");
}

TEST_F(SessionLife, GhostOfItsOwnThatGoesInTimeIsNotAskedAbout) {
  Person alice(world_, "alice");
  alice.Enter("Alice");
  StopServer(world_);
  StartServer(world_);
  RawPeer& ghost = world_.Join("Alice");
  ASSERT_TRUE(world_.scheduler.RunUntil([&] { return world_.server->stats().requests == 2; },
                                        absl::Seconds(5)));
  ghost.Close();
  world_.scheduler.RunFor(absl::Seconds(5));
  EXPECT_EQ(alice.session.state(), ChatSession::State::kChatting);
  EXPECT_THAT(alice.recorder.lines, Not(Contains(StartsWith("refused"))));
}

TEST_F(SessionLife, NameChosenAfterTheServerLostPatienceConnectsAgain) {
  Person other(world_, "other");
  world_.Join("Alice");
  other.session.Connect(ServerWorld::endpoint());
  EXPECT_TRUE(other.session.Login("Alice").ok());
  world_.scheduler.RunFor(absl::Minutes(3));  // longer than the server waits
  EXPECT_EQ(other.session.state(), ChatSession::State::kClosed);
  EXPECT_THAT(other.recorder.lines.back(), StartsWith("closed: "));
  EXPECT_TRUE(other.session.Login("Bob").ok());
  world_.RunAWhile();
  EXPECT_EQ(other.recorder.lines.back(), "logged in Bob");
}

TEST_F(SessionLife, FirstConnectionThatFailsIsToldAndNotTriedAgain) {
  StopServer(world_);
  Person alice(world_, "alice");
  alice.session.Connect(ServerWorld::endpoint());
  EXPECT_TRUE(alice.session.Login("Alice").ok());
  world_.scheduler.RunFor(absl::Minutes(2));
  EXPECT_THAT(alice.recorder.lines, ElementsAre("closed: connection refused"));
  StartServer(world_);
  EXPECT_TRUE(alice.session.Login("Alice").ok());
  world_.RunAWhile();
  EXPECT_EQ(alice.recorder.lines.back(), "logged in Alice");
}

TEST_F(SessionLife, InsistingSessionTriesUntilThereIsAServer) {
  StopServer(world_);
  Person bob(world_, "bob", {.insist = true});
  bob.session.Connect(ServerWorld::endpoint());
  ASSERT_TRUE(bob.session.Login("Bob").ok());
  world_.scheduler.RunFor(absl::Minutes(5));
  EXPECT_EQ(bob.session.state(), ChatSession::State::kWaiting);
  EXPECT_EQ(bob.recorder.CountOf("reconnecting"), bob.recorder.lines.size());
  StartServer(world_);
  world_.scheduler.RunFor(absl::Minutes(2));
  EXPECT_EQ(bob.session.state(), ChatSession::State::kChatting);
  EXPECT_EQ(bob.recorder.CountOf("logged in Bob"), 1u);
}

TEST_F(SessionLife, InsistingSessionWithoutANameIsClosed) {
  StopServer(world_);
  Person bob(world_, "bob", {.insist = true});
  bob.session.Connect(ServerWorld::endpoint());
  world_.scheduler.RunFor(absl::Minutes(5));
  EXPECT_EQ(bob.session.state(), ChatSession::State::kClosed);
}

TEST_F(SessionLife, InsistingSessionAsksForAnotherNameWhenItsOwnIsTaken) {
  world_.Join("Bob");
  Person bob(world_, "bob", {.insist = true});
  bob.session.Connect(ServerWorld::endpoint());
  ASSERT_TRUE(bob.session.Login("Bob").ok());
  world_.scheduler.RunFor(absl::Minutes(1));
  EXPECT_EQ(bob.recorder.CountOf("refused Bob 401"), 1u);
  EXPECT_EQ(bob.recorder.CountOf("reconnecting"), 2u);
}

// Logs in again as "Robert" inside kNameRefused, and connects again inside kUnsent.
class Insister final : public SessionObserver {
 public:
  explicit Insister(ServerWorld& world)
      : session(world.network.host("bob"), world.scheduler, *this) {}
  void OnSessionEvent(const SessionEvent& event) override {
    lines.emplace_back(ToString(event.kind));
    if (event.kind == SessionEvent::Kind::kNameRefused) {
      EXPECT_TRUE(session.Login("Robert").ok());
      lines.emplace_back(event.name);
    }
    if (event.kind == SessionEvent::Kind::kUnsent) session.Connect(ServerWorld::endpoint());
  }
  std::vector<std::string> lines;
  ChatSession session;
};

TEST_F(SessionLife, RefusedNameStaysReadableAfterTheNextLogin) {
  world_.Join("Bob");
  Insister bob(world_);
  bob.session.Connect(ServerWorld::endpoint());
  EXPECT_TRUE(bob.session.Login("Bob").ok());
  world_.RunAWhile();
  EXPECT_EQ(bob.session.name(), "Robert");
  EXPECT_THAT(bob.lines, ::testing::Contains("Bob"));
}

TEST_F(SessionLife, SessionThatConnectsAgainWhileItEndsDoesNotEnd) {
  Insister bob(world_);
  bob.session.Connect(ServerWorld::endpoint());
  EXPECT_TRUE(bob.session.Login("Bob").ok());
  world_.RunAWhile();
  StopServer(world_);
  world_.RunAWhile();
  EXPECT_TRUE(bob.session.Say("unheard").ok());
  bob.session.Leave();
  EXPECT_EQ(bob.lines.back(), "unsent");
  EXPECT_EQ(bob.session.state(), ChatSession::State::kConnecting);
}

// Destroys its session inside the first event of a kind.
class SessionDestroyer final : public SessionObserver {
 public:
  SessionDestroyer(ServerWorld& world, SessionEvent::Kind last)
      : last_(last),
        session_(std::make_unique<ChatSession>(world.network.host("bob"), world.scheduler, *this)) {
    session_->Connect(ServerWorld::endpoint());
    EXPECT_TRUE(session_->Login("Bob").ok());
  }
  ChatSession& session() { return *session_; }
  bool destroyed() const { return session_ == nullptr; }
  int events_after() const { return events_after_; }

 private:
  void OnSessionEvent(const SessionEvent& event) override {
    if (session_ == nullptr) ++events_after_;
    if (event.kind == last_) session_.reset();
  }

  const SessionEvent::Kind last_;
  std::unique_ptr<ChatSession> session_;
  int events_after_ = 0;
};

class DestroyedSession : public ::testing::TestWithParam<SessionEvent::Kind> {};
INSTANTIATE_TEST_SUITE_P(
    Inside, DestroyedSession,
    ::testing::Values(SessionEvent::Kind::kConnected, SessionEvent::Kind::kLoggedIn,
                      SessionEvent::Kind::kMessage, SessionEvent::Kind::kLag,
                      SessionEvent::Kind::kMaybeDelivered, SessionEvent::Kind::kUnsent,
                      SessionEvent::Kind::kDropped, SessionEvent::Kind::kReconnecting,
                      SessionEvent::Kind::kEnded),
    [](const auto& kind) { return std::string(ToString(kind.param)); });

TEST_P(DestroyedSession, IsAskedNoMore) {
  ServerWorld world(AllWorldKinds().front());
  SessionDestroyer bob(world, GetParam());
  world.RunAWhile();
  if (!bob.destroyed()) {
    EXPECT_TRUE(bob.session().Say("hello").ok());
  }
  world.RunAWhile();
  if (!bob.destroyed()) {
    world.network.Pause("server", "bob");
    for (const char* const text : {"one", "two"}) EXPECT_TRUE(bob.session().Say(text).ok());
    world.RunAWhile();
    StopServer(world);
    world.scheduler.RunFor(absl::Minutes(2));
  }
  if (!bob.destroyed()) bob.session().Leave();
  EXPECT_TRUE(bob.destroyed());
  world.scheduler.RunFor(absl::Minutes(2));
  EXPECT_EQ(bob.events_after(), 0);
}

TEST_F(SessionLife, FullRoomIsTriedAgainAfterALoss) {
  Person alice(world_, "alice");
  alice.Enter("Alice");
  StopServer(world_);
  ServerOptions one_member;
  one_member.room.members = 1;
  StartServer(world_, one_member);
  RawPeer& bob = world_.Join("Bob");
  world_.scheduler.RunFor(absl::Seconds(20));
  EXPECT_THAT(alice.recorder.lines, Not(Contains(StartsWith("refused"))));
  bob.Close();
  ASSERT_TRUE(RunUntilState(alice.session, ChatSession::State::kChatting, absl::Minutes(2)));
}

TEST_F(SessionLife, TextOnTheWayAtTheLossIsToldAsDoubtfulAndNotSentAgain) {
  Person alice(world_, "alice");
  alice.Enter("Alice");
  CutLink("alice");
  EXPECT_TRUE(alice.session.Say("one").ok());
  EXPECT_TRUE(alice.session.Say("two").ok());
  ASSERT_TRUE(RunUntilState(alice.session, ChatSession::State::kWaiting, absl::Seconds(31)));
  EXPECT_EQ(alice.session.pending_texts().size(), 1u);
  MendLink("alice");
  ASSERT_TRUE(RunUntilState(alice.session, ChatSession::State::kChatting, absl::Minutes(1)));
  world_.RunAWhile();
  EXPECT_EQ(alice.recorder.CountOf("maybe delivered one"), 1u);
  EXPECT_EQ(alice.recorder.CountOf("own Alice: one"), 0u);
  EXPECT_EQ(alice.recorder.CountOf("own Alice: two"), 1u);
}

TEST_F(SessionLife, TextsThatWaitAreBounded) {
  Person alice(world_, "alice", {.max_waiting = 3});
  alice.Enter("Alice");
  StopServer(world_);
  world_.RunAWhile();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(alice.session.Say("kept").ok());
  const absl::Status status = alice.session.Say("too many");
  EXPECT_TRUE(absl::IsResourceExhausted(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("at most 3 texts may wait"));
}

TEST_F(SessionLife, DroppingTheWaitingTextsReportsEachAndKeepsTheOneInFlight) {
  Person alice(world_, "alice");
  alice.Enter("Alice");
  alice.recorder.lines.clear();
  for (const char* text : {"one", "two", "three"}) EXPECT_TRUE(alice.session.Say(text).ok());
  EXPECT_THAT(alice.session.pending_texts(), ElementsAre("one", "two", "three"));
  alice.session.DropWaiting();
  EXPECT_THAT(alice.recorder.lines, ElementsAre("unsent two", "unsent three"));
  EXPECT_THAT(alice.session.pending_texts(), ElementsAre("one"));
  world_.RunAWhile();
  EXPECT_EQ(alice.recorder.lines.back(), "own Alice: one");
  EXPECT_TRUE(alice.session.pending_texts().empty());
}

TEST_F(SessionLife, RequestWithoutAReplyTellsWhenItWasSent) {
  Person alice(world_, "alice");
  alice.Enter("Alice");
  EXPECT_EQ(alice.session.sent_at(), std::nullopt);
  CutLink("alice");
  const absl::Time now = world_.scheduler.Now();
  EXPECT_TRUE(alice.session.Say("one").ok());
  world_.RunAWhile();
  EXPECT_EQ(alice.session.sent_at(), now);
}

TEST_F(SessionLife, DisconnectedSessionKeepsItsTextsAndTriesNoMore) {
  Person alice(world_, "alice");
  alice.Enter("Alice");
  StopServer(world_);
  world_.RunAWhile();
  EXPECT_TRUE(alice.session.Say("one").ok());
  alice.session.Disconnect();
  StartServer(world_);
  world_.scheduler.RunFor(absl::Minutes(5));
  EXPECT_EQ(alice.session.state(), ChatSession::State::kClosed);
  EXPECT_EQ(world_.server->stats().accepted, 0u);
  EXPECT_TRUE(alice.session.Login("Alice2").ok());
  world_.RunAWhile();
  EXPECT_EQ(alice.recorder.lines.back(), "own Alice2: one");
}

TEST_F(SessionLife, NewNameThatIsTakenIsRefusedAtOnce) {
  Person alice(world_, "alice");
  alice.Enter("Alice");
  StopServer(world_);
  StartServer(world_);
  world_.Join("Alice");
  world_.Join("Bob");
  world_.scheduler.RunFor(absl::Seconds(20));
  ASSERT_EQ(alice.recorder.CountOf("refused Alice 401"), 1u);
  EXPECT_TRUE(alice.session.Login("Bob").ok());
  world_.scheduler.RunFor(absl::Milliseconds(1));
  EXPECT_EQ(alice.recorder.lines.back(), "refused Bob 401");
}

TEST_F(SessionLife, NameCanBeChangedWhileALoginHasNoReply) {
  Person alice(world_, "alice");
  alice.session.Connect(ServerWorld::endpoint());
  ASSERT_TRUE(world_.scheduler.RunUntil(
      [&] { return alice.session.state() == ChatSession::State::kGreeted; }, absl::Seconds(1)));
  CutLink("alice");
  EXPECT_TRUE(alice.session.Login("Alice").ok());
  world_.scheduler.RunFor(absl::Milliseconds(1));
  EXPECT_TRUE(alice.session.Login("Bob").ok());
  MendLink("alice");
  world_.RunAWhile();
  EXPECT_EQ(alice.recorder.lines.back(), "logged in Bob");
}

TEST_F(SessionLife, LeavingWhileDisconnectedTellsWhatWasNotSaid) {
  Person alice(world_, "alice");
  alice.Enter("Alice");
  StopServer(world_);
  world_.RunAWhile();
  EXPECT_TRUE(alice.session.Say("one").ok());
  alice.recorder.lines.clear();
  alice.session.Leave();
  EXPECT_THAT(alice.recorder.lines, ElementsAre("unsent one", "ended"));
  world_.scheduler.RunFor(absl::Minutes(5));
  EXPECT_EQ(alice.recorder.lines.back(), "ended");
}

TEST_F(SessionLife, LeavingOverADeadLinkEndsAllTheSame) {
  Person alice(world_, "alice");
  alice.Enter("Alice");
  CutLink("alice");
  EXPECT_TRUE(alice.session.Say("one").ok());
  EXPECT_TRUE(alice.session.Say("two").ok());
  alice.recorder.lines.clear();
  alice.session.Leave();
  world_.scheduler.RunFor(absl::Seconds(6));
  EXPECT_THAT(alice.recorder.lines, ElementsAre("maybe delivered one", "unsent two", "ended"));
}

TEST_F(SessionLife, ReconnectEndsAWait) {
  Person alice(world_, "alice");
  alice.Enter("Alice");
  StopServer(world_);
  world_.scheduler.RunFor(absl::Seconds(70));
  StartServer(world_);
  EXPECT_TRUE(alice.session.Reconnect().ok());
  world_.scheduler.RunFor(absl::Milliseconds(1));
  EXPECT_EQ(alice.recorder.lines.back(), "again in Alice");
}

TEST_F(SessionLife, ReconnectDropsAConnectionThatIsThere) {
  Person alice(world_, "alice");
  alice.Enter("Alice");
  EXPECT_TRUE(alice.session.Reconnect().ok());
  world_.RunAWhile();
  EXPECT_EQ(alice.recorder.lines.back(), "again in Alice");
  EXPECT_EQ(world_.events.CountOf("entered Alice"), 2u);
}

TEST_F(SessionLife, CallsOutOfOrderAreRefused) {
  Person alice(world_, "alice");
  EXPECT_TRUE(absl::IsFailedPrecondition(alice.session.Login("Alice")));
  EXPECT_TRUE(absl::IsFailedPrecondition(alice.session.Say("hi")));
  EXPECT_TRUE(absl::IsFailedPrecondition(alice.session.List()));
  EXPECT_TRUE(absl::IsFailedPrecondition(alice.session.Reconnect()));
  alice.session.Connect(ServerWorld::endpoint());
  EXPECT_TRUE(absl::IsInvalidArgument(alice.session.Login("a b")));
  alice.Enter("Alice");
  EXPECT_TRUE(absl::IsFailedPrecondition(alice.session.Login("Bob")));
  EXPECT_TRUE(absl::IsInvalidArgument(alice.session.Say("two\nlines")));
}

TEST_F(SessionLife, RefusedTextIsToldWithItsReasonAndTheNextOneIsSaid) {
  StopServer(world_);
  ServerOptions short_texts;
  short_texts.room.text_bytes = 10;
  StartServer(world_, short_texts);
  Person alice(world_, "alice");
  alice.Enter("Alice");
  EXPECT_TRUE(alice.session.Say("much longer than that").ok());
  EXPECT_TRUE(alice.session.Say("short").ok());
  world_.RunAWhile();
  EXPECT_THAT(alice.recorder.lines, Contains(StartsWith("not accepted much longer than that: ")));
  EXPECT_EQ(alice.recorder.lines.back(), "own Alice: short");
}

}  // namespace
}  // namespace chathttp
