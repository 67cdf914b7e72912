// Where each retained broadcast begins in the log: 4 bytes for each.
//
//   BroadcastIndex index(log.capacity_bytes(), counted_before);
//   index.Add(log.end());  log.Append(...);                      // a broadcast
//   log.Read(index.OffsetAfter(count, log.end()), log.end());    // all after the first `count`
//
// Broadcasts are numbered from 1; `count` broadcasts end at OffsetAfter(count). Not thread-safe.
#ifndef CHATHTTP_TRANSPORT_SERVER_BROADCAST_INDEX_H_
#define CHATHTTP_TRANSPORT_SERVER_BROADCAST_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <memory>

namespace chathttp {

class BroadcastIndex {
 public:
  // No encoded broadcast has fewer bytes: the head alone has more.
  static constexpr std::size_t kMinBroadcastBytes = 128;

  // For a log of `log_bytes`. Allocates at once, but does not touch the memory before it is used.
  explicit BroadcastIndex(std::size_t log_bytes);

  // Of all broadcasts so far, those before the index included: see Renumber.
  std::uint64_t count() const { return count_; }

  // From here on, the broadcasts so far have this number, and it is not known where they are.
  void Renumber(std::uint64_t count) { count_ = first_ = count; }

  // Adds a broadcast that begins at `offset`, the end of a log whose first retained byte is `begin`.
  // Amortised O(1).
  void Add(std::uint64_t offset, std::uint64_t begin);

  // The smallest count whose OffsetAfter is known. The bytes after it may have left the log since the
  // last Add.
  std::uint64_t first() const { return first_; }

  // The offset at which `count` broadcasts end. Requires first() <= count <= count(). O(1).
  std::uint64_t OffsetAfter(std::uint64_t count, std::uint64_t log_end) const;

 private:
  std::size_t capacity_;
  std::unique_ptr<std::uint32_t[]>
      begins_;  // the lower bits of the offset of broadcast k at (k - 1)
  std::uint64_t first_ = 0;
  std::uint64_t count_ = 0;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_SERVER_BROADCAST_INDEX_H_
