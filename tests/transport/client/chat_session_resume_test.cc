// The session with a server that has sessions: losses, replays, texts in doubt, names that the lost
// login still holds. In virtual time.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/network/virtual_scheduler.h"
#include "chathttp/transport/client/chat_session.h"
#include "chathttp/transport/ports/memory_network.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/transport/client/resuming_server.h"
#include "tests/transport/client/session_world.h"

namespace chathttp {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

const Endpoint kServer = {"server", 9994};
constexpr std::string_view kFirstToken = "00000000000000000000000000000001";

// Alice and a server.
struct World {
  explicit World(const SessionOptions& options = {})
      : session(network, scheduler, recorder, options) {}

  void Enter(const std::string& name = "Alice") {
    session.Connect(kServer);
    EXPECT_TRUE(session.Login(name).ok());
    Run();
  }
  void Run(absl::Duration time = absl::Milliseconds(100)) { scheduler.RunFor(time); }
  // The lines after the latest "dropped: ...".
  std::vector<std::string> SinceTheLoss() const {
    auto at = recorder.lines.end();
    while (at != recorder.lines.begin() && !std::prev(at)->starts_with("dropped")) --at;
    return {at, recorder.lines.end()};
  }
  std::size_t Requests(const std::string& line) const {
    return static_cast<std::size_t>(
        std::count(server.requests.begin(), server.requests.end(), line));
  }

  sim::VirtualScheduler scheduler{{}};
  MemoryNetwork network{scheduler};
  ResumingServer server{network, scheduler, kServer};
  SessionRecorder recorder;
  ChatSession session;
};

// Makes the server break Alice's connection before or after it serves the next request that begins
// with `method`.
void BreakAtNext(World& world, Method method) {
  world.server.on_request = [&world, method](const RequestView& request) {
    if (request.method != method) return;
    world.server.on_request = nullptr;
    world.server.Break();
  };
}

TEST(SessionResume, SessionIsAskedForAtEveryLogin) {
  World world;
  world.Enter();
  world.server.Break();
  world.Run(absl::Seconds(2));
  EXPECT_THAT(world.server.requests,
              ElementsAre("ADD Alice session=new",
                          absl::StrCat("ADD Alice session=", AbslView(kFirstToken), " since=7.1")));
  EXPECT_THAT(world.recorder.lines,
              ElementsAre("connected", "logged in Alice", StartsWith("dropped"), "reconnecting",
                          "connected", "again in Alice resumed"));
  EXPECT_THAT(world.recorder.gaps, ElementsAre(std::nullopt, std::nullopt));
}

TEST(SessionResume, WaitsAreShortUntilTheSessionIsOver) {
  World world;
  world.server.away_limit = absl::Seconds(20);
  world.Enter();
  world.server.cuts = std::deque<ResumingServer::Cut>(100, {.sent = 0});
  world.server.Break();
  world.Run(absl::Minutes(5));
  ASSERT_GE(world.recorder.waits.size(), 10u);
  for (std::size_t i = 3; i < 6; ++i) EXPECT_EQ(world.recorder.waits[i], absl::Seconds(5)) << i;
  EXPECT_EQ(world.recorder.waits.back(), absl::Minutes(1));
}

// ---- The session of a program that is gone ------------------------------------------------------

// Another client, which comes back to the session of World::session.
struct NextProgram {
  explicit NextProgram(World& around, std::uint64_t since)
      : session(around.network, around.scheduler, recorder, {.history = 20}) {
    session.Connect(kServer);
    session.Adopt({.name = "Alice",
                   .token = around.recorder.session,
                   .limit = absl::Seconds(120),
                   .since = {7, since}});
    EXPECT_TRUE(session.Login("alice").ok());
    around.Run();
  }
  SessionRecorder recorder;
  ChatSession session;
};

TEST(SessionResume, AnotherProgramComesBackToTheSession) {
  World world;
  world.Enter();
  EXPECT_EQ(world.recorder.session, kFirstToken);
  world.server.Say("Bob", "before");
  world.Run();
  world.session.Disconnect();
  world.server.Say("Bob", "missed");
  NextProgram next(world, 1);
  EXPECT_EQ(world.server.requests.back(),
            absl::StrCat("ADD Alice session=", AbslView(kFirstToken), " since=7.1"));
  EXPECT_THAT(next.recorder.lines,
              ElementsAre("connected", "logged in Alice resumed replay 2",
                          "past message Bob: before", "past message Bob: missed"));
  EXPECT_TRUE(next.session.Say("hello").ok());
  world.server.Break();
  world.Run(absl::Seconds(3));
  EXPECT_EQ(next.recorder.lines.back(), "own Alice: hello") << "and goes on as any session";
}

TEST(SessionResume, AnotherProgramThatComesTooLateLogsInAnew) {
  World world;
  world.Enter();
  world.session.Disconnect();
  world.server.ForgetSessions();
  NextProgram next(world, 1);
  EXPECT_THAT(next.recorder.lines, ElementsAre("connected", "logged in Alice"));
  EXPECT_NE(next.recorder.session, kFirstToken);
}

TEST(SessionResume, EndTellsWhetherTheServerMayKeepTheSession) {
  World world;
  world.Enter();
  world.session.Leave();
  world.Run(absl::Seconds(1));
  EXPECT_EQ(world.recorder.lines.back(), "ended");
  EXPECT_EQ(world.recorder.ending, ClientEvent::Ending::kLeft);
  world.Enter();
  world.session.Disconnect();
  world.session.Leave();
  EXPECT_EQ(world.recorder.ending, ClientEvent::Ending::kLost);
}

TEST(SessionResume, SwitchedOffItIsNotAskedFor) {
  World world({.resume = false});
  world.Enter();
  EXPECT_THAT(world.server.requests, ElementsAre("ADD Alice"));
}

TEST(SessionResume, WhatWasSaidDuringTheLossComesOnceAndIsPast) {
  World world;
  world.Enter();
  world.server.Say("Bob", "before");
  world.Run();
  world.server.Break();
  world.server.Say("Bob", "missed");
  world.Run(absl::Seconds(2));
  world.server.Say("Bob", "later");
  world.Run();
  EXPECT_THAT(world.SinceTheLoss(),
              ElementsAre("reconnecting", "connected", "again in Alice resumed replay 1",
                          "past message Bob: missed", "message Bob: later"));
  EXPECT_EQ(world.recorder.CountOf("message Bob: before"), 1u);
  EXPECT_EQ(world.recorder.position, (Position{7, 4}));
}

TEST(SessionResume, TextThatWasSaidBeforeTheLossIsFoundInTheReplay) {
  World world;
  world.Enter();
  // The server says the text, but the broadcast does not come through.
  world.server.on_request = [&](const RequestView& request) {
    if (request.method == Method::kPost) world.server.Break();
  };
  EXPECT_TRUE(world.session.Say("hello").ok());
  EXPECT_TRUE(world.session.Say("later").ok());
  world.Run();
  world.server.on_request = nullptr;
  EXPECT_THAT(world.session.pending_texts(), ElementsAre("hello", "later"));
  EXPECT_THAT(world.recorder.lines, Not(Contains(StartsWith("maybe"))));
  world.Run(absl::Seconds(2));
  EXPECT_THAT(world.SinceTheLoss(),
              ElementsAre("reconnecting", "connected", "again in Alice resumed replay 1",
                          "past own Alice: hello", "own Alice: later"));
  EXPECT_EQ(world.Requests("POST Alice"), 2u);
  EXPECT_THAT(world.session.pending_texts(), IsEmpty());
}

TEST(SessionResume, TextThatWasNotSaidIsSaidAgainBeforeTheWaitingOnes) {
  World measured;
  measured.Enter();
  World world;
  world.server.cuts = {{.received = measured.server.bytes_received + 10}};
  world.Enter();
  for (const char* text : {"one", "two"}) EXPECT_TRUE(world.session.Say(text).ok());
  world.Run();
  world.server.Say("Bob", "missed");
  world.Run(absl::Seconds(2));
  EXPECT_THAT(world.SinceTheLoss(),
              ElementsAre("reconnecting", "connected", "again in Alice resumed replay 1",
                          "past message Bob: missed", "own Alice: one", "own Alice: two"));
}

TEST(SessionResume, EqualTextOfAnotherMemberDecidesNothing) {
  World world;
  world.Enter();
  world.server.on_request = [&](const RequestView& request) {
    if (request.method != Method::kPost) return;
    world.server.on_request = nullptr;
    world.server.Say("Bob", "hello");
    world.server.Break();
  };
  EXPECT_TRUE(world.session.Say("hello").ok());
  world.Run(absl::Seconds(2));
  EXPECT_THAT(world.SinceTheLoss(),
              ElementsAre("reconnecting", "connected", "again in Alice resumed replay 1",
                          "past own Alice: hello"));
}

TEST(SessionResume, GapLeavesTheTextInDoubt) {
  World world;
  world.Enter();
  BreakAtNext(world, Method::kPost);
  EXPECT_TRUE(world.session.Say("hello").ok());
  EXPECT_TRUE(world.session.Say("later").ok());
  world.Run();
  world.server.lost = world.server.log.size();
  world.server.Say("Bob", "kept");
  world.Run(absl::Seconds(2));
  EXPECT_THAT(world.SinceTheLoss(),
              ElementsAre("reconnecting", "connected", "again in Alice resumed replay 1",
                          "past message Bob: kept", "maybe delivered hello", "own Alice: later"));
  EXPECT_THAT(world.recorder.gaps, ElementsAre(std::nullopt, 1u));
}

TEST(SessionResume, TextBehindTheGapIsFound) {
  World world;
  world.Enter();
  world.server.Say("Bob", "gone");
  world.server.on_request = [&](const RequestView& request) {
    if (request.method == Method::kPost) world.server.Break();
  };
  EXPECT_TRUE(world.session.Say("hello").ok());
  world.server.Break();
  world.Run();
  world.server.on_request = nullptr;
  world.server.lost = 2;
  world.Run(absl::Seconds(5));
  EXPECT_EQ(world.recorder.CountOf("maybe delivered hello"), 0u);
  EXPECT_THAT(world.recorder.lines, Contains(EndsWith("own Alice: hello")).Times(1));
}

TEST(SessionResume, ForgottenSessionIsAFreshLoginWithAnUnknownGap) {
  World world({.history = 5});
  world.Enter();
  BreakAtNext(world, Method::kPost);
  EXPECT_TRUE(world.session.Say("hello").ok());
  EXPECT_TRUE(world.session.Say("later").ok());
  world.Run();
  world.server.ForgetSessions();
  world.Run(absl::Seconds(2));
  EXPECT_THAT(world.SinceTheLoss(), ElementsAre("reconnecting", "connected", "again in Alice",
                                                "maybe delivered hello", "own Alice: later"));
  EXPECT_THAT(world.recorder.gaps, ElementsAre(std::nullopt, kUnknownGap));
  EXPECT_EQ(world.server.requests.back(), "POST Alice");
  EXPECT_THAT(world.server.requests, Contains("ADD Alice session=new history=5").Times(1));
  EXPECT_THAT(world.server.requests, Contains(EndsWith("history=5")).Times(1));
}

TEST(SessionResume, ServerWithoutSessionsLeavesTheTextInDoubtAtOnce) {
  World world;
  world.server.has_sessions = false;
  world.Enter();
  BreakAtNext(world, Method::kPost);
  EXPECT_TRUE(world.session.Say("hello").ok());
  world.Run();
  EXPECT_THAT(world.SinceTheLoss(), ElementsAre("maybe delivered hello", "reconnecting"));
  world.Run(absl::Seconds(2));
  EXPECT_EQ(world.recorder.lines.back(), "again in Alice");
  EXPECT_THAT(world.recorder.gaps, ElementsAre(std::nullopt, kUnknownGap));
  EXPECT_EQ(world.recorder.position, std::nullopt);
}

TEST(SessionResume, HistoryComesWithTheFirstLoginOnly) {
  World world({.history = 2});
  for (const char* text : {"one", "two", "three"}) world.server.Say("Bob", text);
  world.Enter();
  world.server.Break();
  world.Run(absl::Seconds(2));
  EXPECT_THAT(world.recorder.lines,
              ElementsAre("connected", "logged in Alice replay 2", "past message Bob: two",
                          "past message Bob: three", StartsWith("dropped"), "reconnecting",
                          "connected", "again in Alice resumed"));
  EXPECT_EQ(world.server.requests[0], "ADD Alice session=new history=2");
  EXPECT_EQ(world.server.requests[1],
            absl::StrCat("ADD Alice session=", AbslView(kFirstToken), " since=7.4"));
}

TEST(SessionResume, HistoryNeedsNoSession) {
  World world({.resume = false, .history = 2000});
  world.server.Say("Bob", "one");
  world.Enter();
  EXPECT_THAT(world.recorder.lines,
              ElementsAre("connected", "logged in Alice replay 1", "past message Bob: one"));
  EXPECT_THAT(world.server.requests, ElementsAre("ADD Alice history=1000"));
}

// Another stay of the same name may have said the same words.
TEST(SessionResume, OwnNameInTheHistoryIsNotAnAnswer) {
  World world({.history = 5});
  world.server.Say("Alice", "hello");
  world.session.Connect(kServer);
  EXPECT_TRUE(world.session.Login("Alice").ok());
  EXPECT_TRUE(world.scheduler.RunUntil(
      [&] { return world.session.state() == ChatSession::State::kChatting; }, absl::Seconds(1)));
  EXPECT_TRUE(world.session.Say("hello").ok());
  world.Run();
  EXPECT_THAT(world.recorder.lines, ElementsAre("connected", "logged in Alice replay 1",
                                                "past message Alice: hello", "own Alice: hello"));
}

TEST(SessionResume, ReconnectKeepsTheSession) {
  World world;
  world.Enter();
  EXPECT_TRUE(world.session.Say("hello").ok());
  EXPECT_TRUE(world.session.Reconnect().ok());
  world.Run(absl::Seconds(1));
  EXPECT_EQ(world.recorder.CountOf("again in Alice resumed"), 1u);
  EXPECT_THAT(world.recorder.lines, Not(Contains(StartsWith("maybe"))));
  EXPECT_EQ(world.recorder.lines.back(), "own Alice: hello");
  EXPECT_EQ(world.server.log.size(), 2u);
}

TEST(SessionResume, LoginOfTheSameNameAfterDisconnectComesBack) {
  World world;
  world.Enter();
  EXPECT_TRUE(world.session.Say("hello").ok());
  world.session.Disconnect();
  EXPECT_EQ(world.recorder.lines.back(), "maybe delivered hello");
  world.server.Say("Bob", "missed");
  world.Run(absl::Seconds(10));
  EXPECT_TRUE(world.session.Login("aLICE").ok());
  world.Run();
  EXPECT_EQ(world.session.name(), "Alice");
  EXPECT_THAT(world.recorder.lines, Contains("again in Alice resumed replay 1"));
  EXPECT_EQ(world.recorder.lines.back(), "past message Bob: missed");
}

TEST(SessionResume, LoginUnderAnotherNameLeavesTheOldSessionAlone) {
  World world;
  world.Enter();
  BreakAtNext(world, Method::kPost);
  EXPECT_TRUE(world.session.Say("hello").ok());
  world.Run();
  EXPECT_TRUE(world.session.Login("Alicia").ok());
  EXPECT_EQ(world.recorder.lines.back(), "maybe delivered hello");
  world.Run(absl::Seconds(2));
  EXPECT_EQ(world.recorder.lines.back(), "again in Alicia");
  EXPECT_EQ(world.server.requests.back(), "ADD Alicia session=new");
  EXPECT_THAT(world.recorder.gaps, ElementsAre(std::nullopt, kUnknownGap));
}

TEST(SessionResume, ConnectToTheSameServerComesBackAndToAnotherDoesNot) {
  World world;
  ResumingServer other(world.network, world.scheduler, {"other", 1});
  world.Enter();
  world.Enter();
  EXPECT_EQ(world.recorder.lines.back(), "logged in Alice resumed");
  world.session.Connect({"other", 1});
  EXPECT_TRUE(world.session.Login("Alice").ok());
  world.Run();
  EXPECT_THAT(other.requests, ElementsAre("ADD Alice session=new"));
}

TEST(SessionResume, LeaveEndsTheSession) {
  World world;
  world.Enter();
  world.session.Leave();
  world.Run();
  EXPECT_EQ(world.recorder.lines.back(), "ended");
  EXPECT_EQ(world.server.log.back(), "Alice has just left the chat room...\n");
  world.Enter();
  EXPECT_EQ(world.server.requests.back(), "ADD Alice session=new");
}

TEST(SessionResume, LeaveSaysATextInDoubtFirst) {
  World world;
  world.server.Say("Bob", "history");
  world.Enter();
  BreakAtNext(world, Method::kPost);
  EXPECT_TRUE(world.session.Say("hello").ok());
  world.Run();
  world.server.log.pop_back();  // it was never said
  world.server.Say("Bob", "missed");
  ASSERT_TRUE(world.scheduler.RunUntil(
      [&] { return world.session.state() == ChatSession::State::kChatting; }, absl::Seconds(5)));
  world.session.Leave();
  world.Run();
  EXPECT_THAT(world.SinceTheLoss(),
              ElementsAre("reconnecting", "connected", "again in Alice resumed replay 1",
                          "past message Bob: missed", "own Alice: hello", "ended"));
}

TEST(SessionResume, LeaveWithoutAConnectionTellsTheTextInDoubt) {
  World world;
  world.Enter();
  BreakAtNext(world, Method::kPost);
  EXPECT_TRUE(world.session.Say("hello").ok());
  world.Run();
  world.session.Leave();
  EXPECT_THAT(world.SinceTheLoss(), ElementsAre("reconnecting", "maybe delivered hello", "ended"));
}

TEST(SessionResume, RefusedTokenIsGivenUpOnTheSameConnection) {
  World world;
  world.Enter();
  world.server.Break();
  world.server.log.clear();  // the position is ahead of the log now
  world.server.away_limit = absl::Seconds(5);
  world.Run(absl::Seconds(2));
  EXPECT_EQ(world.server.requests.back(), "ADD Alice session=new");
  EXPECT_THAT(world.recorder.lines, Not(Contains(StartsWith("refused"))));
}

// ---- Names ------------------------------------------------------------------------------------

// The login that was lost before its reply holds the name for 120 s.
TEST(SessionResume, NameOfALostLoginIsTriedUntilItIsFree) {
  World world({.insist = true});
  world.server.on_request = [&](const RequestView&) { world.server.Break(); };
  world.session.Connect(kServer);
  EXPECT_TRUE(world.session.Login("Alice").ok());
  world.Run();
  world.server.on_request = nullptr;
  ASSERT_EQ(world.server.log.size(), 1u);
  world.Run(absl::Seconds(119));
  EXPECT_EQ(world.session.state(), ChatSession::State::kWaiting);
  EXPECT_THAT(world.recorder.lines, Not(Contains(StartsWith("refused"))));
  world.Run(absl::Seconds(60));
  EXPECT_EQ(world.recorder.lines.back(), "logged in Alice");
  // A server ends a connection with many refusals, so each attempt has its own.
  EXPECT_EQ(world.recorder.CountOf("connected"), world.server.requests.size());
}

TEST(SessionResume, NameOfAFirstLoginThatWasLostIsTriedWhenTheUserLogsInAgain) {
  World world;
  world.server.on_request = [&](const RequestView&) { world.server.Break(); };
  world.session.Connect(kServer);
  EXPECT_TRUE(world.session.Login("Alice").ok());
  world.Run();
  world.server.on_request = nullptr;
  EXPECT_EQ(world.session.state(), ChatSession::State::kClosed);
  EXPECT_TRUE(world.session.Login("Alice").ok());
  world.Run(absl::Seconds(1));
  EXPECT_EQ(world.session.state(), ChatSession::State::kWaiting);
  world.server.Break();  // in between, the server ends the idle connection
  world.Run(absl::Minutes(3));
  EXPECT_THAT(world.recorder.lines, Contains("logged in Alice"));
  EXPECT_THAT(world.recorder.lines, Not(Contains(StartsWith("refused"))));
}

TEST(SessionResume, NameThatAnotherMemberHasIsRefusedAfterTheSecondsOfTheSession) {
  World world;
  world.Enter();
  world.server.ForgetSessions();
  SessionRecorder thief;
  ChatSession other(world.network, world.scheduler, thief);
  other.Connect(kServer);
  EXPECT_TRUE(other.Login("Alice").ok());
  world.Run(absl::Seconds(100));
  EXPECT_EQ(world.session.state(), ChatSession::State::kWaiting);
  world.Run(absl::Seconds(30));
  EXPECT_EQ(world.session.state(), ChatSession::State::kGreeted);
  EXPECT_EQ(world.recorder.lines.back(), "refused Alice 401");
  EXPECT_EQ(world.recorder.CountOf("refused Alice 401"), 1u);
  // Asked again, it is somebody else's name.
  EXPECT_TRUE(world.session.Login("Alice").ok());
  world.Run();
  EXPECT_EQ(world.recorder.CountOf("refused Alice 401"), 2u);
}

TEST(SessionResume, TextInDoubtIsToldWhenTheNameIsGivenUp) {
  World world;
  world.Enter();
  BreakAtNext(world, Method::kPost);
  EXPECT_TRUE(world.session.Say("hello").ok());
  world.Run();
  world.server.ForgetSessions();
  SessionRecorder thief;
  ChatSession other(world.network, world.scheduler, thief);
  other.Connect(kServer);
  EXPECT_TRUE(other.Login("Alice").ok());
  world.Run(absl::Minutes(3));
  EXPECT_THAT(world.recorder.lines, Contains("refused Alice 401"));
  EXPECT_EQ(world.recorder.lines.back(), "maybe delivered hello");
}

TEST(SessionResume, NewNameThatIsTakenIsRefusedAtOnce) {
  World world;
  world.Enter("Bob");
  SessionRecorder recorder;
  ChatSession other(world.network, world.scheduler, recorder);
  other.Connect(kServer);
  EXPECT_TRUE(other.Login("Bob").ok());
  world.Run();
  EXPECT_EQ(recorder.lines.back(), "refused Bob 401");
}

// ---- A loss at every byte ---------------------------------------------------------------------

// What a session heard and said of its stay, in order: "message Bob: hi", "own Alice: hello".
std::vector<std::string> Heard(const SessionRecorder& recorder) {
  std::vector<std::string> heard;
  for (std::string_view line : recorder.lines) {
    const bool past = line.starts_with("past ");
    if (past) line.remove_prefix(5);
    if (line.starts_with("own ") || line.starts_with("message ") || line.starts_with("entered ") ||
        line.starts_with("left ")) {
      heard.emplace_back(line);
    }
  }
  return heard;
}

// The broadcasts of the server as a session of Alice tells them.
std::vector<std::string> Told(const std::vector<std::string>& log) {
  std::vector<std::string> told;
  for (const std::string& entity : log) {
    const std::size_t colon = entity.find(" ] : ");
    if (colon != std::string::npos) {
      const std::string name = entity.substr(2, colon - 2);
      const std::string text = entity.substr(colon + 5, entity.size() - colon - 6);
      told.push_back((name == "Alice" ? "own " : "message ") + name + ": " + text);
      continue;
    }
    const std::string name = entity.substr(0, entity.find(' '));
    told.push_back((entity.find("entered") != std::string::npos ? "entered " : "left ") + name);
  }
  return told;
}

struct Figures {
  std::size_t received = 0;
  std::size_t sent = 0;
};

// A talk of Alice, Bob and two guests over connections that break as `cuts` says.
Figures TalkOver(std::deque<ResumingServer::Cut> cuts, std::uint32_t history = 0) {
  SessionOptions options;
  options.insist = true;
  options.history = history;
  World world(options);
  for (const char* text : {"old one", "old two"}) world.server.Say("Bob", text);
  world.server.cuts = std::move(cuts);
  world.session.Connect(kServer);
  EXPECT_TRUE(world.session.Login("Alice").ok());
  // The first login may be lost, and hold the name.
  EXPECT_TRUE(world.scheduler.RunUntil(
      [&] { return world.session.state() == ChatSession::State::kChatting; }, absl::Minutes(30)));
  world.server.away_limit = absl::Minutes(10);  // longer than all waits together
  const std::vector<std::string> texts = {"same", "same", "other", "same"};
  for (const std::string& text : texts) {
    EXPECT_TRUE(world.session.Say(text).ok());
    if (text == "other") world.Run(absl::Seconds(3));
    world.server.Say("Bob", "same");
  }
  for (int i = 0; i < 30; ++i) {
    world.Run(absl::Seconds(1));
    if (i % 10 == 0) world.server.Say("Carol", absl::StrCat(i));
  }
  world.Run(absl::Minutes(5));

  EXPECT_TRUE(world.scheduler.RunUntil(  // the last loss may be just now
      [&] { return world.session.state() == ChatSession::State::kChatting; }, absl::Minutes(5)));
  world.Run(absl::Seconds(1));
  EXPECT_THAT(world.session.pending_texts(), IsEmpty());
  EXPECT_THAT(world.recorder.lines, Not(Contains(StartsWith("maybe"))));
  std::vector<std::string> told = Told(world.server.SinceEntered("Alice"));
  std::vector<std::string> heard = Heard(world.recorder);
  std::vector<std::string> own;
  for (const std::string& line : told) {
    if (line.starts_with("own ")) own.push_back(line);
  }
  EXPECT_THAT(own, ElementsAre("own Alice: same", "own Alice: same", "own Alice: other",
                               "own Alice: same"));
  if (history > 0) {  // a lost login adds its own notices to it
    const std::size_t before = heard.size() - std::min(heard.size(), told.size());
    EXPECT_LE(before, history);
    heard.erase(heard.begin(), heard.begin() + static_cast<std::ptrdiff_t>(before));
  }
  EXPECT_EQ(heard, told);
  EXPECT_EQ(world.recorder.position, (Position{7, world.server.log.size()}));
  return {world.server.bytes_received, world.server.bytes_sent};
}

TEST(SessionResumeAtEveryByte, LossBehindEachByteSentLosesAndDoublesNothing) {
  const std::size_t bytes = TalkOver({}).sent;
  for (std::size_t cut = 0; cut <= bytes && !::testing::Test::HasFailure(); ++cut) {
    SCOPED_TRACE(absl::StrCat("behind ", cut, " bytes sent"));
    TalkOver({{.sent = cut}});
  }
}

TEST(SessionResumeAtEveryByte, LossBehindEachByteReceivedLosesAndDoublesNothing) {
  const std::size_t bytes = TalkOver({}).received;
  for (std::size_t cut = 0; cut <= bytes && !::testing::Test::HasFailure(); ++cut) {
    SCOPED_TRACE(absl::StrCat("behind ", cut, " bytes received"));
    TalkOver({{.received = cut}});
  }
}

TEST(SessionResumeAtEveryByte, SoDoesAHistory) {
  const std::size_t bytes = TalkOver({}, 2).sent;
  for (std::size_t cut = 0; cut <= bytes && !::testing::Test::HasFailure(); ++cut) {
    SCOPED_TRACE(absl::StrCat("behind ", cut, " bytes sent"));
    TalkOver({{.sent = cut}}, 2);
  }
}

TEST(SessionResumeAtEveryByte, SoDoSeveralLossesInARow) {
  std::uint64_t drawn = 20151129;  // Knuth's MMIX generator
  const auto draw = [&drawn](std::size_t below) {
    drawn = drawn * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::size_t>((drawn >> 33u) % below);
  };
  for (int round = 0; round < 1000 && !::testing::Test::HasFailure(); ++round) {
    std::deque<ResumingServer::Cut> cuts;
    std::string shown;
    for (std::size_t i = draw(5) + 1; i > 0; --i) {
      ResumingServer::Cut cut;
      (draw(2) == 0 ? cut.sent : cut.received) = draw(1500);
      absl::StrAppend(&shown, cut.sent, "/", cut.received, " ");
      cuts.push_back(cut);
    }
    SCOPED_TRACE(shown);
    TalkOver(cuts, static_cast<std::uint32_t>(draw(3)));
  }
}

}  // namespace
}  // namespace chathttp
