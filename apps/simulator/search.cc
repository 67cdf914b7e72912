#include "apps/simulator/search.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <iostream>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "apps/simulator/running_seed.h"
#include "chathttp/sim/search/report.h"

namespace chathttp {
namespace {

constexpr std::uint64_t kBlock = 64;  // seeds that a thread takes at a time

// Hands out blocks of seeds in order and merges their results in that order.
class Searcher {
 public:
  explicit Searcher(const SearchOptions& options)
      : options_(options), blocks_((options.seeds.size() - 1) / kBlock + 1) {}

  sim::Swarm Run() {
    std::vector<std::thread> threads;
    for (std::size_t job = 0; job < options_.jobs; ++job) {
      threads.emplace_back([this] { Work(); });
    }
    if (isatty(STDERR_FILENO) == 1) ShowProgress();
    for (std::thread& thread : threads) thread.join();
    return std::move(swarm_);
  }

 private:
  void Work() {
    std::unique_lock<std::mutex> lock(mutex_);
    while (next_ < blocks_ && !enough_) {
      const std::uint64_t block = next_++;
      lock.unlock();
      sim::Swarm part = SearchBlock(block);
      lock.lock();
      done_.emplace(block, std::move(part));
      MergeDone();
    }
    changed_.notify_all();
  }

  sim::Swarm SearchBlock(std::uint64_t block) const {
    sim::Swarm part;
    const std::uint64_t begin = options_.seeds.first + block * kBlock;
    const std::uint64_t size = std::min(kBlock, options_.seeds.last - begin + 1);
    for (std::uint64_t i = 0; i < size; ++i) {
      const RunningSeed running(begin + i, sim::ReplayOf(begin + i, options_.mode));
      const sim::SeedResult result = sim::RunSeed(begin + i, options_.mode);
      if (!result.run.ok()) Announce(result);
      part.Add(result);
    }
    return part;
  }

  // At once, so that a crash of a later seed loses no finding.
  static void Announce(const sim::SeedResult& result) {
    std::cerr << absl::StrCat("seed ", result.seed,
                              " failed: ", result.run.violations.front().invariant, "\n")
              << std::flush;
  }

  void MergeDone() {
    for (auto next = done_.find(merged_); next != done_.end() && !enough_;
         next = done_.find(merged_)) {
      swarm_.Merge(next->second);
      done_.erase(next);
      ++merged_;
      enough_ = swarm_.findings.size() >= options_.max_findings;
    }
  }

  void ShowProgress() {
    std::unique_lock<std::mutex> lock(mutex_);
    while (merged_ < blocks_ && !enough_) {
      changed_.wait_for(lock, std::chrono::milliseconds(200));
      std::cerr << "\r" << swarm_.scenarios << " of " << options_.seeds.size() << " seeds, "
                << swarm_.findings.size() << " failed " << std::flush;
    }
    std::cerr << "\r\x1b[K" << std::flush;
  }

  const SearchOptions& options_;
  const std::uint64_t blocks_;
  std::mutex mutex_;  // guards the members below
  std::condition_variable changed_;
  std::uint64_t next_ = 0;    // the first block that no thread has taken
  std::uint64_t merged_ = 0;  // the first block that is not merged into swarm_
  std::map<std::uint64_t, sim::Swarm> done_;
  sim::Swarm swarm_;
  bool enough_ = false;
};

}  // namespace

sim::Swarm Search(const SearchOptions& options) { return Searcher(options).Run(); }

}  // namespace chathttp
