#include "tests/bench/micro_harness.h"

#include <algorithm>
#include <ctime>
#include <iomanip>
#include <iostream>

#include "tests/transport/codec/allocation_count.h"

namespace chathttp {
namespace {

constexpr double kSecond = 1e9;
constexpr std::size_t kMostRepeats = std::size_t{1} << 30;

double ProcessorNanoseconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * kSecond + static_cast<double>(time.tv_nsec);
}

double TimeOf(const MicroBenchmark& benchmark, std::size_t repeats) {
  const double begin = ProcessorNanoseconds();
  for (std::size_t i = 0; i < repeats; ++i) benchmark.body();
  return ProcessorNanoseconds() - begin;
}

// The number of repetitions for which a round takes `nanoseconds`.
std::size_t RepeatsFor(const MicroBenchmark& benchmark, double nanoseconds) {
  std::size_t repeats = 1;
  while (repeats < kMostRepeats) {
    const double time = TimeOf(benchmark, repeats);
    if (time > nanoseconds / 10) {
      const double wanted = static_cast<double>(repeats) * nanoseconds / time;
      return std::max<std::size_t>(1, static_cast<std::size_t>(wanted));
    }
    repeats *= 2;
  }
  return repeats;
}

double Median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

std::vector<MicroResult> RunMicro(const std::vector<MicroBenchmark>& benchmarks,
                                  MicroEffort effort) {
  const std::size_t rounds = effort == MicroEffort::kQuick ? 5 : 31;
  const double round_time = effort == MicroEffort::kQuick ? kSecond / 500 : kSecond / 100;
  const std::size_t count = benchmarks.size();
  std::vector<std::size_t> repeats(count);
  std::vector<MicroResult> results(count);
  for (std::size_t i = 0; i < count; ++i) {
    results[i].name = benchmarks[i].name;
    const AllocationCount allocations;
    benchmarks[i].body();
    results[i].allocations = static_cast<double>(allocations.allocations()) /
                             static_cast<double>(benchmarks[i].operations);
    repeats[i] = RepeatsFor(benchmarks[i], round_time);
  }
  std::vector<std::vector<double>> times(count);
  std::vector<std::vector<double>> ratios(count);
  for (std::size_t round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto operations = static_cast<double>(repeats[i] * benchmarks[i].operations);
      times[i].push_back(TimeOf(benchmarks[i], repeats[i]) / operations);
      ratios[i].push_back(times[i].back() / times[0].back());
    }
  }
  for (std::size_t i = 0; i < count; ++i) {
    results[i].nanoseconds = Median(times[i]);
    results[i].times_first = Median(ratios[i]);
  }
  return results;
}

void PrintMicro(const std::string& heading, const std::vector<MicroResult>& results, bool compare) {
  std::cout << "| " << heading << " | ns | allocations |"
            << (compare ? " times the first |\n|---|---:|---:|---:|\n" : "\n|---|---:|---:|\n");
  for (const MicroResult& result : results) {
    std::cout << "| " << result.name << " | " << std::fixed << std::setprecision(1)
              << result.nanoseconds << " | " << std::setprecision(2) << result.allocations << " |";
    if (compare) std::cout << " " << result.times_first << " |";
    std::cout << "\n";
  }
  std::cout << std::endl;
}

}  // namespace chathttp
