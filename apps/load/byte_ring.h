// The last bytes of a stream, of which the newest can be taken back.
//
//   ByteRing ring(64 << 20);
//   ring.Append(bytes);
//   auto [first, second] = ring.Read(cursor, ring.end());
//   ring.CutTo(cursor);    // end() == cursor again
//
// Addressed by offsets in the stream. Not thread-safe.
#ifndef CHATHTTP_APPS_LOAD_BYTE_RING_H_
#define CHATHTTP_APPS_LOAD_BYTE_RING_H_

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

namespace chathttp {

class ByteRing {
 public:
  // `capacity_bytes` > 0. Allocates at once, but does not touch the memory before it is used.
  explicit ByteRing(std::size_t capacity_bytes)
      : capacity_bytes_(capacity_bytes),
        ring_(std::make_unique_for_overwrite<char[]>(capacity_bytes)) {}

  std::size_t capacity_bytes() const { return capacity_bytes_; }

  // The retained bytes are [begin(), end()).
  std::uint64_t begin() const { return begin_; }
  std::uint64_t end() const { return end_; }

  // At most capacity_bytes(). Overwrites the oldest bytes.
  void Append(std::string_view bytes) {
    assert(bytes.size() <= capacity_bytes_);
    const std::size_t at = end_ % capacity_bytes_;
    const std::size_t before_wrap = std::min(bytes.size(), capacity_bytes_ - at);
    if (before_wrap > 0) std::memcpy(ring_.get() + at, bytes.data(), before_wrap);
    const std::string_view wrapped = bytes.substr(before_wrap);
    if (!wrapped.empty()) std::memcpy(ring_.get(), wrapped.data(), wrapped.size());
    end_ += bytes.size();
    if (end_ - begin_ > capacity_bytes_) begin_ = end_ - capacity_bytes_;
  }

  // Takes back the bytes from `end` on. Requires begin() <= end <= end().
  void CutTo(std::uint64_t end) {
    assert(begin_ <= end && end <= end_);
    end_ = end;
  }

  // The bytes [from, to), in two pieces if the ring wraps, otherwise with an empty second piece.
  // Requires begin() <= from <= to <= end(). Valid until the next Append. O(1).
  std::array<std::string_view, 2> Read(std::uint64_t from, std::uint64_t to) const {
    assert(begin_ <= from && from <= to && to <= end_);
    const std::size_t size = to - from;
    const std::size_t at = from % capacity_bytes_;
    const std::size_t before_wrap = std::min(size, capacity_bytes_ - at);
    return {std::string_view(ring_.get() + at, before_wrap),
            std::string_view(ring_.get(), size - before_wrap)};
  }

 private:
  std::size_t capacity_bytes_;
  std::unique_ptr<char[]> ring_;
  std::uint64_t begin_ = 0;
  std::uint64_t end_ = 0;
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_LOAD_BYTE_RING_H_
