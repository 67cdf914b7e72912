// A running 64-bit digest of a history. Equal histories have equal digests on every platform.
//
//   Digest digest;
//   digest.Add(now);
//   digest.AddBytes("hello");
//   EXPECT_EQ(digest.value(), other.value());
//
// The digest detects accidental differences between runs; it is not cryptographic. Not thread-safe.
#ifndef CHATHTTP_SIM_NETWORK_DIGEST_H_
#define CHATHTTP_SIM_NETWORK_DIGEST_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "chathttp/sim/network/draw.h"

namespace chathttp::sim {

// The kinds of calls and notices that a digest records. The values are fixed.
enum class Crossing : std::uint64_t {
  kListen = 1,
  kConnect = 2,
  kConnected = 3,
  kNotConnected = 4,
  kAccept = 5,
  kOverflow = 6,
  kRead = 7,
  kWrite = 8,
  kShutdownWrite = 9,
  kReset = 10,
  kClose = 11,
  kOnReadable = 12,
  kOnWritable = 13,
};

class Digest {
 public:
  void Add(std::uint64_t word) { value_ = Mix(value_ ^ word) + 0x9e3779b97f4a7c15; }

  // Adds the bytes and their number, so that "ab", "c" differs from "a", "bc".
  void AddBytes(std::string_view bytes) {
    std::uint64_t value = value_ ^ bytes.size();
    for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
      value = std::rotl(value ^ WordAt(bytes.data()) * kFirst, 27) * kSecond;
    }
    std::uint64_t rest = 0;
    for (const char byte : bytes) rest = rest << 8 | static_cast<unsigned char>(byte);
    value_ = value;
    Add(rest);
  }

  std::uint64_t value() const { return value_; }

 private:
  // Odd constants without a bit pattern (from xxHash, Collet).
  static constexpr std::uint64_t kFirst = 0x9e3779b185ebca87;
  static constexpr std::uint64_t kSecond = 0xc2b2ae3d27d4eb4f;

  // Eight bytes, the first one lowest.
  static std::uint64_t WordAt(const char* bytes) {
    std::uint64_t word = 0;
    for (int i = 0; i < 8; ++i) {
      word |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
    }
    return word;
  }

  std::uint64_t value_ = 0;
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_NETWORK_DIGEST_H_
