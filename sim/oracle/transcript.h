// The transcript of one connection: its recorded bytes parsed into requests and responses, each
// with its completion time. Part of the oracle.
//
// Views point into the record, which outlives the transcript.
#ifndef CHATHTTP_SIM_ORACLE_TRANSCRIPT_H_
#define CHATHTTP_SIM_ORACLE_TRANSCRIPT_H_

#include <cstddef>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "chathttp/sim/oracle/rules.h"
#include "chathttp/sim/world/raw_codec.h"
#include "chathttp/sim/world/record.h"

namespace chathttp::sim {

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

// The broadcasts of a room in their order.
class Broadcasts {
 public:
  static constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);

  void Append(const Heard& broadcast);

  const std::vector<Heard>& items() const { return items_; }
  const Heard* ItemAt(std::size_t index) const {
    return index < items_.size() ? &items_[index] : nullptr;
  }

  // The position behind the item whose bytes are `raw`, kNowhere if there is none. If several have
  // these bytes: the item at `hint`, else the first.
  std::size_t Find(std::string_view raw, std::size_t hint) const;
  bool Contains(std::string_view raw) const { return by_raw_.contains(raw); }

 private:
  std::vector<Heard> items_;
  absl::flat_hash_map<std::string_view, std::size_t> by_raw_;  // looked up in, never iterated
};

// A response that is byte for byte the next of the `known` broadcasts is not decoded again: that
// makes checking deliveries cheap.
Transcript TranscriptOf(const ConnectionRecord& connection, std::size_t skip_bytes,
                        const Broadcasts& known = {});

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_TRANSCRIPT_H_
