#include "chathttp/transport/server/broadcast_index.h"

#include <cassert>

namespace chathttp {

BroadcastIndex::BroadcastIndex(std::size_t log_bytes)
    : capacity_(log_bytes / kMinBroadcastBytes + 2),
      begins_(std::make_unique_for_overwrite<std::uint32_t[]>(capacity_)) {}

void BroadcastIndex::Add(std::uint64_t offset, std::uint64_t begin) {
  while (first_ < count_ && OffsetAfter(first_, offset) < begin) ++first_;
  begins_[count_ % capacity_] = static_cast<std::uint32_t>(offset);
  ++count_;
  assert(count_ - first_ < capacity_);
}

// An offset is less than 2^32 bytes before the end, since a log has at most 1 GiB.
std::uint64_t BroadcastIndex::OffsetAfter(std::uint64_t count, std::uint64_t log_end) const {
  assert(first_ <= count && count <= count_);
  if (count == count_) return log_end;
  return log_end - (static_cast<std::uint32_t>(log_end) - begins_[count % capacity_]);
}

}  // namespace chathttp
