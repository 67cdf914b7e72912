// A stream that is handed on with bytes that its first observer read. That it is a stream like any
// other is what the contract suite shows.
#include "chathttp/transport/proxy/resumed_stream.h"

#include <array>
#include <memory>
#include <string>
#include <utility>

#include "chathttp/contract/peer.h"
#include "chathttp/transport/ports/host_scheduler.h"
#include "chathttp/transport/ports/memory_stream.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp {
namespace {

using contract::CountingObserver;
using contract::WriteTo;

class ResumedStreamTest : public testing::Test {
 protected:
  // The first observer has read everything, and two bytes too many.
  ResumedStreamTest() {
    stream.Observe(first);
    EXPECT_EQ(Read(), "(would block)");
    stream.HandOn("ab");
    stream.Observe(second);
  }

  // One byte, or why there is none.
  std::string Read() {
    std::array<char, 1> byte;
    switch (stream.Read(byte).status) {
      case IoStatus::kProgress:
        return {byte[0]};
      case IoStatus::kWouldBlock:
        return "(would block)";
      case IoStatus::kEndOfStream:
        return "(end)";
      case IoStatus::kBroken:
        return "(broken)";
    }
    return "";
  }

  void RunTurns() {
    for (int i = 0; i < 5; ++i) scheduler.Turn(scheduler.Now(), scheduler.Now());
  }

  HostScheduler scheduler;
  CountingObserver first;
  CountingObserver second;
  StreamPair pair = MakeStreamPair(scheduler);
  const std::unique_ptr<ByteStream> peer = std::move(pair.second);
  ResumedStream stream{scheduler, std::move(pair.first)};
};

TEST_F(ResumedStreamTest, TheSecondObserverIsNotifiedAndReadsTheBytes) {
  RunTurns();
  EXPECT_EQ(first.readable, 0);
  EXPECT_EQ(second.readable, 1);
  EXPECT_EQ(Read(), "a");
  EXPECT_EQ(Read(), "b");
  EXPECT_EQ(Read(), "(would block)");
}

TEST_F(ResumedStreamTest, MoreBytesGiveNoSecondNoticeUntilAllAreRead) {
  RunTurns();
  EXPECT_EQ(WriteTo(*peer, "c").bytes, 1U);
  RunTurns();
  EXPECT_EQ(second.readable, 1);
  for (const char* const byte : {"a", "b", "c", "(would block)"}) EXPECT_EQ(Read(), byte);
  EXPECT_EQ(WriteTo(*peer, "d").bytes, 1U);
  RunTurns();
  EXPECT_EQ(second.readable, 2);
  EXPECT_EQ(Read(), "d");
}

TEST_F(ResumedStreamTest, BytesThatAreReadAlreadyGiveNoNotice) {
  for (const char* const byte : {"a", "b", "(would block)"}) EXPECT_EQ(Read(), byte);
  RunTurns();
  EXPECT_EQ(second.readable, 0);
}

TEST_F(ResumedStreamTest, TheBytesComeBeforeTheEnd) {
  peer->ShutdownWrite();
  for (const char* const byte : {"a", "b", "(end)"}) EXPECT_EQ(Read(), byte);
}

TEST_F(ResumedStreamTest, AResetDropsTheBytesAndTheNotice) {
  stream.Reset();
  EXPECT_EQ(Read(), "(broken)");
  EXPECT_NE(stream.broken_reason(), "");
  RunTurns();
  EXPECT_EQ(second.readable, 0);
}

TEST_F(ResumedStreamTest, MayBeHandedOnTwice) {
  CountingObserver third;
  for (const char* const byte : {"a", "b"}) EXPECT_EQ(Read(), byte);
  stream.HandOn("b");
  stream.Observe(third);
  RunTurns();
  EXPECT_EQ(second.readable, 0);
  EXPECT_EQ(third.readable, 1);
  EXPECT_EQ(Read(), "b");
}

}  // namespace
}  // namespace chathttp
