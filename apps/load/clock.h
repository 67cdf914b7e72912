// The clock of chat_load: CLOCK_MONOTONIC in nanoseconds.
#ifndef CHATHTTP_APPS_LOAD_CLOCK_H_
#define CHATHTTP_APPS_LOAD_CLOCK_H_

#include <cstdint>
#include <ctime>

namespace chathttp {

inline constexpr std::int64_t kSecond = 1'000'000'000;

inline std::int64_t MonotonicNanoseconds() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return std::int64_t{time.tv_sec} * kSecond + time.tv_nsec;
}

inline double SecondsBetween(std::int64_t from, std::int64_t to) {
  return static_cast<double>(to - from) / static_cast<double>(kSecond);
}

}  // namespace chathttp

#endif  // CHATHTTP_APPS_LOAD_CLOCK_H_
