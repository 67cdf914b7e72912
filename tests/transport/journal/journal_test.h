// A journal on a disk in memory, as the tests of its writer and of recovery use it.
#ifndef CHATHTTP_TESTS_TRANSPORT_JOURNAL_JOURNAL_TEST_H_
#define CHATHTTP_TESTS_TRANSPORT_JOURNAL_JOURNAL_TEST_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "chathttp/sim/network/sim_disk.h"
#include "chathttp/transport/journal/record_codec.h"
#include "chathttp/transport/journal/recovery.h"
#include "chathttp/transport/journal/segment.h"

namespace chathttp {

inline constexpr std::uint64_t kFreshEpoch = 1000;
inline constexpr absl::Time kJournalStart = absl::FromUnixSeconds(1'796'049'300);

inline TokenHash TestHash(std::uint8_t byte) {
  TokenHash hash{};
  hash.fill(byte);
  return hash;
}

class JournalTest : public testing::Test {
 protected:
  // Reads the journal and makes a writer, which goes on. The test fails if that fails.
  const PastRoom& Start() {
    absl::StatusOr<Recovery> recovery = Recover(disk_, options_);
    EXPECT_TRUE(recovery.ok()) << recovery.status();
    recovery_ = recovery.ok() ? *std::move(recovery) : Recovery{};
    return recovery_.past;
  }
  // Why it fails.
  absl::Status StartError() { return Recover(disk_, options_).status(); }

  // Removes all files, and makes a journal whose crashes draw something else.
  void StartAfresh() {
    for (const std::string& name : Files()) ASSERT_TRUE(disk_.Remove(name).ok());
    ASSERT_TRUE(disk_.SyncDirectory().ok());
    Start();
  }

  JournalWriter& writer() { return *recovery_.writer; }
  const std::vector<std::string>& notes() const { return recovery_.notes; }

  absl::Status Append(const JournalRecord& record) {
    std::string bytes;
    AppendRecord(writer().count(), record, bytes);
    return writer().Write(bytes);
  }
  absl::Status Enter(std::string_view name) {
    return Append(SaidOrNotice{.wall = wall_, .kind = Broadcast::Kind::kEntered, .name = name});
  }
  absl::Status Leave(std::string_view name) {
    return Append(SaidOrNotice{.wall = wall_, .kind = Broadcast::Kind::kLeft, .name = name});
  }
  absl::Status Say(std::string_view name, std::string_view text) {
    return Append(SaidOrNotice{.wall = wall_, .name = name, .text = text});
  }

  std::vector<std::string> Files() { return *disk_.List(); }
  std::string Bytes(const std::string& name) { return *disk_.Read(name, kMaxSegmentBytes); }

  // The texts of the past broadcasts, and the names of the members.
  static std::vector<std::string> Texts(const PastRoom& past) {
    std::vector<std::string> texts;
    for (const PastBroadcast& broadcast : past.broadcasts) texts.push_back(broadcast.text);
    return texts;
  }
  static std::vector<std::string> Members(const PastRoom& past) {
    std::vector<std::string> names;
    for (const PastMember& member : past.members) names.push_back(member.name);
    return names;
  }

  sim::SimDisk disk_{{}};
  RecoveryOptions options_ = {.fresh_epoch = kFreshEpoch, .broadcast_bytes = 1 << 20};
  absl::Time wall_ = kJournalStart;
  Recovery recovery_;
};

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_TRANSPORT_JOURNAL_JOURNAL_TEST_H_
