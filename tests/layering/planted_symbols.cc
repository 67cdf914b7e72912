// Does everything that a pure layer must not do, to prove that the symbol rule detects it.
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <mutex>
#include <random>
#include <thread>

#include "absl/random/random.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace chathttp::layering {

void CallTheSystem() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  static_cast<void>(::send(0, "x", 1, 0));
  std::puts(std::getenv("HOME"));
  static_cast<void>(std::chrono::steady_clock::now());
  static_cast<void>(std::filesystem::current_path());
  std::cout << now.tv_sec;
}

unsigned Draw() {
  std::random_device source;
  absl::BitGen generator;
  return source() + absl::Uniform<unsigned>(generator);
}

void UseThreads() {
  static std::mutex standard;
  static absl::Mutex abseil(absl::kConstInit);
  std::thread([] {
    const std::lock_guard<std::mutex> standard_lock(standard);
    const absl::MutexLock abseil_lock(&abseil);
  }).join();
  absl::SleepFor(absl::Now() - absl::FromCivil(absl::CivilDay(2015), absl::LocalTimeZone()));
}

}  // namespace chathttp::layering
