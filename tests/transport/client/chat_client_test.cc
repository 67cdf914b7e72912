// The client core against the real server, and against scripted ones, on the simulated network.
#include "chathttp/transport/client/chat_client.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "chathttp/transport/ports/host_scheduler.h"
#include "chathttp/transport/ports/memory_network.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/transport/client/scripted_server.h"
#include "tests/transport/server/server_world.h"

namespace chathttp {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// Records events as lines such as "message Alice: hi (own)".
class Recorder final : public ClientObserver {
 public:
  void OnClientEvent(const ClientEvent& event) override {
    switch (event.kind) {
      case ClientEvent::Kind::kConnected:
        return Keep("connected");
      case ClientEvent::Kind::kLoggedIn:
        return Keep("logged in ", event.name);
      case ClientEvent::Kind::kLoginRefused:
        return Keep("login refused " + std::to_string(event.code) + " ", event.reason);
      case ClientEvent::Kind::kMessage:
        return Keep(event.own ? "own " : "message ", event.name, ": ", event.text);
      case ClientEvent::Kind::kEntered:
        return Keep("entered ", event.name);
      case ClientEvent::Kind::kLeft:
        return Keep("left ", event.name);
      case ClientEvent::Kind::kList: {
        std::string names;
        for (const std::string_view name : event.names) names.append(" ").append(name);
        return Keep("list", names);
      }
      case ClientEvent::Kind::kPong:
        return Keep("pong");
      case ClientEvent::Kind::kRefused:
        return Keep("refused " + std::to_string(event.code) + " ", event.reason);
      case ClientEvent::Kind::kNotice:
        return Keep("notice ", event.text);
      case ClientEvent::Kind::kClosed:
        ending = event.ending;
        return Keep("closed ", event.reason);
    }
  }
  std::vector<std::string> lines;
  ClientEvent::Ending ending = ClientEvent::Ending::kLost;

 private:
  void Keep(std::string_view a, std::string_view b = "", std::string_view c = "",
            std::string_view d = "") {
    lines.push_back(std::string(a) + std::string(b) + std::string(c) + std::string(d));
  }
};

class ChatClientTest : public ServerWorldTest {
 protected:
  // A client on a new host, connected and, if `name` is given, logged in.
  struct Person {
    Person(ServerWorld& world, const std::string& name)
        : client(world.network.host(name), world.scheduler, recorder) {
      EXPECT_TRUE(client.Connect(ServerWorld::endpoint()).ok());
      world.RunAWhile();
      EXPECT_TRUE(client.connected());
      EXPECT_TRUE(client.Login(name).ok());
      world.RunAWhile();
    }
    Recorder recorder;
    ChatClient client;
  };
};
INSTANTIATE_TEST_SUITE_P(AllNetworks, ChatClientTest, ::testing::ValuesIn(AllWorldKinds()),
                         WorldName);

TEST_P(ChatClientTest, ConversationIsToldEventByEvent) {
  ServerWorld world(GetParam());
  Person alice(world, "Alice");
  Person bob(world, "Bob");
  EXPECT_TRUE(bob.client.Say("Hi, Alice").ok());
  EXPECT_TRUE(bob.client.List().ok());
  bob.client.Leave();
  world.RunAWhile();
  EXPECT_THAT(alice.recorder.lines, ElementsAre("connected", "logged in Alice", "entered Bob",
                                                "message Bob: Hi, Alice", "left Bob"));
  EXPECT_THAT(bob.recorder.lines, ElementsAre("connected", "logged in Bob", "own Bob: Hi, Alice",
                                              "list Alice Bob", "closed "));
  EXPECT_EQ(bob.recorder.ending, ClientEvent::Ending::kLeft);
}

TEST_P(ChatClientTest, AnotherNameIsTriedOnTheSameConnection) {
  ServerWorld world(GetParam());
  Person alice(world, "Alice");
  Person other(world, "alice");
  EXPECT_FALSE(other.client.logged_in());
  EXPECT_TRUE(other.client.Login("Bob").ok());
  world.RunAWhile();
  EXPECT_THAT(other.recorder.lines,
              ElementsAre("connected", "login refused 401 Error...T.T", "logged in Bob"));
  EXPECT_EQ(world.server->stats().accepted, 2u);
}

TEST_P(ChatClientTest, ManyTextsAreConfirmedInOrder) {
  ServerWorld world(GetParam());
  Person alice(world, "Alice");
  std::vector<std::string> expected = {"connected", "logged in Alice"};
  for (int i = 0; i < 200; ++i) {
    const std::string text = i % 3 == 0 ? "same" : "text " + std::to_string(i);
    ASSERT_TRUE(alice.client.Say(text).ok());
    expected.push_back("own Alice: " + text);
  }
  EXPECT_EQ(alice.client.unanswered(), 200u);
  world.scheduler.RunFor(absl::Seconds(100));
  EXPECT_EQ(alice.recorder.lines, expected);
  EXPECT_EQ(alice.client.unanswered(), 0u);
}

TEST_P(ChatClientTest, NothingInvalidIsSent) {
  ServerWorld world(GetParam());
  Person alice(world, "Alice");
  const std::uint64_t before = world.server->stats().bytes_in;
  EXPECT_TRUE(absl::IsInvalidArgument(alice.client.Say("two\nlines")));
  EXPECT_TRUE(absl::IsInvalidArgument(alice.client.Say("")));
  EXPECT_TRUE(absl::IsInvalidArgument(alice.client.Say(std::string(4096, 'x'))));
  world.RunAWhile();
  EXPECT_EQ(world.server->stats().bytes_in, before);
  EXPECT_TRUE(alice.client.Say(std::string(4095, 'x')).ok());
  world.RunAWhile();
  EXPECT_THAT(alice.recorder.lines.back(), StartsWith("own Alice: xxx"));
}

TEST_P(ChatClientTest, CallsOutOfOrderAreRefused) {
  ServerWorld world(GetParam());
  Recorder recorder;
  ChatClient client(world.network.host("x"), world.scheduler, recorder);
  EXPECT_TRUE(absl::IsFailedPrecondition(client.Login("Alice")));
  EXPECT_TRUE(absl::IsFailedPrecondition(client.Say("hi")));
  EXPECT_TRUE(client.Connect(ServerWorld::endpoint()).ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(client.Connect(ServerWorld::endpoint())));
  world.RunAWhile();
  EXPECT_TRUE(absl::IsInvalidArgument(client.Login("a b")));
  EXPECT_TRUE(client.Login("Alice").ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(client.Login("Bob")));
  world.RunAWhile();
  EXPECT_TRUE(client.logged_in());
}

TEST_P(ChatClientTest, WaitingRequestsAreBounded) {
  ServerWorld world(GetParam());
  Recorder recorder;
  ChatClient client(world.network.host("x"), world.scheduler, recorder, {.max_waiting = 3});
  EXPECT_TRUE(client.Connect(ServerWorld::endpoint()).ok());
  world.RunAWhile();
  EXPECT_TRUE(client.Login("Alice").ok());
  world.RunAWhile();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(client.Say("x").ok());
  EXPECT_TRUE(absl::IsResourceExhausted(client.Say("x")));
}

TEST_P(ChatClientTest, RefusalIsToldAndTheLoginStands) {
  ServerWorld world(GetParam(), {.room = {.text_bytes = 100}});
  Person alice(world, "Alice");
  EXPECT_TRUE(alice.client.Say(std::string(200, 'x')).ok());
  EXPECT_TRUE(alice.client.Say("short").ok());
  world.RunAWhile();
  ASSERT_EQ(alice.recorder.lines.size(), 4u);
  EXPECT_THAT(alice.recorder.lines[2], HasSubstr("refused 400 Text too long"));
  EXPECT_EQ(alice.recorder.lines[3], "own Alice: short");
}

TEST_P(ChatClientTest, RefusedConnectionIsToldWithTheReason) {
  ServerWorld world(GetParam());
  Recorder recorder;
  ChatClient client(world.network.host("x"), world.scheduler, recorder);
  EXPECT_TRUE(client.Connect({"server", 1}).ok());
  world.RunAWhile();
  EXPECT_THAT(recorder.lines, ElementsAre("closed connection refused"));
  EXPECT_EQ(recorder.ending, ClientEvent::Ending::kCannotConnect);
}

TEST_P(ChatClientTest, FullServerIsTold) {
  ServerWorld world(GetParam(), {.max_connections = 1});
  Person alice(world, "Alice");
  Recorder recorder;
  ChatClient client(world.network.host("x"), world.scheduler, recorder);
  EXPECT_TRUE(client.Connect(ServerWorld::endpoint()).ok());
  world.RunAWhile();
  ASSERT_EQ(recorder.lines.size(), 1u);
  EXPECT_THAT(recorder.lines[0], HasSubstr("Server is full"));
  EXPECT_EQ(recorder.ending, ClientEvent::Ending::kRefused);
}

TEST_P(ChatClientTest, ServerThatStopsIsToldInItsOwnWords) {
  ServerWorld world(GetParam());
  Person alice(world, "Alice");
  world.server->Stop([] {});
  world.RunAWhile();
  EXPECT_EQ(alice.recorder.lines.back(), "closed Server is shutting down");
  EXPECT_EQ(alice.recorder.ending, ClientEvent::Ending::kRefused);
}

TEST_P(ChatClientTest, LostConnectionIsToldAndConnectBeginsAnew) {
  ServerWorld world(GetParam());
  Person alice(world, "Alice");
  world.network.ResetBetween("Alice", "server");
  world.RunAWhile();
  EXPECT_EQ(alice.recorder.lines.back(), "closed connection reset by peer");
  EXPECT_EQ(alice.recorder.ending, ClientEvent::Ending::kLost);
  EXPECT_TRUE(alice.client.Connect(ServerWorld::endpoint()).ok());
  world.RunAWhile();
  EXPECT_TRUE(alice.client.Login("Alice").ok());
  world.RunAWhile();
  EXPECT_EQ(alice.recorder.lines.back(), "logged in Alice");
}

TEST_P(ChatClientTest, RefusalIsNoReasonOfALaterLoss) {
  ServerWorld world(GetParam(), {.room = {.text_bytes = 100}});
  Person alice(world, "Alice");
  EXPECT_TRUE(alice.client.Say(std::string(200, 'x')).ok());
  world.RunAWhile();
  EXPECT_THAT(alice.recorder.lines.back(), HasSubstr("refused 400 Text too long"));
  world.network.ResetBetween("Alice", "server");
  world.RunAWhile();
  EXPECT_EQ(alice.recorder.lines.back(), "closed connection reset by peer");
  EXPECT_EQ(alice.recorder.ending, ClientEvent::Ending::kLost);
}

TEST_P(ChatClientTest, WhoDoesNotReadMissesNoAnswer) {
  ServerWorld world(GetParam());
  Person alice(world, "Alice");
  EXPECT_TRUE(alice.client.Say("before").ok());
  alice.client.SetReading(false);
  EXPECT_TRUE(alice.client.Say("while").ok());
  world.scheduler.RunFor(absl::Seconds(100));
  EXPECT_EQ(alice.recorder.lines.back(), "logged in Alice");
  alice.client.SetReading(true);
  world.RunAWhile();
  EXPECT_THAT(alice.recorder.lines,
              ElementsAre("connected", "logged in Alice", "own Alice: before", "own Alice: while"));
}

TEST_P(ChatClientTest, AnswerIsAwaitedAgainOnceItReads) {
  ServerWorld world(GetParam());
  Person alice(world, "Alice");
  world.network.Pause("Alice", "server");
  alice.client.SetReading(false);
  EXPECT_TRUE(alice.client.Say("anybody?").ok());
  world.scheduler.RunFor(absl::Seconds(100));
  alice.client.SetReading(true);
  world.scheduler.RunFor(absl::Seconds(35));
  EXPECT_EQ(alice.recorder.lines.back(), "closed no answer within 30s");
}

TEST_P(ChatClientTest, WritingToALostConnectionUnreadDoesNotSpin) {
  ServerWorld world(GetParam());
  Person alice(world, "Alice");
  alice.client.SetReading(false);
  world.network.ResetBetween("Alice", "server");
  world.RunAWhile();
  EXPECT_TRUE(alice.client.Say("anybody?").ok());
  world.RunAWhile();
  EXPECT_TRUE(world.scheduler.status().ok()) << world.scheduler.status();
  alice.client.SetReading(true);
  world.RunAWhile();
  EXPECT_EQ(alice.recorder.lines.back(), "closed connection reset by peer");
}

TEST_P(ChatClientTest, SilentServerIsGivenUp) {
  ServerWorld world(GetParam());
  Person alice(world, "Alice");
  world.network.Pause("Alice", "server");
  EXPECT_TRUE(alice.client.Say("anybody?").ok());
  world.scheduler.RunFor(absl::Seconds(35));
  EXPECT_EQ(alice.recorder.lines.back(), "closed no answer within 30s");
}

TEST_P(ChatClientTest, DroppedClientTellsNothingMore) {
  ServerWorld world(GetParam());
  Person alice(world, "Alice");
  alice.client.Drop();
  world.RunAWhile();
  EXPECT_THAT(alice.recorder.lines, ElementsAre("connected", "logged in Alice"));
  EXPECT_EQ(world.server->connections(), 0u);
}

TEST_P(ChatClientTest, PingKeepsThePromiseOfASignOfLife) {
  ServerWorld world(GetParam());
  Recorder recorder;
  ChatClient client(world.network.host("x"), world.scheduler, recorder, {.heartbeat_seconds = 10});
  EXPECT_TRUE(absl::IsFailedPrecondition(client.Ping()));
  EXPECT_TRUE(client.Connect(ServerWorld::endpoint()).ok());
  world.RunAWhile();
  EXPECT_FALSE(client.heartbeat_held());
  EXPECT_TRUE(client.Login("Alice").ok());
  world.RunAWhile();
  EXPECT_TRUE(client.heartbeat_held());
  for (int i = 0; i < 4; ++i) {
    EXPECT_TRUE(client.Ping().ok());
    world.scheduler.RunFor(absl::Seconds(10));
  }
  EXPECT_THAT(recorder.lines,
              ElementsAre("connected", "logged in Alice", "pong", "pong", "pong", "pong"));
  world.scheduler.RunFor(absl::Seconds(20));
  EXPECT_EQ(recorder.lines.back(),
            "closed A request must come within 25s, since Heartbeat promised one every 10s");
  EXPECT_FALSE(client.heartbeat_held());
}

TEST_P(ChatClientTest, ServerThatKnowsNoPingAnswersWithTheList) {
  sim::VirtualScheduler scheduler({});
  sim::SimNetwork network(scheduler, {.link = GetParam().link});
  ScriptedServer server(network.host("server"), {"server", 9994});
  Recorder recorder;
  ChatClient client(network.host("alice"), scheduler, recorder, {.heartbeat_seconds = 60});
  EXPECT_TRUE(client.Connect({"server", 9994}).ok());
  server.Reply(202, "test");
  scheduler.RunFor(absl::Seconds(3));
  EXPECT_TRUE(client.Login("Alice").ok());
  scheduler.RunFor(absl::Seconds(3));
  EXPECT_EQ(server.CountOf("\nHeartbeat: 60\n"), 1u);
  server.Reply(200, "OK...^.^");
  scheduler.RunFor(absl::Seconds(3));
  EXPECT_FALSE(client.heartbeat_held());
  EXPECT_TRUE(client.Ping().ok());
  scheduler.RunFor(absl::Seconds(3));
  EXPECT_EQ(server.CountOf("\nPing: 1\n"), 1u);
  server.Reply(200, "Online users:\nAlice\n");
  scheduler.RunFor(absl::Seconds(3));
  EXPECT_EQ(recorder.lines.back(), "list Alice");
  EXPECT_EQ(client.unanswered(), 0u);
}

TEST_P(ChatClientTest, OriginalServerGetsOneRequestAtATime) {
  sim::VirtualScheduler scheduler({});
  sim::SimNetwork network(scheduler, {.link = GetParam().link});
  ScriptedServer server(network.host("server"), {"server", 9994});
  Recorder recorder;
  ChatClient client(network.host("alice"), scheduler, recorder);
  EXPECT_TRUE(client.Connect({"server", 9994}).ok());
  server.Reply(202, "test", "Python Socket Server");
  scheduler.RunFor(absl::Seconds(3));
  EXPECT_TRUE(client.Login("Alice").ok());
  scheduler.RunFor(absl::Seconds(3));
  server.Reply(200, "OK...^.^", "Python Socket Server");
  scheduler.RunFor(absl::Seconds(3));
  EXPECT_TRUE(client.Say("one").ok());
  EXPECT_TRUE(client.Say("two").ok());
  client.Leave();
  scheduler.RunFor(absl::Seconds(3));
  EXPECT_EQ(server.CountOf("POST "), 1u);
  server.Reply(200, "[ Alice ] : one\n", "Python Socket Server");
  scheduler.RunFor(absl::Seconds(3));
  EXPECT_EQ(server.CountOf("POST "), 2u);
  EXPECT_EQ(server.CountOf("DELETE "), 0u);
  server.Reply(200, "[ Alice ] : two\n", "Python Socket Server");
  scheduler.RunFor(absl::Seconds(3));
  // It does not reply to DELETE.
  EXPECT_EQ(server.CountOf("DELETE "), 1u);
  EXPECT_EQ(recorder.ending, ClientEvent::Ending::kLeft);
  EXPECT_EQ(recorder.lines.back(), "closed ");
}

TEST_P(ChatClientTest, ServerThatIsNoChatServerIsToldSo) {
  sim::VirtualScheduler scheduler({});
  sim::SimNetwork network(scheduler, {.link = GetParam().link});
  ScriptedServer server(network.host("server"), {"server", 9994});
  Recorder recorder;
  ChatClient client(network.host("alice"), scheduler, recorder);
  EXPECT_TRUE(client.Connect({"server", 9994}).ok());
  server.Send("SSH-2.0-OpenSSH_9.2\r\n");
  scheduler.RunFor(absl::Seconds(3));
  EXPECT_THAT(recorder.lines.back(), StartsWith("closed not a ChatHTTP server: "));
  EXPECT_EQ(recorder.ending, ClientEvent::Ending::kCannotConnect);
}

TEST_P(ChatClientTest, ServerWithoutGreetingIsGivenUp) {
  sim::VirtualScheduler scheduler({});
  sim::SimNetwork network(scheduler, {.link = GetParam().link});
  ScriptedServer server(network.host("server"), {"server", 9994});
  Recorder recorder;
  ChatClient client(network.host("alice"), scheduler, recorder);
  EXPECT_TRUE(client.Connect({"server", 9994}).ok());
  scheduler.RunFor(absl::Seconds(25));
  EXPECT_THAT(recorder.lines, ElementsAre("closed no greeting within 10s"));
  EXPECT_EQ(recorder.ending, ClientEvent::Ending::kCannotConnect);
}

// A client that is logged in to a scripted server as Alice and has said "hi".
struct ScriptedWorld {
  ScriptedWorld(const WorldKind& kind, const std::string& kind_of_server)
      : network(scheduler, {.link = kind.link}),
        server(network.host("server"), {"server", 9994}),
        client(network.host("alice"), scheduler, recorder),
        kind_name(kind_of_server) {
    EXPECT_TRUE(client.Connect({"server", 9994}).ok());
    Reply(202, "test");
    EXPECT_TRUE(client.Login("Alice").ok());
    scheduler.RunFor(absl::Seconds(3));
    Reply(200, "OK...^.^");
    EXPECT_TRUE(client.Say("hi").ok());
    scheduler.RunFor(absl::Seconds(3));
  }
  void Reply(int code, std::string_view entity) {
    server.Reply(code, entity, kind_name);
    scheduler.RunFor(absl::Seconds(3));
  }

  sim::VirtualScheduler scheduler{{}};
  sim::SimNetwork network;
  ScriptedServer server;
  Recorder recorder;
  ChatClient client;
  std::string kind_name;
};

TEST_P(ChatClientTest, MessageOfAnotherMemberIsNotTakenForAConfirmation) {
  ScriptedWorld world(GetParam(), "other");
  world.Reply(200, "[ Bob ] : hi\n");
  world.Reply(200, "Bob has just left the chat room...\n");
  EXPECT_EQ(world.client.unanswered(), 1u);
  world.Reply(200, "[ Alice ] : hi\n");
  EXPECT_EQ(world.client.unanswered(), 0u);
  EXPECT_THAT(world.recorder.lines, ElementsAre("connected", "logged in Alice", "message Bob: hi",
                                                "left Bob", "own Alice: hi"));
}

// The original server accepts any name.
TEST_P(ChatClientTest, WhatIsOfNoKnownKindIsShownAndConfirmsNothing) {
  ScriptedWorld world(GetParam(), "Python Socket Server");
  EXPECT_TRUE(world.client.Say("second").ok());
  world.Reply(200, "[ Bob Smith ] : hi\n");
  EXPECT_EQ(world.recorder.lines.back(), "notice [ Bob Smith ] : hi\n");
  EXPECT_EQ(world.server.CountOf("POST"), 1u);
  world.Reply(200, "[ Alice ] : hi\n");
  EXPECT_EQ(world.recorder.lines.back(), "own Alice: hi");
  EXPECT_EQ(world.server.CountOf("POST"), 2u);
}

// A DELETE that cannot be sent is no logout: the client reports the loss, once it reads it.
TEST_P(ChatClientTest, LeaveOverABrokenConnectionToTheOriginalServerIsALoss) {
  ScriptedWorld world(GetParam(), "Python Socket Server");
  world.Reply(200, "[ Alice ] : hi\n");
  world.client.SetReading(false);
  world.network.ResetBetween("alice", "server");
  world.scheduler.RunFor(absl::Seconds(3));
  world.client.Leave();
  world.scheduler.RunFor(absl::Seconds(3));
  world.client.SetReading(true);
  world.client.SetReading(false);  // another turn in which nothing is read
  world.scheduler.RunFor(absl::Seconds(3));
  EXPECT_EQ(world.recorder.lines.back(), "own Alice: hi");
  world.client.SetReading(true);
  world.scheduler.RunFor(absl::Seconds(3));
  EXPECT_THAT(world.recorder.lines.back(), StartsWith("closed "));
  EXPECT_EQ(world.recorder.ending, ClientEvent::Ending::kLost);
}

// ---- Inside the callback -----------------------------------------------------------------------

// Owns a client, drives it, and destroys it inside the first event of a kind.
class Destroyer final : public ClientObserver {
 public:
  Destroyer(ServerWorld& world, std::string_view host, ClientEvent::Kind last)
      : last_(last),
        client_(std::make_unique<ChatClient>(world.network.host(host), world.scheduler, *this)) {
    EXPECT_TRUE(client_->Connect(ServerWorld::endpoint()).ok());
  }
  bool destroyed() const { return client_ == nullptr; }
  const std::string& last_text() const { return last_text_; }
  int events_after() const { return events_after_; }
  ChatClient& client() { return *client_; }

 private:
  void OnClientEvent(const ClientEvent& event) override {
    using Kind = ClientEvent::Kind;
    if (client_ == nullptr) {
      ++events_after_;
    } else if (event.kind == last_) {
      client_.reset();
      last_text_ = event.text;  // the views are valid to the end of the call
    } else if (event.kind == Kind::kConnected) {
      EXPECT_TRUE(client_->Login(last_ == Kind::kLoginRefused ? "Alice" : "Bob").ok());
    } else if (event.kind == Kind::kLoggedIn) {
      for (const char* const text : {"one", "two", "three"}) {
        EXPECT_TRUE(client_->Say(text).ok());
      }
      EXPECT_TRUE(client_->List().ok());
      client_->Leave();
    }
  }

  const ClientEvent::Kind last_;
  std::unique_ptr<ChatClient> client_;
  std::string last_text_;
  int events_after_ = 0;
};

class DestroyedClient : public ::testing::TestWithParam<ClientEvent::Kind> {};
INSTANTIATE_TEST_SUITE_P(Inside, DestroyedClient,
                         ::testing::Values(ClientEvent::Kind::kConnected,
                                           ClientEvent::Kind::kLoggedIn,
                                           ClientEvent::Kind::kLoginRefused,
                                           ClientEvent::Kind::kMessage, ClientEvent::Kind::kList,
                                           ClientEvent::Kind::kClosed),
                         [](const auto& kind) { return std::string(ToString(kind.param)); });

TEST_P(DestroyedClient, IsAskedNoMore) {
  ServerWorld world(AllWorldKinds()[1]);  // single bytes: the decoder keeps copies
  world.Join("Alice");
  Destroyer destroyer(world, "bob", GetParam());
  world.RunAWhile();
  EXPECT_TRUE(destroyer.destroyed());
  EXPECT_EQ(destroyer.events_after(), 0);
  EXPECT_EQ(destroyer.last_text(), GetParam() == ClientEvent::Kind::kMessage ? "one" : "");
  EXPECT_EQ(world.server->connections(), 1u);
}

TEST(DestroyedClientTest, InsideItsOwnLeave) {
  ServerWorld world(AllWorldKinds().front());
  Destroyer destroyer(world, "bob", ClientEvent::Kind::kClosed);
  destroyer.client().Leave();  // before the connection: kClosed comes inside the call
  EXPECT_TRUE(destroyer.destroyed());
  world.RunAWhile();
  EXPECT_EQ(destroyer.events_after(), 0);
}

TEST(DestroyedClientTest, AtATimeLimit) {
  ServerWorld world(AllWorldKinds().front());
  world.network.Pause("server", "bob");
  Destroyer destroyer(world, "bob", ClientEvent::Kind::kClosed);
  world.scheduler.RunFor(absl::Seconds(30));
  EXPECT_TRUE(destroyer.destroyed());
  EXPECT_EQ(destroyer.events_after(), 0);
}

// ---- Time --------------------------------------------------------------------------------------

// Keeps the kind and the time of each event.
class Clock final : public ClientObserver {
 public:
  void OnClientEvent(const ClientEvent& event) override {
    times.emplace_back(event.kind, event.time);
  }
  std::vector<std::pair<ClientEvent::Kind, std::optional<absl::Time>>> times;
};

// A process that was suspended runs its timers before it sees the input that arrived meanwhile.
class SuspendedClient : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(client_.Connect(ServerWorld::endpoint()).ok());
    server_.Reply(202, "test", "chathttp");
    Run();
    ASSERT_TRUE(client_.Login("Alice").ok());
    Run();
    server_.Reply(200, "OK...^.^", "chathttp");
    Run();
    ASSERT_TRUE(client_.Say("one").ok());
    Run();
  }
  void Run() {
    for (int i = 0; i < 10; ++i) scheduler_.Turn(now_, now_);
  }

  absl::Time now_ = absl::UnixEpoch();
  HostScheduler scheduler_{now_, now_};
  MemoryNetwork network_{scheduler_};
  ScriptedServer server_{network_, ServerWorld::endpoint()};
  Recorder recorder_;
  ChatClient client_{network_, scheduler_, recorder_};
};

TEST_F(SuspendedClient, AnswerThatArrivedMeanwhileCounts) {
  server_.Reply(200, "[ Alice ] : one\n", "chathttp");
  now_ += absl::Minutes(1);
  Run();
  EXPECT_EQ(recorder_.lines.back(), "own Alice: one");
  EXPECT_TRUE(client_.logged_in());
}

TEST_F(SuspendedClient, AnswerBehindMuchOtherInputCounts) {
  for (int i = 0; i < 4; ++i) {
    server_.Reply(200, "[ Bob ] : " + std::string(4000, 'x') + "\n", "chathttp");
  }
  server_.Reply(200, "[ Alice ] : one\n", "chathttp");
  now_ += absl::Minutes(1);
  Run();
  EXPECT_EQ(recorder_.lines.back(), "own Alice: one");
}

TEST_F(SuspendedClient, ServerThatDidNotAnswerIsGivenUp) {
  server_.Reply(200, "[ Bob ] : hello\n", "chathttp");
  now_ += absl::Minutes(1);
  Run();
  EXPECT_EQ(recorder_.lines.back(), "closed no answer within 30s");
}

TEST(ClientTime, EventsCarryTheDatetimeOfTheirResponse) {
  ServerWorld world(AllWorldKinds().front());
  RawPeer& alice = world.Join("Alice");
  Clock clock;
  ChatClient client(world.network.host("bob"), world.scheduler, clock);
  ASSERT_TRUE(client.Connect(ServerWorld::endpoint()).ok());
  world.RunAWhile();
  const absl::Time now = world.scheduler.WallNow();
  ASSERT_TRUE(client.Login("Bob").ok());
  alice.Send(RawRequest("POST", "Alice", "hello\n"));
  world.RunAWhile();
  client.Leave();
  world.RunAWhile();
  ASSERT_THAT(clock.times, ::testing::SizeIs(4));
  EXPECT_EQ(clock.times[0].first, ClientEvent::Kind::kConnected);
  EXPECT_LT(*clock.times[0].second, now);
  EXPECT_EQ(clock.times[1].first, ClientEvent::Kind::kLoggedIn);
  EXPECT_EQ(clock.times[2].first, ClientEvent::Kind::kMessage);
  for (std::size_t i = 1; i <= 3; ++i) {
    EXPECT_LE(*clock.times[i].second, world.scheduler.WallNow()) << i;
    EXPECT_GT(*clock.times[i].second, now - absl::Seconds(1)) << i;
  }
  EXPECT_EQ(clock.times[3].first, ClientEvent::Kind::kClosed);
}

TEST(ClientTime, EventWithoutAResponseHasNone) {
  ServerWorld world(AllWorldKinds().front());
  Clock clock;
  ChatClient client(world.network.host("bob"), world.scheduler, clock);
  ASSERT_TRUE(client.Connect(ServerWorld::endpoint()).ok());
  world.RunAWhile();
  world.server.reset();
  world.RunAWhile();
  ASSERT_THAT(clock.times, ::testing::SizeIs(2));
  EXPECT_NE(clock.times[0].second, std::nullopt);
  EXPECT_EQ(clock.times[1].first, ClientEvent::Kind::kClosed);
  EXPECT_EQ(clock.times[1].second, std::nullopt);
}

}  // namespace
}  // namespace chathttp
