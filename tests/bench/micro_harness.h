// A small harness for microbenchmarks.
//
//   std::vector<MicroResult> results = RunMicro({{"memchr", 512, [&] { CutLines(stream); }},
//                                                {"decode", 512, [&] { DecodeAll(stream); }}},
//                                               MicroEffort::kFull);
//
// The benchmarks of one call take turns, round by round, so that what slows the machine down slows
// all of them. A round repeats its body for some milliseconds. Times are of the processor, not of
// the clock on the wall, and what is told is the median of all rounds. Allocations are counted by
// tests/transport/codec/allocation_count.h. For programs of one thread.
#ifndef CHATHTTP_TESTS_BENCH_MICRO_HARNESS_H_
#define CHATHTTP_TESTS_BENCH_MICRO_HARNESS_H_

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace chathttp {

struct MicroBenchmark {
  std::string name;
  std::size_t operations;  // that one call of `body` does
  std::function<void()> body;
};

struct MicroResult {
  std::string name;
  double nanoseconds = 0;  // per operation
  double allocations = 0;  // per operation
  double times_first = 0;  // the first benchmark of the same call, the median of the rounds
};

enum class MicroEffort { kQuick, kFull };

std::vector<MicroResult> RunMicro(const std::vector<MicroBenchmark>& benchmarks,
                                  MicroEffort effort);

// The results as rows of a table in Markdown, under `heading`. The last column only with
// `compare`.
void PrintMicro(const std::string& heading, const std::vector<MicroResult>& results, bool compare);

// Keeps the compiler from leaving out what makes `value`.
template <typename Value>
void Keep(const Value& value) {
  asm volatile("" : : "g"(&value) : "memory");
}

// The benchmarks themselves.
void MeasureCodec(MicroEffort effort);
void MeasureRoom(MicroEffort effort);
void MeasureLog(MicroEffort effort);

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_BENCH_MICRO_HARNESS_H_
