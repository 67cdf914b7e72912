// Thousands of members in one room of the real server.
#include "tests/apps/swarm.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <iostream>
#include <string>

#include "tests/apps/process_figures.h"
#include "tests/apps/programs.h"

namespace chathttp {
namespace {

constexpr std::size_t kWanted = kSanitized ? 200 : 2000;
constexpr std::size_t kMessages = 50;

double SecondsSince(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

TEST(CrowdedRoom, EachMemberGetsEachMessageOnceInTheSameOrder) {
  const std::size_t members = Swarm::Room(kWanted);
  const ServerProcess server({"--log_level=error"});
  Swarm swarm(server.port());
  auto begin = std::chrono::steady_clock::now();
  ASSERT_TRUE(swarm.Join(members, 100)) << swarm.problem();
  const double joined = SecondsSince(begin);

  begin = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < kMessages; ++i) {
    swarm.Say(i * members / kMessages, "text " + std::to_string(i));
  }
  ASSERT_TRUE(swarm.RunUntil([&] { return swarm.messages() >= members * kMessages; }))
      << swarm.problem();
  const double seconds = SecondsSince(begin);
  std::cout << members << " members joined in " << joined << " s; " << kMessages
            << " messages to all in " << seconds << " s\n";
  RecordProperty("members", static_cast<int>(members));

  std::size_t wrong = 0;
  for (const Swarm::Member& member : swarm.members()) {
    const bool same = member.messages == kMessages && member.hash == swarm.members()[0].hash;
    wrong += same ? 0 : 1;
  }
  EXPECT_EQ(wrong, 0U);
  EXPECT_EQ(swarm.notices(), members * (members - 1) / 2);
}

}  // namespace
}  // namespace chathttp
