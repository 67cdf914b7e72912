// Tests for printable ASCII, eight bytes at a time. Nearly all texts and heads are printable ASCII.
//
//   while (text.size() - at >= 8 && IsPrintable(LoadEight(text.data() + at))) at += 8;
//   at += BytesBefore(UnprintableBits(LoadEight(text.data() + at)));
//
// Pure functions, safe from any thread.
#ifndef CHATHTTP_DOMAIN_PRINTABLE_H_
#define CHATHTTP_DOMAIN_PRINTABLE_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace chathttp {

// Loads eight bytes from `bytes`, in the machine's byte order.
inline std::uint64_t LoadEight(const char* bytes) {
  std::uint64_t eight = 0;
  std::memcpy(&eight, bytes, sizeof(eight));
  return eight;
}

// An integer whose eight bytes all equal `byte`.
constexpr std::uint64_t EightOf(char byte) {
  return 0x0101010101010101U * static_cast<unsigned char>(byte);
}

// Sets the high bit of each byte that is outside 0x20 to 0x7e; all other bits are 0.
constexpr std::uint64_t UnprintableBits(std::uint64_t eight) {
  constexpr std::uint64_t kHighBits = EightOf('\x80');
  // Without the high bits no sum carries into the next byte: adding 0x60 sets the high bit from
  // 0x20 on, adding 1 sets it from 0x7f on.
  const std::uint64_t low = eight & ~kHighBits;
  return (eight | ~(low + EightOf('\x60')) | (low + EightOf('\x01'))) & kHighBits;
}

// Whether all eight bytes are 0x20 to 0x7e.
constexpr bool IsPrintable(std::uint64_t eight) { return UnprintableBits(eight) == 0; }

// The number of bytes, in memory order, before the first byte that has a bit set in `bits`; 8 if no
// bit is set.
constexpr std::size_t BytesBefore(std::uint64_t bits) {
  const int zeros =
      std::endian::native == std::endian::little ? std::countr_zero(bits) : std::countl_zero(bits);
  return static_cast<unsigned>(zeros) / 8;
}

}  // namespace chathttp

#endif  // CHATHTTP_DOMAIN_PRINTABLE_H_
