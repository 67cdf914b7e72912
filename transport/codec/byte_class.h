// A table of the byte classes in a message head. Part of the codec.
//
//   CountLeading("Host: a", ByteClass::kToken) -> 4
//
// Sources: RFC 9110 sections 5.5 and 5.6.2. Pure functions, safe from any thread.
#ifndef CHATHTTP_TRANSPORT_CODEC_BYTE_CLASS_H_
#define CHATHTTP_TRANSPORT_CODEC_BYTE_CLASS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "chathttp/domain/printable.h"

namespace chathttp {

enum class ByteClass : unsigned char {
  kToken = 1,    // in a method or a header name
  kVisible = 2,  // ASCII 0x21..0x7e
  kText = 4,     // kVisible, SP, and bytes 0x80..0xff
  kValue = 8,    // kText and HTAB
  kDigit = 16,
};

constexpr unsigned char ByteClassesOf(unsigned char byte) {
  const bool digit = byte >= '0' && byte <= '9';
  const bool letter = (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
  const bool mark =
      std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(byte)) != std::string_view::npos;
  const bool visible = byte > ' ' && byte < 0x7f;
  const bool text = visible || byte == ' ' || byte >= 0x80;
  unsigned classes = 0;
  if (digit || letter || mark) classes |= static_cast<unsigned>(ByteClass::kToken);
  if (visible) classes |= static_cast<unsigned>(ByteClass::kVisible);
  if (text) classes |= static_cast<unsigned>(ByteClass::kText);
  if (text || byte == '\t') classes |= static_cast<unsigned>(ByteClass::kValue);
  if (digit) classes |= static_cast<unsigned>(ByteClass::kDigit);
  return static_cast<unsigned char>(classes);
}

inline constexpr std::array<unsigned char, 256> kByteClasses = [] {
  std::array<unsigned char, 256> classes{};
  for (std::size_t byte = 0; byte < classes.size(); ++byte) {
    classes[byte] = ByteClassesOf(static_cast<unsigned char>(byte));
  }
  return classes;
}();

constexpr bool HasClass(char byte, ByteClass wanted) {
  return (kByteClasses[static_cast<unsigned char>(byte)] & static_cast<unsigned char>(wanted)) != 0;
}

// SP or HTAB.
constexpr bool IsBlank(char byte) { return byte == ' ' || byte == '\t'; }

// The number of bytes at the front of `bytes` that are in the class.
constexpr std::size_t CountLeading(std::string_view bytes, ByteClass wanted) {
  std::size_t count = 0;
  while (count < bytes.size() && HasClass(bytes[count], wanted)) ++count;
  return count;
}

// Sets the high bit of each byte that is neither an ASCII letter nor `_`; all other bits are 0.
constexpr std::uint64_t NoWordBits(std::uint64_t eight) {
  constexpr std::uint64_t kHighBits = EightOf('\x80');
  // Without the high bits no sum carries into the next byte.
  const std::uint64_t low = eight & ~kHighBits;
  const std::uint64_t small = low | EightOf('\x20');
  const std::uint64_t from_a = small + EightOf(static_cast<char>(0x80 - 'a'));
  const std::uint64_t behind_z = small + EightOf(static_cast<char>(0x7f - 'z'));
  const std::uint64_t no_underscore = (low ^ EightOf('_')) + EightOf('\x7f');
  return (eight | ((~from_a | behind_z) & no_underscore)) & kHighBits;
}

// Returns the first byte in [at, end) that is not in kToken; `end` if there is none.
inline const char* SkipToken(const char* at, const char* end) {
  for (;;) {
    if (end - at >= 8) {
      const std::size_t word = BytesBefore(NoWordBits(LoadEight(at)));
      at += word;
      if (word == 8) continue;
    }
    if (at == end || !HasClass(*at, ByteClass::kToken)) return at;
    ++at;
  }
}

// The same for `wanted`, which is kText or kValue.
inline const char* SkipText(const char* at, const char* end, ByteClass wanted) {
  for (;;) {
    if (end - at >= 8) {
      const std::size_t printable = BytesBefore(UnprintableBits(LoadEight(at)));
      at += printable;
      if (printable == 8) continue;
    }
    if (at == end || !HasClass(*at, wanted)) return at;
    ++at;
  }
}

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_CODEC_BYTE_CLASS_H_
