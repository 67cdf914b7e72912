// The oracle finds what is wrong in the time, the counters, the memory and the end of a server, and
// in what the network carried.
#include <cstdint>
#include <string>

#include "chathttp/sim/world/heap_count.h"
#include "tests/sim/oracle/fixture.h"

namespace chathttp::sim {
namespace {

using ::testing::Contains;
using ::testing::Not;

class ServerTest : public OracleTest {
 protected:
  void SetUp() override { Play(kConversation); }
};

TEST_F(ServerTest, EachCounterIsCompared) {
  using Counter = std::uint64_t ServerStats::*;
  for (const Counter counter :
       {&ServerStats::accepted, &ServerStats::closed, &ServerStats::turned_away,
        &ServerStats::requests, &ServerStats::replies, &ServerStats::broadcasts,
        &ServerStats::logins, &ServerStats::evicted, &ServerStats::expired, &ServerStats::bytes_in,
        &ServerStats::bytes_out}) {
    ++(server().stats.*counter);
    EXPECT_THAT(Violated(), Contains("conservation"));
    --(server().stats.*counter);
  }
}

TEST_F(ServerTest, EachLabelOfACounterIsCompared) {
  const auto check = [&](auto& tally, auto label) {
    ++tally[label];
    EXPECT_THAT(Violated(), Contains("conservation"));
    --tally[label];
  };
  ServerStats& stats = server().stats;
  for (const RequestKind& kind : kRequestKinds) check(stats.requests_by_kind, kind);
  check(stats.broadcasts_by_kind, Broadcast::Kind::kSaid);
  check(stats.closed_by_reason, EndReason::kOther);
  check(stats.refusals, Rule::kMalformed);
  check(stats.refusals, Rule::kText);
  stats.fanout.Add(absl::ZeroDuration(), 1);
  EXPECT_THAT(Violated(), Contains("conservation"));
}

TEST_F(ServerTest, ThePopulationIsCompared) {
  ++server().members_at_end;
  EXPECT_THAT(Violated(), Contains("conservation"));
  --server().members_at_end;
  --server().connections_at_end;
  EXPECT_THAT(Violated(), Contains("conservation"));
}

TEST_F(ServerTest, MemoryBeyondTheBoundBreaksMemory) {
  server().turns[5].held_bytes = 100 << 20;
  EXPECT_THAT(Violated(), Contains("memory"));
}

TEST_F(ServerTest, MemoryThatIsNotCountedBreaksMemory) {
  server().turns[server().turns.size() / 2].held_bytes = 0;
  EXPECT_THAT(Violated(), Contains("memory"));
}

TEST_F(ServerTest, MoreOnTheHeapThanThereIsReasonForBreaksMemory) {
  server().heap_is_counted = true;
  server().turns[20].heap_bytes += 10'000;
  EXPECT_THAT(Violated(), Contains("memory"));
  server().heap_is_counted = false;
  EXPECT_THAT(Violated(), Not(Contains("memory"))) << "there is no count";
}

TEST_F(ServerTest, APartOfARequestIsAReasonForBytesOnTheHeap) {
  Play("seed 1\npeers bob\n@0 bob connect\n@1s raw bob \"ADD h\"\nsettle 1m\n");
  server().heap_is_counted = true;
  const auto bytes = [&](absl::Duration at) {
    for (ServerTurn& turn : server().turns) {
      if (turn.at >= at) return turn.heap_bytes;
    }
    return std::int64_t{-1};
  };
  if (HeapCount::works()) {
    EXPECT_GT(bytes(absl::Seconds(1)), bytes(absl::ZeroDuration()));
  }
  server().turns.front().heap_bytes += 2000;
  EXPECT_THAT(Violated(), Contains("memory")) << "there is no part of a request yet";
}

TEST_F(ServerTest, WhatIsLeftOnTheHeapBreaksMemory) {
  EXPECT_EQ(server().heap_bytes_left, 0);
  server().heap_is_counted = true;
  server().heap_bytes_left = 1;
  EXPECT_THAT(Violated(), Contains("memory"));
}

TEST_F(ServerTest, TurnsWithoutWorkBreakSpin) {
  for (std::size_t t = 0; t < 5; ++t) server().turns[t].idle = true;
  EXPECT_THAT(Violated(), Contains("spin"));
}

TEST_F(ServerTest, AReplyInALaterTurnBreaksPrompt) {
  for (Transfer& write : ConnectionOf("alice").writes) {
    if (write.when.at > absl::Milliseconds(600)) ++write.when.turn;
  }
  EXPECT_THAT(Violated(), Contains("prompt"));
}

TEST_F(ServerTest, InputThatIsReadLateBreaksPrompt) {
  ConnectionOf("alice").readable.front().turn -= 2;
  EXPECT_THAT(Violated(), Contains("prompt"));
}

TEST_F(ServerTest, TooManyRequestsInATurnBreakFairness) {
  server().options.turn_requests = 0;
  EXPECT_THAT(Violated(), Contains("fairness"));
}

TEST_F(ServerTest, ALimitThatIsShorterOrLongerThanItsReplyBreaksTimeLimits) {
  Play("seed 1\npeers bob\n@0 bob connect\n@1s raw bob \"ADD h\"\nsettle 1m\n");
  const absl::Duration limit = server().options.login_limit;
  server().options.login_limit = limit;
  Delay(absl::Seconds(5), absl::Seconds(1));
  EXPECT_THAT(Violated(), Contains("time-limits"));
  Delay(absl::Seconds(5), -absl::Seconds(2));
  EXPECT_THAT(Violated(), Contains("time-limits"));
}

TEST_F(ServerTest, ALingerThatIsTooLongBreaksTimeLimits) {
  for (ServerConnection& c : server().connections) {
    if (c.shut && c.closed && c.closed->at > c.shut->at) c.closed->at += absl::Seconds(1);
  }
  EXPECT_THAT(Violated(), Contains("time-limits"));
}

TEST_F(ServerTest, AStopThatTakesTooLongBreaksDrain) {
  server().stopped->at += absl::Seconds(10);
  EXPECT_THAT(Violated(), Contains("drain"));
}

TEST_F(ServerTest, AStopThatDoesNotEndBreaksDrain) {
  server().stopped.reset();
  EXPECT_THAT(Violated(), Contains("drain"));
}

TEST_F(ServerTest, WhatIsLeftBehindBreaksDrain) {
  record.leftover.timers = 1;
  EXPECT_THAT(Violated(), Contains("drain"));
}

TEST_F(ServerTest, BytesThatAreNotWhatWasSentBreakCarriage) {
  record.connections[0].received.bytes[100] ^= 1;
  EXPECT_THAT(Violated(), Contains("carriage"));
}

TEST_F(ServerTest, BytesThatDoNotArriveBreakComplete) {
  ConnectionRecord& alice = record.connections[0];
  alice.received.bytes.resize(300);
  alice.end = ConnectionRecord::End::kOpen;
  EXPECT_THAT(Violated(), Contains("complete"));
}

TEST_F(ServerTest, AMemberThatLeavesLateBreaksOneLeft) {
  Event(ServerEvent::Kind::kLeft, "Robert").when.turn += 3;
  EXPECT_THAT(Violated(), Contains("one-left"));
}

TEST_F(ServerTest, AConnectionTooManyBreaksConservation) {
  server().options.max_connections = 2;
  EXPECT_THAT(Violated(), Contains("conservation"));
}

}  // namespace
}  // namespace chathttp::sim
