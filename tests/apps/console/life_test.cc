// The full-screen client in a simulated network, against the real server: its screen while links
// fail and servers restart. Virtual time.
#include <cstdint>
#include <string>
#include <string_view>

#include "apps/console/app.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/console/app_world.h"
#include "tests/transport/server/server_world.h"

namespace chathttp {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ConsoleLife : public ::testing::Test {
 protected:
  // Logs Alice in with a screen.
  void SetUp() override {
    app_.Start(100, 30);
    world_.RunAWhile();
    ASSERT_THAT(Screen(), HasSubstr("Alice \u2500 connected"));
  }

  std::string Screen() const { return terminal_.screen.Text(); }
  void Type(std::string_view bytes) {
    app_.OnInput(bytes);
    world_.scheduler.RunFor(absl::Milliseconds(100));
  }
  void Cut() {
    world_.network.Pause("alice", "server");
    world_.network.Pause("server", "alice");
  }
  void Mend() {
    world_.network.Resume("alice", "server");
    world_.network.Resume("server", "alice");
  }
  void StopServer() { world_.server.reset(); }
  void StartServer() {
    world_.server.emplace(world_.network.host("server"), world_.scheduler);
    world_.server->Subscribe(world_.events);
    ASSERT_TRUE(world_.server->Listen(ServerWorld::endpoint()).ok());
  }

  ServerWorld world_{AllWorldKinds().front()};
  TerminalInMemory terminal_{100, 30};
  bool ended_ = false;
  ConsoleApp app_{world_.network.host("alice"),
                  world_.scheduler,
                  terminal_,
                  {.host = "server", .port = ServerWorld::endpoint().port, .user = "Alice"},
                  [this] { ended_ = true; }};
};

TEST_F(ConsoleLife, LinkDiesAndTheClientComesBackUnderItsName) {
  Cut();
  world_.scheduler.RunFor(absl::Seconds(91));
  EXPECT_THAT(Screen(), HasSubstr("Connection lost: no answer within 30s"));
  EXPECT_THAT(Screen(), Not(HasSubstr("connected \u2500")));
  Type("said meanwhile\r");
  Mend();
  world_.scheduler.RunFor(absl::Minutes(2));
  EXPECT_THAT(Screen(), HasSubstr("Alice \u2500 connected"));
  EXPECT_THAT(Screen(), HasSubstr("Alice  said meanwhile"));
  EXPECT_THAT(Screen(), HasSubstr("Back in the room as Alice, away for "));
  EXPECT_THAT(Screen(), HasSubstr("; nothing is missing"));
  EXPECT_EQ(world_.events.CountOf("entered Alice"), 1u);
}

TEST_F(ConsoleLife, NameStolenMeanwhileIsAskedForAndWhatWaitsIsSaidUnderTheNewOne) {
  StopServer();
  world_.RunAWhile();
  StartServer();
  RawPeer& thief = world_.Join("Alice");
  Type("kept\r");
  const std::string refusal = "User Name Exist: Alice is taken";
  for (int second = 0; second < 180 && Screen().find(refusal) == std::string::npos; ++second) {
    world_.scheduler.RunFor(absl::Seconds(1));
  }
  EXPECT_THAT(Screen(), HasSubstr(refusal));
  const std::uint64_t connections = world_.server->stats().accepted;
  Type("\r2\r");  // the first one goes from the line to the form
  world_.RunAWhile();
  EXPECT_THAT(Screen(), HasSubstr("Alice2 \u2500 connected"));
  EXPECT_EQ(thief.entities().back(), "[ Alice2 ] : kept\n");
  EXPECT_EQ(world_.server->stats().accepted, connections);
}

TEST_F(ConsoleLife, LeavingTellsWhatWasNeverSaid) {
  StopServer();
  world_.RunAWhile();
  Type("one\r");
  Type("/quit\r");
  EXPECT_TRUE(ended_);
  EXPECT_EQ(app_.unsent_report(), "Not sent: one\n");
}

TEST_F(ConsoleLife, ReconnectEndsTheWait) {
  StopServer();
  world_.scheduler.RunFor(absl::Minutes(2));
  EXPECT_THAT(Screen(), HasSubstr("reconnecting in "));
  StartServer();
  Type("/reconnect\r");
  EXPECT_THAT(Screen(), HasSubstr("Alice \u2500 connected"));
}

}  // namespace
}  // namespace chathttp
