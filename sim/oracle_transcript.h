// One connection as a conversation: its recorded bytes cut into requests and responses, each with
// the time at which it was complete. For the oracle.
//
// Views point into the record, which outlives the transcript. Where a response is byte for byte
// what the room's log holds next, it is not read again: that makes checking deliveries cheap.
#ifndef CHATHTTP_SIM_ORACLE_TRANSCRIPT_H_
#define CHATHTTP_SIM_ORACLE_TRANSCRIPT_H_

#include <cstddef>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "sim/oracle_rules.h"
#include "sim/raw_codec.h"
#include "sim/record.h"

namespace chathttp::sim {

class RoomLog;

struct Heard {
  Told told = Told::kNonsense;
  std::string_view name;  // see Meaning
  std::string_view text;
  std::string_view raw;
  absl::Duration at;  // of its last byte
};

struct Asked {
  RawRequestView request;
  absl::Duration begun;  // its first byte crossed the port
  absl::Duration at;     // its last byte did; if fatal: the byte by which a reader knows
};

struct Transcript {
  const ConnectionRecord* connection = nullptr;
  std::vector<Asked> asked;
  std::vector<Heard> heard;
  bool unfinished_request = false;  // bytes behind the last one
  absl::Duration unfinished_begun;
  std::size_t cut_bytes = 0;  // received behind the last whole response
};

// `log` may be null: then nothing is taken from it.
Transcript TranscriptOf(const ConnectionRecord& connection, std::size_t skip_bytes,
                        const RoomLog* log);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_TRANSCRIPT_H_
