// The log that all members read.
#include <cstddef>
#include <cstdint>
#include <string>

#include "chathttp/transport/server/fanout_log.h"
#include "tests/bench/micro_harness.h"

namespace chathttp {

void MeasureLog(MicroEffort effort) {
  constexpr std::size_t kTimes = 1000;
  constexpr std::size_t kRingBytes = 4 << 20;
  const std::string head(177, 'h');
  const std::string entity(81, 'e');
  FanoutLog log(kRingBytes);
  while (log.end() < 2 * kRingBytes) log.Append({head, entity});
  const auto append = [&] {
    for (std::size_t i = 0; i < kTimes; ++i) log.Append({head, entity});
    Keep(log);
  };
  const auto read = [&] {
    std::uint64_t cursor = log.begin();
    for (std::size_t i = 0; i < kTimes; ++i) {
      Keep(log.Read(cursor, cursor + 258));
      cursor += 258;
    }
  };
  PrintMicro("log of 4 MiB, messages of 258 bytes",
             RunMicro({{"append", kTimes, append}, {"read", kTimes, read}}, effort), false);
}

}  // namespace chathttp
