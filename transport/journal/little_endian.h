// Integers as bytes in a journal: the lowest byte first. Pure functions, safe from any thread.
#ifndef CHATHTTP_TRANSPORT_JOURNAL_LITTLE_ENDIAN_H_
#define CHATHTTP_TRANSPORT_JOURNAL_LITTLE_ENDIAN_H_

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>

namespace chathttp {

template <std::unsigned_integral T>
void AppendLittleEndian(T value, std::string& to) {
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    to.push_back(static_cast<char>(static_cast<unsigned char>(value >> (8 * i))));
  }
}

// The first bytes of `bytes`, which must be long enough.
template <std::unsigned_integral T>
T LoadLittleEndian(std::string_view bytes) {
  T value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    value = static_cast<T>(value | static_cast<T>(static_cast<unsigned char>(bytes[i])) << (8 * i));
  }
  return value;
}

// Takes the first bytes away from `bytes`. False, and no change, if there are too few.
template <std::unsigned_integral T>
bool TakeLittleEndian(std::string_view& bytes, T& value) {
  if (bytes.size() < sizeof(T)) return false;
  value = LoadLittleEndian<T>(bytes);
  bytes.remove_prefix(sizeof(T));
  return true;
}

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_JOURNAL_LITTLE_ENDIAN_H_
