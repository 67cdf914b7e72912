// A log of broadcasts: each is encoded once, stored once, and read by every member.
//
//   FanoutLog log(4 << 20);
//   log.Append({head, entity});                    // O(bytes), for any number of readers
//   auto [first, second] = log.Read(cursor, log.end());
//
// A ring buffer of fixed size, addressed by offsets that only grow. A reader is an offset (a
// cursor). A reader whose cursor is less than begin() has lost bytes: it is a slow consumer and
// must be closed. Not thread-safe.
#ifndef CHATHTTP_TRANSPORT_SERVER_FANOUT_LOG_H_
#define CHATHTTP_TRANSPORT_SERVER_FANOUT_LOG_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string_view>

namespace chathttp {

class FanoutLog {
 public:
  // `capacity_bytes` > 0. Allocates at once, but does not touch the memory before it is used. The
  // first byte that is appended has the offset `start`.
  explicit FanoutLog(std::size_t capacity_bytes, std::uint64_t start = 0);

  std::size_t capacity_bytes() const { return capacity_bytes_; }

  // The retained bytes are [begin(), end()), at most capacity_bytes() of them.
  std::uint64_t begin() const {
    return end_ - start_ > capacity_bytes_ ? end_ - capacity_bytes_ : start_;
  }
  std::uint64_t end() const { return end_; }

  // Appends the pieces, at most capacity_bytes() in total; overwrites the oldest bytes.
  void Append(std::initializer_list<std::string_view> pieces);

  // The bytes [from, to), in two pieces if the ring wraps, otherwise with an empty second piece.
  // Requires begin() <= from <= to <= end(). Valid until the next Append. O(1).
  std::array<std::string_view, 2> Read(std::uint64_t from, std::uint64_t to) const;

 private:
  void AppendPiece(std::string_view piece);

  std::size_t capacity_bytes_;
  std::unique_ptr<char[]> ring_;
  std::uint64_t start_;
  std::uint64_t end_;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_SERVER_FANOUT_LOG_H_
