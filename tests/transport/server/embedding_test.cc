// What a program that embeds a server can do: subscribe, judge, disconnect, and give it streams.
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/match.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/transport/server/chat_server.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/transport/server/server_world.h"

namespace chathttp {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

using EmbeddingTest = ServerWorldTest;
INSTANTIATE_TEST_SUITE_P(AllNetworks, EmbeddingTest, ::testing::ValuesIn(AllWorldKinds()),
                         WorldName);

// ---- Subscribers ------------------------------------------------------------------------------

TEST_P(EmbeddingTest, EverySubscriberGetsEveryEventUntilItUnsubscribes) {
  ServerWorld world(GetParam());
  EventRecorder second;
  world.server->Subscribe(second);
  world.Join("Alice");
  EXPECT_THAT(second.lines(), ElementsAre("accepted", "entered Alice"));
  world.server->Unsubscribe(second);
  world.Join("Bob");
  EXPECT_THAT(second.lines(), SizeIs(2));
  EXPECT_EQ(world.events.CountOf("entered Bob"), 1u);
}

TEST_P(EmbeddingTest, ServerWithoutASubscriberServes) {
  ServerWorld world(GetParam());
  world.server->Unsubscribe(world.events);
  EXPECT_THAT(world.Join("Alice").entities(), ElementsAre("test", "OK...^.^"));
}

TEST(ServerEventTest, EachKindHasANameOfItsOwn) {
  std::vector<std::string_view> names;
  for (int kind = 0; kind <= static_cast<int>(ServerEvent::Kind::kStopped); ++kind) {
    const std::string_view name = ToString(static_cast<ServerEvent::Kind>(kind));
    EXPECT_THAT(name, Not(IsEmpty()));
    EXPECT_THAT(names, Not(Contains(name)));
    names.push_back(name);
  }
}

// ---- Policy -----------------------------------------------------------------------------------

// Refuses users named Mallory and texts with "spam". Records what it is asked.
class NoSpam final : public RoomPolicy {
 public:
  absl::Status CheckLogin(const User& user) override {
    asked.push_back("login " + Describe(user));
    return user.name == "Mallory" ? absl::PermissionDeniedError("No Mallory here")
                                  : absl::OkStatus();
  }
  absl::Status CheckText(const User& user, std::string_view text) override {
    asked.push_back("text " + Describe(user) + " " + std::string(text));
    if (text == "leave") server->Disconnect(user.connection, "You asked for it");
    if (text == "call back") status = server->Listen({"server", 1});
    if (text == "escape") return absl::PermissionDeniedError("two\nlines");
    if (text == "no words") return absl::PermissionDeniedError("");
    return absl::StrContains(AbslView(text), "spam") ? absl::PermissionDeniedError("No spam")
                                                     : absl::OkStatus();
  }

  ChatServer* server = nullptr;
  absl::Status status;  // of a call back into the server
  std::vector<std::string> asked;

 private:
  static std::string Describe(const User& user) {
    EXPECT_THAT(std::string(user.peer), StartsWith("10.0.0."));
    return std::to_string(static_cast<std::uint64_t>(user.connection)) + " " +
           std::string(user.name);
  }
};

class PolicyTest : public ServerWorldTest {
 protected:
  PolicyTest() : world(GetParam()) {
    policy.server = &*world.server;
    world.server->SetPolicy(policy);
  }
  ServerWorld world;
  NoSpam policy;
};
INSTANTIATE_TEST_SUITE_P(AllNetworks, PolicyTest, ::testing::ValuesIn(AllWorldKinds()), WorldName);

TEST_P(PolicyTest, RefusesALoginAndTheConnectionStays) {
  RawPeer& peer = world.Connect();
  peer.Send(RawRequest("ADD", "Mallory"));
  world.RunAWhile();
  EXPECT_EQ(peer.last_code(), 400);
  peer.Send(RawRequest("ADD", "Mal"));
  world.RunAWhile();
  EXPECT_THAT(peer.entities(), ElementsAre("test", "No Mallory here", "OK...^.^"));
  EXPECT_THAT(policy.asked, ElementsAre("login 1 Mallory", "login 1 Mal"));
  EXPECT_EQ(world.events.CountOf("refused No Mallory here"), 1u);
  EXPECT_EQ(world.server->stats().refusals[Rule::kPolicy], 1u);
}

TEST_P(PolicyTest, RefusesATextAndNobodyHearsIt) {
  RawPeer& alice = world.Join("Alice");
  RawPeer& bob = world.Join("Bob");
  alice.Send(RawRequest("POST", "Alice", "spam\n") + RawRequest("POST", "Alice", "hello\n"));
  world.RunAWhile();
  EXPECT_THAT(alice.entities(),
              ElementsAre("test", "OK...^.^", "Bob has just entered the chat room...\n", "No spam",
                          "[ Alice ] : hello\n"));
  EXPECT_THAT(bob.entities(), ElementsAre("test", "OK...^.^", "[ Alice ] : hello\n"));
}

TEST_P(PolicyTest, IsAskedOnlyAboutWhatTheRoomWouldAccept) {
  world.Join("Alice");
  RawPeer& peer = world.Connect();
  policy.asked.clear();
  peer.Send(RawRequest("ADD", "alice") + RawRequest("ADD", "root") + RawRequest("ADD", "Bob") +
            RawRequest("ADD", "Carol") + RawRequest("POST", "Bob", "\x1b[2J\n") +
            RawRequest("POST", "Alice", "hello\n") + RawRequest("POST", "Bob", "hello\n"));
  world.RunAWhile();
  EXPECT_THAT(policy.asked, ElementsAre("login 2 Bob", "text 2 Bob hello"));
}

TEST_P(PolicyTest, ReasonIsOnePrintableLine) {
  RawPeer& alice = world.Join("Alice");
  alice.Send(RawRequest("POST", "Alice", "escape\n") + RawRequest("POST", "Alice", "no words\n"));
  world.RunAWhile();
  EXPECT_THAT(alice.entities(), ElementsAre("test", "OK...^.^", "two\\x0alines",
                                            "Refused by the policy of this server"));
}

TEST_P(PolicyTest, MayDisconnectTheUser) {
  RawPeer& alice = world.Join("Alice");
  alice.Send(RawRequest("POST", "Alice", "leave\n") + RawRequest("POST", "Alice", "more\n"));
  world.RunAWhile();
  EXPECT_EQ(alice.responses().back().code, 500);
  EXPECT_EQ(alice.entities().back(), "You asked for it");
  EXPECT_TRUE(alice.end_of_stream());
  EXPECT_THAT(policy.asked, ElementsAre("login 1 Alice", "text 1 Alice leave"));
}

TEST_P(PolicyTest, MustNotListen) {
  world.Join("Alice").Send(RawRequest("POST", "Alice", "call back\n"));
  world.RunAWhile();
  EXPECT_EQ(policy.status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(StdView(policy.status.message())), HasSubstr("RoomPolicy"));
  EXPECT_THAT(world.server->endpoints(), SizeIs(1));
}

// ---- Disconnect -------------------------------------------------------------------------------

TEST_P(EmbeddingTest, DisconnectTellsThePeerAndTheOthers) {
  ServerWorld world(GetParam());
  RawPeer& alice = world.Join("Alice");
  RawPeer& bob = world.Join("Bob");
  const ConnectionId id = ConnectionOf(*world.server->room().IdOf("bob"));
  EXPECT_TRUE(world.server->Disconnect(id, "Too\nloud"));
  EXPECT_EQ(world.server->room().members().size(), 2u);  // until the end of the turn
  world.RunAWhile();
  EXPECT_EQ(bob.last_code(), 500);
  EXPECT_EQ(bob.entities().back(), "Too\\x0aloud");
  EXPECT_TRUE(bob.end_of_stream());
  EXPECT_EQ(alice.entities().back(), "Bob has just left the chat room...\n");
  EXPECT_EQ(world.events.CountOf("left Bob disconnected"), 1u);
  bob.Close();
  world.RunAWhile();
  EXPECT_EQ(world.events.CountOf("closed disconnected"), 1u);
  EXPECT_FALSE(world.server->Disconnect(id, "again"));
}

TEST(DisconnectTest, OfAllIsDeliveredToWhoStays) {
  ServerOptions options;
  options.room.text_bytes = 100;
  options.backlog_bytes = 16 << 10;
  ServerWorld world(AllWorldKinds().back(), options);
  RawPeer& witness = world.Join("Witness");
  for (int i = 0; i < 100; ++i) world.Join("member-" + std::to_string(i));
  for (std::uint64_t id = 2; id <= 101; ++id) {
    EXPECT_TRUE(world.server->Disconnect(ConnectionId{id}, "Closing time"));
  }
  world.RunAWhile();
  EXPECT_EQ(world.server->stats().evicted, 0u);
  EXPECT_THAT(witness.entities(), SizeIs(202));
  EXPECT_EQ(witness.entities().back(), "member-99 has just left the chat room...\n");
}

// Calls Disconnect again, for everybody, in each event that reports an end.
class Bouncer final : public ServerEvents {
 public:
  explicit Bouncer(ChatServer& server) : server_(server) {}
  void OnServerEvent(const ServerEvent& event) override {
    if (event.kind != ServerEvent::Kind::kRefused && event.kind != ServerEvent::Kind::kLeft) return;
    for (std::uint64_t id = 1; id <= 3; ++id) {
      if (server_.Disconnect(ConnectionId{id}, "short")) ++disconnected_;
    }
  }
  int disconnected() const { return disconnected_; }

 private:
  ChatServer& server_;
  int disconnected_ = 0;
};

TEST_P(EmbeddingTest, DisconnectMayBeCalledWhileOthersAreDisconnected) {
  ServerWorld world(GetParam());
  Bouncer bouncer(*world.server);
  world.server->Subscribe(bouncer);
  for (const char* const name : {"Alice", "Bob", "Carol"}) world.Join(name);
  EXPECT_TRUE(world.server->Disconnect(ConnectionId{1}, "first"));
  EXPECT_FALSE(world.server->Disconnect(ConnectionId{1}, "again"));
  world.RunAWhile();
  EXPECT_EQ(bouncer.disconnected(), 2);  // Alice is ending already
  EXPECT_EQ(world.peers[0]->entities().back(), "first");
  EXPECT_EQ(world.peers[1]->entities().back(), "short");
  EXPECT_EQ(world.peers[2]->entities().back(), "short");
}

TEST_P(EmbeddingTest, DisconnectWithoutAReasonGivesOne) {
  ServerWorld world(GetParam());
  RawPeer& alice = world.Join("Alice");
  EXPECT_TRUE(world.server->Disconnect(ConnectionId{1}, ""));
  alice.Send(RawRequest("POST", "Alice", "too late\n"));
  world.RunAWhile();
  EXPECT_THAT(alice.entities(), ElementsAre("test", "OK...^.^", "Disconnected by this server"));
}

TEST_P(EmbeddingTest, DisconnectOfNobodyIsFalse) {
  ServerWorld world(GetParam());
  EXPECT_FALSE(world.server->Disconnect(ConnectionId{0}, ""));
  EXPECT_FALSE(world.server->Disconnect(ConnectionId{7}, ""));
}

// ---- Accept -----------------------------------------------------------------------------------

// Passes each stream of a listener of its own to the server.
class Usher final : public Acceptor {
 public:
  Usher(ServerWorld& world, const Endpoint& endpoint) : server_(*world.server) {
    auto listener = world.network.host("server").Listen(endpoint, *this);
    EXPECT_TRUE(listener.ok());
    listener_ = *std::move(listener);
  }
  std::vector<absl::StatusOr<ConnectionId>> results;

 private:
  void OnAccept(std::unique_ptr<ByteStream> stream, std::string_view) override {
    results.push_back(server_.Accept(std::move(stream), "side door"));
  }
  void OnOverflow(ByteStream&, std::string_view) override {}

  ChatServer& server_;
  std::unique_ptr<Listener> listener_;
};

TEST_P(EmbeddingTest, StreamsOfTheProgramAreServedAsAnyOther) {
  ServerWorld world(GetParam());
  Usher usher(world, {"server", 1});
  RawPeer& alice = world.Join("Alice");
  RawPeer bob(world.network.host("bob"), {"server", 1});
  world.RunAWhile();
  bob.Send(RawRequest("ADD", "Bob") + RawRequest("POST", "Bob", "hello\n"));
  world.RunAWhile();
  EXPECT_THAT(bob.entities(), ElementsAre("test", "OK...^.^", "[ Bob ] : hello\n"));
  EXPECT_EQ(alice.entities().back(), "[ Bob ] : hello\n");
  ASSERT_THAT(usher.results, SizeIs(1));
  ASSERT_TRUE(usher.results[0].ok());
  EXPECT_EQ(world.server->room().IdOf("Bob"), MemberOf(*usher.results[0]));
  EXPECT_EQ(world.server->stats().accepted, 2u);
}

TEST_P(EmbeddingTest, ServerListensOnSeveralNetworks) {
  ServerWorld world(GetParam());
  sim::SimNetwork other(world.scheduler, {.seed = 2});
  ASSERT_TRUE(world.server->Listen(other.host("inside"), {"inside", 1}).ok());
  EXPECT_THAT(world.server->endpoints(), SizeIs(2));
  RawPeer& alice = world.Join("Alice");
  RawPeer bot(other.host("bot"), {"inside", 1});
  bot.Send(RawRequest("ADD", "Bot") + RawRequest("POST", "Bot", "hello\n"));
  world.RunAWhile();
  EXPECT_EQ(alice.entities().back(), "[ Bot ] : hello\n");
  world.server.reset();
}

TEST_P(EmbeddingTest, StopListeningRefusesNewPeersAndKeepsTheOthers) {
  ServerWorld world(GetParam());
  RawPeer& alice = world.Join("Alice");
  world.server->StopListening();
  EXPECT_THAT(world.server->endpoints(), IsEmpty());
  RawPeer late(world.network.host("late"), ServerWorld::endpoint());
  world.RunAWhile();
  EXPECT_TRUE(late.refused());
  alice.Send(RawRequest("POST", "Alice", "still here\n"));
  world.RunAWhile();
  EXPECT_EQ(alice.entities().back(), "[ Alice ] : still here\n");
  EXPECT_TRUE(world.server->Listen(ServerWorld::endpoint()).ok());
  world.Join("Bob");
}

TEST_P(EmbeddingTest, TrafficIsThatOfTheConnection) {
  ServerWorld world(GetParam());
  const std::string request = RawRequest("ADD", "Alice");
  RawPeer& alice = world.Join("Alice");
  world.Join("Bob");
  world.RunAWhile();
  const auto traffic = world.server->TrafficOf(ConnectionId{1});
  ASSERT_TRUE(traffic.has_value());
  EXPECT_EQ(traffic->bytes_in, request.size());
  EXPECT_EQ(traffic->bytes_out, alice.received().size());
  EXPECT_FALSE(world.server->TrafficOf(ConnectionId{7}).has_value());
}

TEST_P(EmbeddingTest, NullStreamAndStoppedServerAreRefusedInWords) {
  ServerWorld world(GetParam());
  const absl::Status null = world.server->Accept(nullptr, "nowhere").status();
  EXPECT_EQ(null.code(), absl::StatusCode::kInvalidArgument);
  Usher usher(world, {"server", 1});
  world.server->Stop([] {});
  RawPeer late(world.network.host("late"), {"server", 1});
  world.RunAWhile();
  ASSERT_THAT(usher.results, SizeIs(1));
  EXPECT_EQ(usher.results[0].status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(world.server->Listen({"server", 2}).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(late.ended());
}

// ---- Misuse -----------------------------------------------------------------------------------

#ifndef NDEBUG

TEST(EmbeddingDeathTest, SubscribingTwiceIsAsserted) {
  ServerWorld world(AllWorldKinds().front());
  EXPECT_DEATH(world.server->Subscribe(world.events), "subscribers_");
}

TEST(EmbeddingDeathTest, PolicyThatComesLateIsAsserted) {
  ServerWorld world(AllWorldKinds().front());
  world.Join("Alice");
  NoSpam policy;
  EXPECT_DEATH(world.server->SetPolicy(policy), "last_id_");
}

#endif

}  // namespace
}  // namespace chathttp
