#include "chathttp/sim/network/drawn_faults.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "chathttp/sim/network/sim_network.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp::sim {
namespace {

const std::vector<std::string> kHosts = {"server", "alice", "bob"};

TEST(DrawFaults, IsAFunctionOfItsArguments) {
  EXPECT_EQ(DrawFaults(17, kHosts), DrawFaults(17, kHosts));
  EXPECT_NE(DrawFaults(17, kHosts), DrawFaults(18, kHosts));
}

TEST(DrawFaults, HasEveryKindBetweenTwoHosts) {
  std::set<DrawnFault::Kind> kinds;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const std::vector<DrawnFault> faults = DrawFaults(seed, kHosts);
    EXPECT_FALSE(faults.empty());
    EXPECT_TRUE(std::is_sorted(faults.begin(), faults.end(),
                               [](const auto& a, const auto& b) { return a.at < b.at; }));
    for (const DrawnFault& fault : faults) {
      kinds.insert(fault.kind);
      EXPECT_NE(fault.from, fault.to);
      EXPECT_LT(fault.at + fault.duration, kFaultsEnd);
    }
  }
  EXPECT_EQ(kinds.size(), 5U);
  EXPECT_THAT(DrawFaults(1, {"server"}), testing::IsEmpty());
}

TEST(DrawFaults, ReadAsASentence) {
  EXPECT_EQ(Describe({DrawnFault::Kind::kBandwidth, "alice", "server", absl::Seconds(1),
                      absl::Seconds(2), 100}),
            "at 1s: bandwidth from alice to server of 100 for 2s");
}

TEST(Schedule, BeginsAndEndsTheFaults) {
  VirtualScheduler scheduler({});
  SimNetwork network(scheduler, {});
  Schedule({{DrawnFault::Kind::kPartition, "alice", "bob", absl::Seconds(1), absl::Seconds(2), 0}},
           network);
  const Link& forth = network.LinkBetween("alice", "bob");
  const Link& back = network.LinkBetween("bob", "alice");
  EXPECT_FALSE(forth.clogged());
  scheduler.RunFor(absl::Seconds(2));
  EXPECT_TRUE(forth.clogged() && back.clogged());
  scheduler.RunFor(absl::Seconds(2));
  EXPECT_FALSE(forth.clogged() || back.clogged());
}

TEST(Schedule, LeavesNothingBehind) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    VirtualScheduler scheduler({});
    SimNetwork network(scheduler, {});
    Schedule(DrawFaults(seed, kHosts), network);
    scheduler.RunFor(kFaultsEnd);
    EXPECT_EQ(scheduler.pending_timers(), 0U);
    for (const std::string& from : kHosts) {
      for (const std::string& to : kHosts) EXPECT_FALSE(network.LinkBetween(from, to).clogged());
    }
  }
}

}  // namespace
}  // namespace chathttp::sim
