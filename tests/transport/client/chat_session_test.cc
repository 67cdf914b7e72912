// The session against the real server and scripted ones, on the simulated network and in virtual
// time. For its behaviour over time see chat_session_life_test.cc.
#include "chathttp/transport/client/chat_session.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/transport/client/scripted_server.h"
#include "tests/transport/client/session_world.h"
#include "tests/transport/server/server_world.h"

namespace chathttp {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::StartsWith;

class ChatSessionTest : public ServerWorldTest {};
INSTANTIATE_TEST_SUITE_P(AllNetworks, ChatSessionTest, ::testing::ValuesIn(FastWorldKinds()),
                         WorldName);

TEST_P(ChatSessionTest, ConversationIsToldEventByEvent) {
  ServerWorld world(GetParam());
  Person alice(world, "alice");
  alice.Enter("Alice");
  Person bob(world, "bob");
  bob.Enter("Bob");
  EXPECT_TRUE(bob.session.Say("one").ok());
  EXPECT_TRUE(bob.session.Say("two").ok());
  EXPECT_TRUE(bob.session.List().ok());
  bob.session.Leave();
  world.RunAWhile();
  EXPECT_THAT(alice.recorder.lines,
              ElementsAre("connected", "logged in Alice", "entered Bob", "message Bob: one",
                          "message Bob: two", "left Bob"));
  EXPECT_THAT(bob.recorder.lines, ElementsAre("connected", "logged in Bob", "own Bob: one",
                                              "own Bob: two", "list Alice Bob", "ended"));
  EXPECT_EQ(bob.recorder.lags.size(), 4u);  // the login and three requests
}

TEST_P(ChatSessionTest, TakenNameAtFirstIsAskedForOnTheSameConnection) {
  ServerWorld world(GetParam());
  world.Join("Alice");
  Person other(world, "other");
  other.session.Connect(ServerWorld::endpoint());
  EXPECT_TRUE(other.session.Login("alice").ok());
  world.RunAWhile();
  EXPECT_EQ(other.session.state(), ChatSession::State::kGreeted);
  EXPECT_TRUE(other.session.Login("Bob").ok());
  world.RunAWhile();
  EXPECT_THAT(other.recorder.lines, ElementsAre("connected", "refused alice 401", "logged in Bob"));
  EXPECT_EQ(world.server->stats().accepted, 2u);
}

TEST_P(ChatSessionTest, BackAfterTheServerWasGone) {
  ServerWorld world(GetParam());
  Person alice(world, "alice");
  alice.Enter("Alice");
  world.scheduler.RunFor(absl::Seconds(20));
  StopServer(world);
  world.RunAWhile();
  EXPECT_EQ(alice.session.state(), ChatSession::State::kWaiting);
  EXPECT_THAT(alice.recorder.lines, Contains(StartsWith("dropped: ")));
  StartServer(world);
  world.scheduler.RunFor(absl::Seconds(8));
  EXPECT_EQ(alice.session.state(), ChatSession::State::kChatting);
  EXPECT_EQ(alice.recorder.lines.back(), "again in Alice");
}

TEST_P(ChatSessionTest, TextsSaidMeanwhileAreSaidOnceWhenItIsBack) {
  ServerWorld world(GetParam());
  Person alice(world, "alice");
  alice.Enter("Alice");
  StopServer(world);
  world.RunAWhile();
  for (const char* text : {"one", "two", "three"}) EXPECT_TRUE(alice.session.Say(text).ok());
  EXPECT_EQ(alice.session.pending_texts().size(), 3u);
  StartServer(world);
  RawPeer& watcher = world.Join("Watcher");
  world.scheduler.RunFor(absl::Seconds(20));
  EXPECT_EQ(alice.session.pending_texts().size(), 0u);
  std::vector<std::string> heard = watcher.entities();
  heard.erase(heard.begin(), heard.begin() + 2);  // greeting and login
  EXPECT_THAT(heard, ElementsAre("Alice has just entered the chat room...\n", "[ Alice ] : one\n",
                                 "[ Alice ] : two\n", "[ Alice ] : three\n"));
}

TEST_P(ChatSessionTest, LeavingSaysWhatWaitsFirst) {
  ServerWorld world(GetParam());
  Person alice(world, "alice");
  alice.Enter("Alice");
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(alice.session.Say(std::to_string(i)).ok());
  alice.session.Leave();
  EXPECT_TRUE(absl::IsFailedPrecondition(alice.session.Say("late")));
  world.scheduler.RunFor(absl::Seconds(5));
  EXPECT_EQ(alice.recorder.CountOf("own Alice: 9"), 1u);
  EXPECT_EQ(alice.recorder.lines.back(), "ended");
  EXPECT_EQ(world.events.CountOf("left Alice logout"), 1u) << world.events.lines().back();
}

// The original server takes one recv as one request, so a request must wait for the last reply.
TEST(OriginalServer, NoSecondRequestComesBeforeTheAnswerToTheFirst) {
  constexpr std::string_view kOriginal = "Python Socket Server";
  sim::VirtualScheduler scheduler({});
  sim::SimNetwork network(scheduler, {});
  ScriptedServer server(network.host("server"), ServerWorld::endpoint());
  SessionRecorder recorder;
  ChatSession session(network.host("alice"), scheduler, recorder);
  session.Connect(ServerWorld::endpoint());
  EXPECT_TRUE(session.Login("Alice").ok());
  server.Reply(202, "test", kOriginal);
  scheduler.RunFor(absl::Seconds(1));
  server.Reply(200, "OK...^.^", kOriginal);
  scheduler.RunFor(absl::Seconds(1));
  for (const char* text : {"one", "two"}) EXPECT_TRUE(session.Say(text).ok());
  EXPECT_TRUE(session.List().ok());
  scheduler.RunFor(absl::Seconds(1));
  EXPECT_EQ(server.CountOf("POST "), 1u);
  server.Reply(200, "[ Alice ] : one\n", kOriginal);
  scheduler.RunFor(absl::Seconds(1));
  EXPECT_EQ(server.CountOf("POST "), 2u);
  EXPECT_EQ(server.CountOf("GET "), 0u);
  server.Reply(200, "[ Alice ] : two\n", kOriginal);
  scheduler.RunFor(absl::Seconds(1));
  EXPECT_EQ(server.CountOf("GET "), 1u);
  session.Leave();
  scheduler.RunFor(absl::Seconds(1));
  EXPECT_EQ(server.CountOf("DELETE "), 0u);
  server.Reply(200, "Online users:\nAlice\n", kOriginal);
  scheduler.RunFor(absl::Seconds(1));
  EXPECT_EQ(server.CountOf("DELETE "), 1u);
  EXPECT_EQ(recorder.lines.back(), "ended");  // that server sends no reply
}

TEST(OddServer, TextThatIsAnsweredWithoutBeingSaidIsToldAsDoubtful) {
  sim::VirtualScheduler scheduler({});
  sim::SimNetwork network(scheduler, {});
  ScriptedServer server(network.host("server"), ServerWorld::endpoint());
  SessionRecorder recorder;
  ChatSession session(network.host("alice"), scheduler, recorder);
  session.Connect(ServerWorld::endpoint());
  EXPECT_TRUE(session.Login("Alice").ok());
  server.Reply(202, "test", "odd");
  scheduler.RunFor(absl::Seconds(1));
  server.Reply(200, "OK...^.^", "odd");
  scheduler.RunFor(absl::Seconds(1));
  EXPECT_TRUE(session.Say("one").ok());
  scheduler.RunFor(absl::Seconds(1));
  server.Reply(200, "as you like", "odd");
  scheduler.RunFor(absl::Minutes(1));
  EXPECT_EQ(recorder.CountOf("maybe delivered one"), 1u);
  EXPECT_EQ(session.pending_texts().size(), 0u);
}

// Says the next number when the previous one is confirmed.
class Counter final : public SessionObserver {
 public:
  void OnSessionEvent(const SessionEvent& event) override {
    recorder.OnSessionEvent(event);
    if (event.kind != SessionEvent::Kind::kMessage || !event.own || said == 5) return;
    EXPECT_TRUE(session->Say(std::to_string(++said)).ok());
  }
  SessionRecorder recorder;
  ChatSession* session = nullptr;
  int said = 0;
};

TEST_P(ChatSessionTest, WhoIsToldThatATextWasSaidMaySayTheNextOneAtOnce) {
  ServerWorld world(GetParam());
  Counter counter;
  ChatSession session(world.network.host("alice"), world.scheduler, counter);
  counter.session = &session;
  session.Connect(ServerWorld::endpoint());
  EXPECT_TRUE(session.Login("Alice").ok());
  world.RunAWhile();
  EXPECT_TRUE(session.Say("0").ok());
  for (int i = 0; i < 8; ++i) world.RunAWhile();
  EXPECT_THAT(counter.recorder.lines,
              ElementsAre("connected", "logged in Alice", "own Alice: 0", "own Alice: 1",
                          "own Alice: 2", "own Alice: 3", "own Alice: 4", "own Alice: 5"));
}

}  // namespace
}  // namespace chathttp
