// Figures of the real server with very many members, and with members that stop reading; run by
// tests/soak.sh. Fails only if a message is lost.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iomanip>
#include <iostream>
#include <string>

#include "tests/apps/process_figures.h"
#include "tests/apps/programs.h"
#include "tests/apps/swarm.h"

namespace chathttp {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMembers = 10'000;
constexpr std::size_t kSleepers = 50;
constexpr std::size_t kBacklogKib = 4096;  // the default

double SecondsSince(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

void Print(const std::string& what, double value, const std::string& unit) {
  std::cout << std::left << std::setw(56) << what << std::right << std::setw(12) << std::fixed
            << std::setprecision(3) << value << " " << unit << "\n";
}

// Posts texts of `kib` KiB in total.
bool Talk(Swarm& swarm, std::size_t kib) {
  const std::string text(4000, 'x');
  for (std::size_t sent = 0; sent < kib * 1024; sent += text.size()) {
    const std::size_t before = swarm.members()[0].messages;
    swarm.Say(0, text);
    if (!swarm.RunUntil([&] { return swarm.members()[0].messages > before; })) return false;
  }
  return true;
}

TEST(Soak, ManyIdleMembers) {
  const std::size_t members = Swarm::Room(kMembers);
  const ServerProcess server({"--log_level=error"});
  const long empty_kib = ResidentKib(server.pid());
  Swarm swarm(server.port());
  ASSERT_TRUE(swarm.Join(1, 1)) << swarm.problem();
  ASSERT_TRUE(Talk(swarm, kBacklogKib + 64)) << swarm.problem();
  const long ring_kib = ResidentKib(server.pid());

  auto begin = Clock::now();
  ASSERT_TRUE(swarm.Join(members - 1, 256)) << swarm.problem();
  const double joined = SecondsSince(begin);
  const std::size_t notices = members * (members - 1) / 2;
  ASSERT_TRUE(swarm.RunUntil([&] { return swarm.notices() == notices; })) << swarm.problem();
  const double join_seconds = SecondsSince(begin);
  const long full_kib = ResidentKib(server.pid());

  const std::size_t before = swarm.messages();
  begin = Clock::now();
  swarm.Say(members / 2, "Hello, everyone!");
  ASSERT_TRUE(swarm.RunUntil([&] { return swarm.messages() == before + members; }))
      << swarm.problem();
  const double fan_out_seconds = SecondsSince(begin);

  const auto each = static_cast<double>(members);
  Print("members", each, "");
  Print("join storm, 256 at a time: all logged in", joined, "s");
  Print("join storm: all of " + std::to_string(notices) + " notices read", join_seconds, "s");
  Print("one message to all", fan_out_seconds * 1000, "ms");
  Print("resident, empty", static_cast<double>(empty_kib), "KiB");
  Print("resident, empty, backlog of 4 MiB in use", static_cast<double>(ring_kib), "KiB");
  Print("resident, all members idle", static_cast<double>(full_kib), "KiB");
  Print("per member, against empty", static_cast<double>(full_kib - empty_kib) * 1024 / each,
        "bytes");
  Print("per member, against empty with its backlog in use",
        static_cast<double>(full_kib - ring_kib) * 1024 / each, "bytes");
  Print("processor time of the server", ProcessorSeconds(server.pid()), "s");
  Print("processor time of the members", ProcessorSeconds(getpid()), "s");
}

TEST(Soak, SlowMembersWithTheDefaultBacklog) {
  const ServerProcess server({"--log_level=error"});
  Swarm swarm(server.port());
  ASSERT_TRUE(swarm.Join(2 + kSleepers, 16)) << swarm.problem();
  ASSERT_TRUE(Talk(swarm, kBacklogKib + 64)) << swarm.problem();
  for (std::size_t i = 0; i < kSleepers; ++i) swarm.StopReading(2 + i);
  const long before = ResidentKib(server.pid());
  const std::size_t messages = swarm.members()[0].messages;
  long most = before;
  std::size_t sent_kib = 0;
  std::size_t first_kib = 0;
  while (swarm.departures() < kSleepers && sent_kib < 262'144) {
    ASSERT_TRUE(Talk(swarm, 64)) << swarm.problem();
    sent_kib += 64;
    most = std::max(most, ResidentKib(server.pid()));
    if (first_kib == 0 && swarm.departures() > 0) first_kib = sent_kib;
  }
  ASSERT_TRUE(
      swarm.RunUntil([&] { return swarm.members()[1].messages == swarm.members()[0].messages; }));
  Print("members that stop reading", kSleepers, "");
  Print("said until the first of them is closed", static_cast<double>(first_kib), "KiB");
  Print("said until the last of them is closed", static_cast<double>(sent_kib), "KiB");
  Print("resident before", static_cast<double>(before), "KiB");
  Print("resident at most", static_cast<double>(most), "KiB");
  Print("messages to the others meanwhile, none lost",
        static_cast<double>(swarm.members()[0].messages - messages), "");
  EXPECT_EQ(swarm.departures(), kSleepers);
  EXPECT_EQ(swarm.members()[0].hash, swarm.members()[1].hash);
}

}  // namespace
}  // namespace chathttp
