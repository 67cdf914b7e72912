// Headers of version 2, byte by byte: the tests share no code with the parser.
#ifndef CHATHTTP_TESTS_TRANSPORT_PROXY_HEADERS_H_
#define CHATHTTP_TESTS_TRANSPORT_PROXY_HEADERS_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace chathttp {

inline std::string TwoBytes(std::size_t value) {
  return {static_cast<char>(value >> 8 & 0xff), static_cast<char>(value & 0xff)};
}

// `command` is 0x20 for LOCAL, 0x21 for PROXY; `family` 0x11 for TCP over IPv4, 0x21 over IPv6.
inline std::string BinaryStart(int command, int family, std::size_t length) {
  return std::string("\r\n\r\n\0\r\nQUIT\n", 12) + static_cast<char>(command) +
         static_cast<char>(family) + TwoBytes(length);
}

inline std::string Binary(int command, int family, std::string_view block) {
  return BinaryStart(command, family, block.size()).append(block);
}

inline std::string Extension(int type, std::string_view value) {
  return (static_cast<char>(type) + TwoBytes(value.size())).append(value);
}

// Blocks: from 10.1.2.3 port 4711 to 10.9.8.7 port 9994, and from 2001:db8::1 to 2001:db8::2.
inline std::string Block4() {
  return "\x0a\x01\x02\x03\x0a\x09\x08\x07" + TwoBytes(4711) + TwoBytes(9994);
}
inline std::string Block6() {
  const std::string host = std::string("\x20\x01\x0d\xb8", 4) + std::string(11, '\0');
  return host + '\x01' + host + '\x02' + TwoBytes(4711) + TwoBytes(9994);
}

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_TRANSPORT_PROXY_HEADERS_H_
