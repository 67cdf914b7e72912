// The room as a log: each broadcast encoded once, stored once, read by every member.
//
//   FanoutLog log(4 << 20);
//   log.Append({head, entity});                    // O(bytes), whatever the number of readers
//   auto [first, second] = log.Read(cursor, log.end());
//
// A ring of fixed size addressed by ever-growing offsets. A reader is nothing but an offset: one
// that falls behind begin() has lost bytes, is a slow consumer and must go. One thread.
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
  // `capacity_bytes` > 0. Memory that was never written to is not touched.
  explicit FanoutLog(std::size_t capacity_bytes);

  std::size_t capacity_bytes() const { return capacity_bytes_; }

  // The retained bytes are [begin(), end()), at most capacity_bytes() of them.
  std::uint64_t begin() const { return end_ > capacity_bytes_ ? end_ - capacity_bytes_ : 0; }
  std::uint64_t end() const { return end_; }

  // Appends the pieces one behind the other; together at most capacity_bytes(). Old bytes go.
  void Append(std::initializer_list<std::string_view> pieces);

  // The bytes [from, to), in two pieces where the ring wraps, else with an empty second one.
  // begin() <= from <= to <= end(). Valid until the next Append.
  std::array<std::string_view, 2> Read(std::uint64_t from, std::uint64_t to) const;

 private:
  void AppendPiece(std::string_view piece);

  std::size_t capacity_bytes_;
  std::unique_ptr<char[]> ring_;
  std::uint64_t end_ = 0;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_SERVER_FANOUT_LOG_H_
