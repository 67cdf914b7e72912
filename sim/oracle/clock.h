// When the bytes of a stream crossed a port. Part of the oracle.
//
//   Clock clock(connection.writes);
//   Moment first = clock.At(0);      // offsets must not decrease
#ifndef CHATHTTP_SIM_ORACLE_CLOCK_H_
#define CHATHTTP_SIM_ORACLE_CLOCK_H_

#include <cstddef>
#include <vector>

#include "chathttp/sim/world/server_record.h"

namespace chathttp::sim {

class Clock {
 public:
  explicit Clock(const std::vector<Transfer>& transfers) : transfers_(transfers) {}

  // The moment of the byte at `offset`; of the last one if it has not crossed. Amortised O(1).
  const Moment& At(std::size_t offset) {
    while (next_ + 1 < transfers_.size() && transfers_[next_].end <= offset) ++next_;
    return transfers_.empty() ? none_ : transfers_[next_].when;
  }

 private:
  const std::vector<Transfer>& transfers_;
  std::size_t next_ = 0;
  Moment none_;
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_CLOCK_H_
