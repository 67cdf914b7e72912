// Numbers and texts as bytes, in the entries of the log.
//
//   ByteWriter out(bytes);  out.Varint(300);  out.Text("Alice");
//   ByteReader in(bytes);   const std::uint64_t number = in.Varint();  if (!in.ok()) ...
//
// A varint has seven bits a byte, the low ones first. A reader that has met an error gives zeros and
// empty texts.
#ifndef CHATHTTP_ADAPTERS_REDIS_BYTES_H_
#define CHATHTTP_ADAPTERS_REDIS_BYTES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "chathttp/transport/codec/session_token.h"

namespace chathttp::redis {

class ByteWriter {
 public:
  explicit ByteWriter(std::string& out) : out_(out) {}

  void Byte(std::uint8_t byte) { out_.push_back(static_cast<char>(byte)); }
  void Varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) Byte(static_cast<std::uint8_t>(value | 0x80));
    Byte(static_cast<std::uint8_t>(value));
  }
  // Small numbers of either sign are short.
  void Signed(std::int64_t value) {
    const auto bits = static_cast<std::uint64_t>(value);
    Varint(bits << 1 ^ (value < 0 ? ~std::uint64_t{0} : 0));
  }
  void Fixed64(std::uint64_t value) {
    for (int shift = 0; shift < 64; shift += 8) Byte(static_cast<std::uint8_t>(value >> shift));
  }
  void Hash(const TokenHash& hash) {
    for (const std::uint8_t byte : hash) Byte(byte);
  }
  void Text(std::string_view text) {
    Varint(text.size());
    out_.append(text);
  }

 private:
  std::string& out_;
};

class ByteReader {
 public:
  explicit ByteReader(std::string_view in) : in_(in) {}

  // All reads had the bytes that they needed.
  bool ok() const { return ok_; }
  bool at_end() const { return in_.empty(); }

  std::uint8_t Byte() {
    if (in_.empty()) return Fail();
    const auto byte = static_cast<std::uint8_t>(in_.front());
    in_.remove_prefix(1);
    return byte;
  }
  std::uint64_t Varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const std::uint8_t byte = Byte();
      if (shift == 63 && byte > 1) return Fail();
      value |= std::uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) return value;
    }
    return Fail();
  }
  std::int64_t Signed() {
    const std::uint64_t bits = Varint();
    return static_cast<std::int64_t>(bits >> 1 ^ (~(bits & 1) + 1));
  }
  std::uint64_t Fixed64() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 8) value |= std::uint64_t{Byte()} << shift;
    return value;
  }
  TokenHash Hash() {
    TokenHash hash;
    for (std::uint8_t& byte : hash) byte = Byte();
    return hash;
  }
  std::string_view Text() {
    const std::uint64_t size = Varint();
    if (size > in_.size()) {
      Fail();
      return {};
    }
    const std::string_view text = in_.substr(0, static_cast<std::size_t>(size));
    in_.remove_prefix(text.size());
    return text;
  }

 private:
  std::uint8_t Fail() {
    ok_ = false;
    in_ = {};
    return 0;
  }

  std::string_view in_;
  bool ok_ = true;
};

}  // namespace chathttp::redis

#endif  // CHATHTTP_ADAPTERS_REDIS_BYTES_H_
