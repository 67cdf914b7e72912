// Whether bytes are printable ASCII, eight at a time: what nearly all texts and heads consist of.
//
//   while (text.size() - at >= 8 && IsPrintable(LoadEight(text.data() + at))) at += 8;
//
// Pure functions, safe from any thread.
#ifndef CHATHTTP_DOMAIN_PRINTABLE_H_
#define CHATHTTP_DOMAIN_PRINTABLE_H_

#include <cstdint>
#include <cstring>

namespace chathttp {

// The eight bytes from `bytes` on, in the order of the machine.
inline std::uint64_t LoadEight(const char* bytes) {
  std::uint64_t eight = 0;
  std::memcpy(&eight, bytes, sizeof(eight));
  return eight;
}

// A number of eight bytes that are all `byte`.
constexpr std::uint64_t EightOf(char byte) {
  return 0x0101010101010101U * static_cast<unsigned char>(byte);
}

// Whether each of the eight is 0x20 to 0x7e.
constexpr bool IsPrintable(std::uint64_t eight) {
  constexpr std::uint64_t kHighBits = EightOf('\x80');
  // With all high bits clear no sum carries into the next byte: adding 0x60 sets the high bit from
  // 0x20 on, adding 1 sets it from 0x7f on.
  const std::uint64_t from_space = eight + EightOf('\x60');
  const std::uint64_t to_tilde = eight + EightOf('\x01');
  return ((eight | ~from_space | to_tilde) & kHighBits) == 0;
}

}  // namespace chathttp

#endif  // CHATHTTP_DOMAIN_PRINTABLE_H_
