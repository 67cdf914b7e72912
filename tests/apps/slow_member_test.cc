// Members that stop reading: the server closes them, other members lose no message, and memory does
// not grow.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <iostream>
#include <string>
#include <vector>

#include "tests/apps/process_figures.h"
#include "tests/apps/programs.h"
#include "tests/apps/wire.h"
#include "tests/apps/wire_peer.h"

namespace chathttp {
namespace {

constexpr std::size_t kBacklogBytes = 65536;
// The bytes that the kernel may buffer for one stream, with the options below: measured 46 KB.
constexpr std::size_t kKernelBytes = 256 << 10;
constexpr PeerOptions kSmallBuffers = {.receive_bytes = 4096, .segment_bytes = 536};

// Two members that read, and some that do not.
class SlowMember : public testing::Test {
 protected:
  void AddSleepers(int count) {
    for (int i = 0; i < count; ++i) {
      const std::string name = "Sleeper" + std::to_string(i);
      sleepers_.push_back(Join(server_.port(), name, kSmallBuffers));
      EXPECT_EQ(talker_.Receive().entity, Entered(name));
      EXPECT_EQ(listener_.Receive().entity, Entered(name));
    }
  }

  // Posts a text of 1000 bytes, and reads it and all earlier messages from the two streams.
  void Say() {
    talker_.Send(MakeRequest("POST", "Talker", text_ + "\n"));
    Take(talker_, talker_stream_);
    Take(listener_, listener_stream_);
  }

  void Take(WirePeer& peer, std::string& stream) {
    for (;;) {
      const Received received = peer.Receive();
      ASSERT_EQ(received.code, 200) << received;
      stream += received.bytes;
      if (&peer == &talker_) {
        broadcast_bytes_ += received.bytes.size();
        if (received.entity.find(" has just left ") != std::string::npos) ++left_;
      }
      if (received.entity == entity_) return;
    }
  }

  ServerProcess server_{{"--backlog_bytes=" + std::to_string(kBacklogBytes), "--log_level=error"}};
  WirePeer listener_ = Join(server_.port(), "Listener");
  WirePeer talker_ = Join(server_.port(), "Talker");
  std::vector<WirePeer> sleepers_;
  const std::string text_ = std::string(1000, 'x');
  const std::string entity_ = MessageFrom("Talker", text_);
  std::string talker_stream_;
  std::string listener_stream_;
  std::size_t broadcast_bytes_ = 0;
  int left_ = 0;

 private:
  void SetUp() override { EXPECT_EQ(listener_.Receive().entity, Entered("Talker")); }
};

TEST_F(SlowMember, IsClosedWithinTheLengthOfTheBacklog) {
  AddSleepers(1);
  while (left_ == 0 && broadcast_bytes_ <= 2 * (kBacklogBytes + kKernelBytes)) Say();
  std::cout << "closed after " << broadcast_bytes_ << " bytes, backlog " << kBacklogBytes << "\n";
  RecordProperty("closed_after_bytes", static_cast<int>(broadcast_bytes_));
  EXPECT_EQ(left_, 1);
  EXPECT_GE(broadcast_bytes_, kBacklogBytes);
  EXPECT_LE(broadcast_bytes_, kBacklogBytes + kKernelBytes);
  Received last;
  do {
    last = sleepers_.front().Receive();
  } while (last.code > 0);
  EXPECT_NE(last.entity, kSilence);
}

TEST_F(SlowMember, CostsTheOthersNothing) {
  AddSleepers(5);
  for (int i = 0; i < 600; ++i) Say();
  EXPECT_EQ(left_, 5);
  EXPECT_TRUE(talker_stream_ == listener_stream_);
  std::string_view input = listener_stream_;
  int messages = 0;
  while (const auto message = TakeMessage(input)) messages += message->entity == entity_ ? 1 : 0;
  EXPECT_EQ(messages, 600);
  EXPECT_TRUE(input.empty());
}

TEST_F(SlowMember, CostsNoMemoryHoweverManyThereAre) {
  const int sleepers = 100;
  AddSleepers(sleepers);
  for (int i = 0; i < 10; ++i) Say();
  const long before = ResidentKib(server_.pid());
  long most = before;
  for (int i = 0; i < 3000; ++i) {
    Say();
    if (i % 10 == 0) most = std::max(most, ResidentKib(server_.pid()));
  }
  const long after = ResidentKib(server_.pid());
  std::cout << sleepers << " sleepers, " << broadcast_bytes_
            << " bytes broadcast, resident KiB: " << before << " before, " << most << " at most, "
            << after << " after\n";
  RecordProperty("resident_kib_before", static_cast<int>(before));
  RecordProperty("resident_kib_most", static_cast<int>(most));
  RecordProperty("resident_kib_after", static_cast<int>(after));
  EXPECT_EQ(left_, sleepers);
  // A tenth of the memory of one queue for each of them.
  const long allowed = sleepers * static_cast<long>(kBacklogBytes) / 10 / 1024;
  EXPECT_LT(kSanitized ? 0 : most - before, allowed);
}

}  // namespace
}  // namespace chathttp
