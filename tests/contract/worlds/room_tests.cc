// Chat servers that share a log: what members with sessions see, whatever log it is.
#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "chathttp/transport/ports/memory_network.h"
#include "chathttp/transport/server/chat_server.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/worlds/worlds.h"
#include "tests/transport/server/raw_peer.h"
#include "tests/transport/server/server_world.h"
#include "tests/transport/server/session_peer.h"

namespace chathttp {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

constexpr absl::Duration kPatience = absl::Seconds(20);

class RoomTest : public testing::Test {
 public:
  void Enter(std::unique_ptr<RoomWorld> world) {
    world_ = std::move(world);
    network_.emplace(world_->scheduler());
    for (int i = 0; i < 3; ++i) {
      servers_.push_back(std::make_unique<ChatServer>(*network_, world_->scheduler(),
                                                      OptionsOfServers(), world_->AddServer()));
      servers_.back()->UseSessions(entropy_);
      ASSERT_TRUE(servers_.back()->Listen({absl::StrCat("server-", i), 1}).ok());
    }
  }
  ~RoomTest() override {
    peers_.clear();
    servers_.clear();
  }

 protected:
  bool RunUntil(absl::FunctionRef<bool()> done) { return world_->Run(done, kPatience); }
  void RunFor(absl::Duration duration) {
    world_->Run([] { return false; }, duration);
  }

  // Connects to a server, and sends an ADD; returns when that is answered.
  RawPeer& Add(int server, const std::string& name, const std::string& lines) {
    RawPeer& peer = peers_.emplace_back(*network_, Endpoint{absl::StrCat("server-", server), 1});
    peer.Send(AddRequest(name, lines));
    EXPECT_TRUE(RunUntil([&] { return peer.responses().size() >= 2; })) << name;
    EXPECT_TRUE(WelcomeOf(peer)) << name;
    return peer;
  }
  // The header lines of a member that returns, which has heard so many broadcasts.
  static std::string Back(const RawPeer& peer, std::uint64_t heard) {
    Position since = *ParsePosition(*HeaderOf(*WelcomeOf(peer), "Position"));
    since.count += heard;
    return absl::StrCat("Session: ", *HeaderOf(*WelcomeOf(peer), "Session"),
                        "\nSince: ", ToString(since), "\n");
  }
  bool Hears(const RawPeer& peer, const std::string& entity) {
    return RunUntil([&] { return testing::Value(HeardBy(peer), Contains(entity)); });
  }
  static std::ptrdiff_t TimesHeard(const RawPeer& peer, const std::string& entity) {
    const std::vector<std::string> heard = HeardBy(peer);
    return std::count(heard.begin(), heard.end(), entity);
  }

  std::vector<std::unique_ptr<ChatServer>> servers_;

 private:
  static ServerOptions OptionsOfServers() {
    ServerOptions options;
    options.away_limit = absl::Seconds(2);
    return options;
  }

  std::unique_ptr<RoomWorld> world_;
  std::optional<MemoryNetwork> network_;
  CountingEntropy entropy_;
  std::deque<RawPeer> peers_;
};

class AMemberReturnsToAnotherServer final : public RoomTest {
  void TestBody() override {
    RawPeer& bob = Add(0, "Bob", "");
    RawPeer& alice = Add(0, "Alice", "Session: new\n");
    bob.Send(RawRequest("POST", "Bob", "heard\n"));
    ASSERT_TRUE(Hears(alice, "[ Bob ] : heard\n"));
    alice.Reset();
    bob.Send(RawRequest("POST", "Bob", "missed\n"));
    ASSERT_TRUE(Hears(bob, "[ Bob ] : missed\n"));
    RawPeer& back = Add(1, "Alice", Back(alice, 1));
    EXPECT_EQ(HeaderOf(*WelcomeOf(back), "Gap"), std::nullopt);
    EXPECT_EQ(HeaderOf(*WelcomeOf(back), "Replay"), "1");
    back.Send(RawRequest("POST", "Alice", "here\n"));
    ASSERT_TRUE(Hears(bob, "[ Alice ] : here\n"));
    EXPECT_THAT(HeardBy(back), ElementsAre("[ Bob ] : missed\n", "[ Alice ] : here\n"));
    // To a third server, which has known the member at two others.
    RawPeer& again = Add(2, "Alice", Back(back, 1));
    EXPECT_EQ(HeaderOf(*WelcomeOf(again), "Gap"), std::nullopt);
    EXPECT_TRUE(RunUntil([&] { return back.ended(); }));
    again.Send(RawRequest("DELETE", "Alice"));
    ASSERT_TRUE(Hears(bob, "Alice has just left the chat room...\n"));
    EXPECT_EQ(TimesHeard(bob, "Alice has just left the chat room...\n"), 1);
    EXPECT_EQ(TimesHeard(bob, "Alice has just entered the chat room...\n"), 1);
  }
};

class MembersOfAServerThatEndsMayReturnToAnotherOne final : public RoomTest {
  void TestBody() override {
    RawPeer& bob = Add(0, "Bob", "");
    RawPeer& alice = Add(1, "Alice", "Session: new\n");
    Add(1, "Carl", "");
    Add(1, "Dora", "Session: new\n");
    servers_[1]->Stop({});
    ASSERT_TRUE(Hears(bob, "Carl has just left the chat room...\n"));
    EXPECT_EQ(servers_[0]->away(), 2U);
    RawPeer& back = Add(2, "Alice", Back(alice, 2));
    EXPECT_EQ(HeaderOf(*WelcomeOf(back), "Gap"), std::nullopt);
    EXPECT_THAT(HeardBy(back), ElementsAre("Carl has just left the chat room...\n"));
    // Each server that is left counts the limit; the first one ends the member.
    ASSERT_TRUE(Hears(bob, "Dora has just left the chat room...\n"));
    RunFor(absl::Seconds(2));
    EXPECT_EQ(TimesHeard(bob, "Dora has just left the chat room...\n"), 1);
    EXPECT_THAT(HeardBy(bob), Not(Contains("Alice has just left the chat room...\n")));
    EXPECT_EQ(servers_[0]->position(), servers_[2]->position());
    EXPECT_NE(servers_[0]->position().epoch, 0U);
    EXPECT_EQ(servers_[0]->away() + servers_[2]->away(), 0U);
  }
};

template <typename Test>
void Register(const std::string& suite, const char* name, const MakeRoomWorld& make) {
  testing::RegisterTest(suite.c_str(), name, nullptr, nullptr, __FILE__, __LINE__,
                        [make]() -> RoomTest* {
                          auto* const test = new Test;
                          test->Enter(make());
                          return test;
                        });
}

}  // namespace

void RegisterLogAndRoomTests(const std::string& name, const MakeRoomWorld& make) {
  RegisterLogContractTests(name, make);
  if (!make()->is_shared()) return;
  const std::string suite = absl::StrCat("Room/", name);
  Register<AMemberReturnsToAnotherServer>(suite, "AMemberReturnsToAnotherServer", make);
  Register<MembersOfAServerThatEndsMayReturnToAnotherOne>(
      suite, "MembersOfAServerThatEndsMayReturnToAnotherOne", make);
}

}  // namespace chathttp
