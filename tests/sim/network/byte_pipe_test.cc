#include "chathttp/sim/network/byte_pipe.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "chathttp/sim/network/link.h"
#include "chathttp/sim/network/virtual_scheduler.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp::sim {
namespace {

using testing::Each;
using testing::ElementsAre;

// A pipe whose reader reads all bytes on arrival unless it is paused.
class PipeRun {
 public:
  explicit PipeRun(const LinkOptions& options, std::uint64_t entity = 1)
      : link_(options),
        pipe_(scheduler_, link_, 1, entity,
              {.on_arrival = [this] { OnArrival(); },
               .on_reset = [this] { notes.emplace_back("reset"); },
               .on_room = [this] { ++rooms; }}) {}

  std::size_t Write(std::string_view bytes) { return pipe_.Write({&bytes, 1}); }
  std::string Read() {
    std::array<char, 4096> buffer;
    return {buffer.data(), pipe_.Read(buffer)};
  }
  void RunFor(absl::Duration duration) { scheduler_.RunFor(duration); }

  Link& link() { return link_; }
  BytePipe& pipe() { return pipe_; }
  absl::Duration elapsed() { return scheduler_.Now() - start_; }

  std::vector<std::string> notes;  // pieces, "end", "reset"
  std::vector<absl::Duration> arrivals;
  bool reading = true;
  int rooms = 0;

 private:
  void OnArrival() {
    arrivals.push_back(elapsed());
    if (reading && pipe_.readable_bytes() > 0) notes.push_back(Read());
    if (pipe_.finished()) notes.emplace_back("end");
  }

  VirtualScheduler scheduler_{{}};
  absl::Time start_ = scheduler_.Now();
  Link link_;
  BytePipe pipe_;
};

TEST(BytePipe, PiecesHaveTheSizesThatWereAskedFor) {
  PipeRun run({.min_chunk_bytes = 2, .max_chunk_bytes = 5});
  run.Write(std::string(1000, 'x'));
  run.RunFor(absl::Seconds(1));
  std::vector<std::size_t> sizes;
  for (const std::string& piece : run.notes) sizes.push_back(piece.size());
  sizes.pop_back();  // the last piece is the remainder
  EXPECT_THAT(sizes, Each(testing::AllOf(testing::Ge(2), testing::Le(5))));
  EXPECT_THAT(sizes, testing::IsSupersetOf({2, 3, 4, 5}));
}

TEST(BytePipe, ThePiecesOfOnePipeAreNotThoseOfAnother) {
  PipeRun one({}, 1);
  PipeRun other({}, 2);
  for (PipeRun* run : {&one, &other}) {
    run->Write(std::string(10'000, 'x'));
    run->RunFor(absl::Seconds(1));
  }
  EXPECT_NE(one.notes, other.notes);
}

TEST(BytePipe, LatencyStaysWithinItsBoundsAndKeepsTheOrder) {
  PipeRun run({.max_chunk_bytes = 1,
               .latency = UniformLatency(absl::Milliseconds(10), absl::Milliseconds(20))});
  run.Write("abcdefghijklmnopqrstuvwxyz");
  run.RunFor(absl::Seconds(1));
  ASSERT_EQ(run.arrivals.size(), 26U);
  EXPECT_GE(run.arrivals.front(), absl::Milliseconds(10));
  EXPECT_LE(run.arrivals.back(), absl::Milliseconds(20));
  EXPECT_LT(run.arrivals.front(), run.arrivals.back());
  EXPECT_TRUE(std::is_sorted(run.notes.begin(), run.notes.end()));
}

TEST(BytePipe, FixedLatencyIsExact) {
  PipeRun run({.latency = UniformLatency(absl::Milliseconds(7), absl::Milliseconds(7))});
  run.Write("x");
  run.RunFor(absl::Seconds(1));
  EXPECT_THAT(run.arrivals, ElementsAre(absl::Milliseconds(7)));
}

TEST(BytePipe, TheEndStaysBehindTheBytes) {
  PipeRun run(
      {.max_chunk_bytes = 1, .latency = UniformLatency(absl::ZeroDuration(), absl::Seconds(1))});
  run.Write("ab");
  run.pipe().Finish();
  run.RunFor(absl::Seconds(5));
  EXPECT_THAT(run.notes, ElementsAre("a", "b", "end"));
}

TEST(BytePipe, TheEndWaitsForBytesThatHaveNoRoomYet) {
  PipeRun run({.send_buffer_bytes = 4, .receive_buffer_bytes = 4});
  run.reading = false;
  EXPECT_EQ(run.Write("12345678"), 8U);
  run.pipe().Finish();
  run.RunFor(absl::Seconds(1));
  EXPECT_FALSE(run.pipe().finished());
  EXPECT_EQ(run.Read(), "1234");
  run.RunFor(absl::Seconds(1));
  EXPECT_EQ(run.Read(), "5678");
  run.RunFor(absl::Seconds(1));
  EXPECT_TRUE(run.pipe().finished());
  EXPECT_TRUE(run.pipe().idle());
}

TEST(BytePipe, WhatIsNotReadStopsTheWriter) {
  PipeRun run({.send_buffer_bytes = 10, .receive_buffer_bytes = 20});
  run.reading = false;
  EXPECT_EQ(run.Write(std::string(100, 'x')), 30U);
  run.RunFor(absl::Seconds(1));
  EXPECT_EQ(run.Write("x"), 0U);
  run.rooms = 0;
  EXPECT_EQ(run.Read().size(), 20U);
  EXPECT_EQ(run.rooms, 1);
  EXPECT_EQ(run.Write(std::string(100, 'x')), 20U);
}

TEST(BytePipe, AResetOvertakesBytesAndTheEnd) {
  // Pieces wait for the slowest of a thousand; the reset has the latency of one piece.
  PipeRun run(
      {.max_chunk_bytes = 1, .latency = UniformLatency(absl::ZeroDuration(), absl::Seconds(10))});
  run.Write(std::string(1000, 'x'));
  run.pipe().Finish();
  run.pipe().SendReset();
  run.RunFor(absl::Seconds(20));
  ASSERT_FALSE(run.notes.empty());
  EXPECT_EQ(run.notes.back(), "reset");
  EXPECT_LT(run.notes.size(), 1000U);
  EXPECT_TRUE(run.pipe().idle());
}

TEST(BytePipe, AResetDropsWhatIsUnsent) {
  PipeRun run({.send_buffer_bytes = 10, .receive_buffer_bytes = 5});
  run.reading = false;
  run.Write("0123456789abcde");
  run.RunFor(absl::Seconds(1));
  run.pipe().SendReset();
  run.RunFor(absl::Seconds(1));
  EXPECT_EQ(run.Read(), "01234");
  run.RunFor(absl::Seconds(1));
  EXPECT_EQ(run.Read(), "");
}

TEST(BytePipe, APausedLinkDelaysAndLosesNothing) {
  PipeRun run({.max_chunk_bytes = 1});
  run.Write("ab");
  run.link().Begin({});
  run.pipe().Finish();
  run.RunFor(absl::Seconds(5));
  EXPECT_THAT(run.notes, ElementsAre());
  run.link().End({});
  run.RunFor(absl::Seconds(1));
  EXPECT_THAT(run.notes, ElementsAre("a", "b", "end"));
  EXPECT_THAT(run.arrivals, Each(absl::Seconds(5)));
}

TEST(BytePipe, APausedLinkDelaysAReset) {
  PipeRun run({});
  run.link().Begin({});
  run.pipe().SendReset();
  run.RunFor(absl::Seconds(5));
  EXPECT_THAT(run.notes, ElementsAre());
  EXPECT_FALSE(run.pipe().idle());
  run.link().End({});
  run.RunFor(absl::Seconds(1));
  EXPECT_THAT(run.notes, ElementsAre("reset"));
}

TEST(BytePipe, WhatAFaultHasDelayedArrivesWhenTheFaultEnds) {
  for (const LinkFault& fault : {LinkFault{LinkFault::Kind::kDelay, 3'600'000'000'000},
                                 LinkFault{LinkFault::Kind::kBandwidth, 1}}) {
    PipeRun run({.max_chunk_bytes = 10, .latency = FixedLatency(absl::Milliseconds(1))});
    run.link().Begin(fault);
    run.Write(std::string(1000, 'x'));
    run.pipe().Finish();
    run.RunFor(absl::Seconds(5));
    EXPECT_THAT(run.notes, ElementsAre());
    run.link().End(fault);
    run.RunFor(absl::Seconds(1));
    EXPECT_EQ(run.notes.back(), "end");
    EXPECT_EQ(run.arrivals.back(), absl::Seconds(5) + absl::Milliseconds(1));
  }
}

TEST(BytePipe, AClogTakesEffectOnlyOnceSomethingIsOverdue) {
  PipeRun run({.latency = FixedLatency(absl::Seconds(1))});
  run.Write("hello");
  run.link().Begin({});
  run.RunFor(absl::Milliseconds(900));
  run.link().End({});
  EXPECT_EQ(run.link().effects(LinkFault::Kind::kClog), 0U);
  run.link().Begin({});
  run.RunFor(absl::Seconds(1));
  EXPECT_GE(run.link().effects(LinkFault::Kind::kClog), 1U);
  EXPECT_THAT(run.notes, ElementsAre());
}

}  // namespace
}  // namespace chathttp::sim
