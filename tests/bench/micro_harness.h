// A small harness for microbenchmarks.
//
//   std::vector<MicroResult> results = RunMicro({{"memchr", 512, [&] { CutLines(stream); }},
//                                                {"decode", 512, [&] { DecodeAll(stream); }}},
//                                               MicroEffort::kFull);
//
// The benchmarks of one call alternate round by round, so that a slow machine slows all of them. A
// round repeats its body for some milliseconds. Results are medians over all rounds of CPU time,
// not wall time. tests/transport/codec/allocation_count.h counts allocations. Not thread-safe.
#ifndef CHATHTTP_TESTS_BENCH_MICRO_HARNESS_H_
#define CHATHTTP_TESTS_BENCH_MICRO_HARNESS_H_

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace chathttp {

struct MicroBenchmark {
  std::string name;
  std::size_t operations;  // operations per call of `body`
  std::function<void()> body;
};

struct MicroResult {
  std::string name;
  double nanoseconds = 0;  // per operation
  double allocations = 0;  // per operation
  double times_first = 0;  // ratio to the first benchmark of the call, median of the rounds
};

enum class MicroEffort { kQuick, kFull };

std::vector<MicroResult> RunMicro(const std::vector<MicroBenchmark>& benchmarks,
                                  MicroEffort effort);

// The results as a Markdown table under `heading`. `compare` adds the last column.
void PrintMicro(const std::string& heading, const std::vector<MicroResult>& results, bool compare);

// Keeps the compiler from removing the computation of `value`.
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
