// A member that loses its connection at any moment hears each broadcast exactly once, in order.
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "chathttp/transport/server/chat_server.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/transport/server/returner.h"
#include "tests/transport/server/server_world.h"
#include "tests/transport/server/session_peer.h"

namespace chathttp {
namespace {

class SessionReplayTest : public ServerWorldTest {};
INSTANTIATE_TEST_SUITE_P(All, SessionReplayTest, ::testing::ValuesIn(FastWorldKinds()), WorldName);

TEST_P(SessionReplayTest, EachBroadcastIsHeardOnceInOrder) {
  const char* const given = std::getenv("CHATHTTP_SEEDS");
  int seeds = 30;
  ASSERT_TRUE(given == nullptr || absl::SimpleAtoi(given, &seeds));
  int losses = 0;
  for (int seed = 1; seed <= seeds; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 dice(static_cast<unsigned>(seed));
    const auto draw = [&dice](int most) { return static_cast<int>(dice() % (most + 1U)); };
    ServerOptions options;
    options.history = 1000;
    options.backlog_bytes = std::size_t{256} << 10;
    options.log_start = draw(1) == 0 ? 0 : (std::uint64_t{1} << 32) - 20'000;
    ServerWorld world(GetParam(), options, static_cast<std::uint64_t>(seed));
    RawPeer& witness = world.Join("Witness");
    const int before = draw(12);
    const auto talk = [&] {
      witness.Send(RawRequest("POST", "Witness", absl::StrCat(dice(), "\n")));
    };
    for (int i = 0; i < before; ++i) talk();
    world.RunAWhile();
    const int history = draw(15);
    Returner alice([&world]() -> RawPeer& { return world.Connect(); }, "Alice", history);
    ASSERT_TRUE(
        world.scheduler.RunUntil([&] { return alice.Read(), alice.chats(); }, absl::Seconds(5)));
    for (int round = 0; round < 12; ++round) {
      for (int texts = draw(9); texts > 0; --texts) talk();
      if (draw(2) == 0) {
        alice.peer().Send(RawRequest("POST", "Alice", absl::StrCat("own ", round, "\n")));
      }
      world.scheduler.RunFor(absl::Milliseconds(draw(60)));
      if (draw(1) == 0) alice.peer().SetReading(draw(1) == 0);
      world.scheduler.RunFor(absl::Milliseconds(draw(60)));
      if (draw(2) == 0) continue;
      ++losses;
      alice.Lose(draw(4));
    }
    alice.peer().SetReading(true);
    world.scheduler.RunFor(absl::Seconds(9));
    alice.Read();
    ASSERT_TRUE(alice.chats());
    ASSERT_EQ(alice.gaps(), 0);
    // What the witness heard, from the history on, without the entered of alice.
    std::vector<std::string> expected;
    for (const std::string& entity : HeardBy(witness)) {
      if (entity.find("has just entered") == std::string::npos) expected.push_back(entity);
    }
    const auto unasked = static_cast<std::ptrdiff_t>(std::max(0, before - history));
    expected.erase(expected.begin(), expected.begin() + unasked);
    std::vector<std::string> heard = alice.heard();
    if (history > before) heard.erase(heard.begin());  // the entered of the witness
    ASSERT_EQ(heard, expected);
  }
  EXPECT_GT(losses, seeds);
}

}  // namespace
}  // namespace chathttp
