#include "chathttp/sim/network/sim_disk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <set>
#include <string>
#include <vector>

namespace chathttp::sim {
namespace {

using testing::ElementsAre;

std::string BytesOf(SimDisk& disk, const std::string& name) { return *disk.Read(name, 1 << 20); }

TEST(SimDisk, HasWhatWasAppended) {
  SimDisk disk({});
  ASSERT_TRUE(disk.Create("b").ok());
  ASSERT_TRUE(disk.Create("a").ok());
  ASSERT_TRUE(disk.Append("a", "0123").ok());
  ASSERT_TRUE(disk.Append("a", "45").ok());
  EXPECT_THAT(*disk.List(), ElementsAre("a", "b"));
  EXPECT_EQ(BytesOf(disk, "a"), "012345");
  ASSERT_TRUE(disk.Truncate("a", 3).ok());
  EXPECT_EQ(BytesOf(disk, "a"), "012");
  EXPECT_EQ(disk.bytes(), 3U);
  EXPECT_EQ(disk.ReadStart("a", 2)->bytes, "01");
  EXPECT_EQ(disk.ReadStart("a", 20)->bytes, "012");
  EXPECT_EQ(disk.ReadStart("a", 2)->file_bytes, 3U);
  ASSERT_TRUE(disk.Remove("a").ok());
  EXPECT_THAT(*disk.List(), ElementsAre("b"));
}

TEST(SimDisk, ErrorsHaveTheCodesOfThePort) {
  SimDisk disk({});
  EXPECT_EQ(disk.Read("none", 1).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(disk.ReadStart("none", 1).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(disk.Append("none", "x").code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(disk.Sync("none").code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(disk.Truncate("none", 0).code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(disk.Remove("none").code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(disk.Rename("none", "a").code(), absl::StatusCode::kNotFound);
  ASSERT_TRUE(disk.Create("a").ok());
  EXPECT_EQ(disk.Create("a").code(), absl::StatusCode::kAlreadyExists);
  ASSERT_TRUE(disk.Append("a", "12345").ok());
  EXPECT_EQ(disk.Read("a", 4).status().code(), absl::StatusCode::kOutOfRange);
}

// What is left of the file "a" with "synced" on the disk and "lost" behind it, for many seeds.
TEST(SimDisk, CrashKeepsWhatWasSyncedAndADrawnPartOfTheRest) {
  std::set<std::string> left;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SimDisk disk({.seed = seed});
    ASSERT_TRUE(disk.Create("a").ok());
    ASSERT_TRUE(disk.SyncDirectory().ok());
    ASSERT_TRUE(disk.Append("a", "synced").ok());
    ASSERT_TRUE(disk.Sync("a").ok());
    ASSERT_TRUE(disk.Append("a", "lost").ok());
    disk.Crash();
    left.insert(BytesOf(disk, "a"));
  }
  for (const char* one : {"synced", "syncedl", "syncedlo", "syncedlos", "syncedlost"}) {
    EXPECT_TRUE(left.contains(one)) << one;
  }
  const std::string zeros("syncedl\0\0\0", 10);
  EXPECT_TRUE(left.contains(zeros));
  for (const std::string& one : left) EXPECT_TRUE(one.starts_with("synced")) << one;
}

TEST(SimDisk, CrashGivesTheSameForTheSameSeed) {
  const auto left = [](std::uint64_t seed) {
    SimDisk disk({.seed = seed});
    (void)disk.Create("a");
    (void)disk.SyncDirectory();
    (void)disk.Append("a", std::string(1000, 'x'));
    disk.Crash();
    return BytesOf(disk, "a");
  };
  EXPECT_EQ(left(5), left(5));
  EXPECT_NE(left(5), left(6));
}

TEST(SimDisk, CrashMayLoseNamesThatWereNotSynced) {
  std::set<std::vector<std::string>> left;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    SimDisk disk({.seed = seed});
    ASSERT_TRUE(disk.Create("a").ok());
    ASSERT_TRUE(disk.SyncDirectory().ok());
    ASSERT_TRUE(disk.Create("b").ok());
    ASSERT_TRUE(disk.Remove("a").ok());
    disk.Crash();
    left.insert(*disk.List());
  }
  const std::set<std::vector<std::string>> all = {{}, {"a"}, {"b"}, {"a", "b"}};
  EXPECT_EQ(left, all);
}

// The bytes that a name leads to, after a crash behind a renaming that was not synced.
TEST(SimDisk, CrashLeavesTheOldFileOrTheOneThatReplacedIt) {
  std::set<std::string> left;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    SimDisk disk({.seed = seed});
    ASSERT_TRUE(disk.Create("a").ok());
    ASSERT_TRUE(disk.Append("a", "old").ok());
    ASSERT_TRUE(disk.Sync("a").ok());
    ASSERT_TRUE(disk.SyncDirectory().ok());
    ASSERT_TRUE(disk.Create("b").ok());
    ASSERT_TRUE(disk.Append("b", "new").ok());
    ASSERT_TRUE(disk.Sync("b").ok());
    ASSERT_TRUE(disk.Rename("b", "a").ok());
    EXPECT_EQ(BytesOf(disk, "a"), "new");
    EXPECT_THAT(*disk.List(), ElementsAre("a"));
    disk.Crash();
    const bool both = disk.List()->size() == 2;
    left.insert(BytesOf(disk, "a") + (both ? " and " + BytesOf(disk, "b") : ""));
  }
  EXPECT_THAT(left, ElementsAre("new", "old", "old and new"));
}

TEST(SimDisk, RenamedFileSurvivesWhenTheDirectoryIsSynced) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SimDisk disk({.seed = seed});
    ASSERT_TRUE(disk.Create("b").ok());
    ASSERT_TRUE(disk.Rename("b", "a").ok());
    ASSERT_TRUE(disk.SyncDirectory().ok());
    disk.Crash();
    EXPECT_THAT(*disk.List(), ElementsAre("a"));
  }
}

TEST(SimDisk, LaterSyncMayFail) {
  SimDisk disk({});
  disk.FailSync(2);
  EXPECT_TRUE(disk.SyncDirectory().ok());
  EXPECT_TRUE(disk.SyncDirectory().ok());
  EXPECT_FALSE(disk.SyncDirectory().ok());
  EXPECT_TRUE(disk.SyncDirectory().ok());
}

TEST(SimDisk, CrashMayUndoACutThatWasNotSynced) {
  std::set<std::string> left;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SimDisk disk({.seed = seed});
    ASSERT_TRUE(disk.Create("a").ok());
    ASSERT_TRUE(disk.SyncDirectory().ok());
    ASSERT_TRUE(disk.Append("a", "0123").ok());
    ASSERT_TRUE(disk.Sync("a").ok());
    ASSERT_TRUE(disk.Truncate("a", 2).ok());
    disk.Crash();
    left.insert(BytesOf(disk, "a"));
  }
  EXPECT_THAT(left, ElementsAre("01", "0123"));
}

TEST(SimDisk, WhatACrashHasLeftStays) {
  SimDisk disk({.seed = 3});
  ASSERT_TRUE(disk.Create("a").ok());
  ASSERT_TRUE(disk.SyncDirectory().ok());
  ASSERT_TRUE(disk.Append("a", std::string(1000, 'x')).ok());
  disk.Crash();
  const std::string left = BytesOf(disk, "a");
  for (int i = 0; i < 20; ++i) disk.Crash();
  EXPECT_EQ(BytesOf(disk, "a"), left);
}

TEST(SimDisk, TearCutsTheNewestFile) {
  SimDisk disk({});
  EXPECT_EQ(disk.Tear(7), 0U);
  for (const char* name : {"2", "1"}) {
    ASSERT_TRUE(disk.Create(name).ok());
    ASSERT_TRUE(disk.Append(name, "0123456789").ok());
    ASSERT_TRUE(disk.Sync(name).ok());
  }
  ASSERT_TRUE(disk.SyncDirectory().ok());
  EXPECT_EQ(disk.Tear(7), 7U);
  disk.Crash();
  EXPECT_EQ(BytesOf(disk, "2"), "012");
  EXPECT_EQ(BytesOf(disk, "1"), "0123456789");
  EXPECT_EQ(disk.Tear(7), 3U);
  EXPECT_EQ(disk.counters().lost_bytes, 10U);
}

TEST(SimDisk, FlipChangesOneBitForGood) {
  SimDisk disk({});
  EXPECT_FALSE(disk.Flip());
  ASSERT_TRUE(disk.Create("a").ok());
  ASSERT_TRUE(disk.Create("b").ok());
  ASSERT_TRUE(disk.Append("b", std::string(10, '\0')).ok());
  ASSERT_TRUE(disk.Sync("b").ok());
  ASSERT_TRUE(disk.SyncDirectory().ok());
  EXPECT_TRUE(disk.Flip());
  disk.Crash();
  int bits = 0;
  for (const char byte : BytesOf(disk, "b"))
    bits += std::popcount(static_cast<unsigned char>(byte));
  EXPECT_EQ(bits, 1);
}

TEST(SimDisk, FullDiskWritesWhatFits) {
  SimDisk disk({});
  ASSERT_TRUE(disk.Create("a").ok());
  disk.SetCapacity(5);
  EXPECT_EQ(disk.Append("a", "01234567").code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(BytesOf(disk, "a"), "01234");
  EXPECT_EQ(disk.Create("b").code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(disk.counters().full, 2U);
  ASSERT_TRUE(disk.Truncate("a", 1).ok());
  EXPECT_TRUE(disk.Append("a", "xyz").ok());
  disk.Fill();
  EXPECT_FALSE(disk.Append("a", "x").ok());
}

TEST(SimDisk, BytesOfAFailedSyncAreLostThoughTheNextOneSucceeds) {
  bool lost = false;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SimDisk disk({.seed = seed});
    ASSERT_TRUE(disk.Create("a").ok());
    ASSERT_TRUE(disk.SyncDirectory().ok());
    ASSERT_TRUE(disk.Append("a", "0123456789").ok());
    disk.FailSync();
    EXPECT_EQ(disk.Sync("a").code(), absl::StatusCode::kInternal);
    EXPECT_TRUE(disk.Sync("a").ok());
    disk.Crash();
    lost |= BytesOf(disk, "a") != "0123456789";
  }
  EXPECT_TRUE(lost);
}

TEST(SimDisk, StallIsTakenOnce) {
  SimDisk disk({});
  disk.Stall(absl::Seconds(5));
  EXPECT_EQ(disk.TakeStall(), absl::Seconds(5));
  EXPECT_EQ(disk.TakeStall(), absl::ZeroDuration());
}

}  // namespace
}  // namespace chathttp::sim
