// Reads a head of an expected form, piece by piece. Each function returns false at a mismatch; then
// stop reading. Part of the codec.
//
//   Expectation in(input);
//   std::string_view name;
//   if (!in.Literal("User_Agent: ") || !in.Run(ByteClass::kToken, name)) return Mismatch();
//
// No function reads beyond the input. Not thread-safe.
#ifndef CHATHTTP_TRANSPORT_CODEC_EXPECTATION_H_
#define CHATHTTP_TRANSPORT_CODEC_EXPECTATION_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "chathttp/domain/printable.h"
#include "chathttp/transport/codec/byte_class.h"

namespace chathttp {

class Expectation {
 public:
  explicit Expectation(std::string_view input)
      : begin_(input.data()), at_(input.data()), end_(input.data() + input.size()) {}

  // Bytes read so far.
  [[nodiscard]] std::size_t taken() const { return static_cast<std::size_t>(at_ - begin_); }
  [[nodiscard]] std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }
  // The next byte; NUL, which no head may contain, at the end of the input.
  [[nodiscard]] char Peek() const { return at_ == end_ ? '\0' : *at_; }

  [[nodiscard]] bool Literal(std::string_view literal) {
    if (left() < literal.size() || std::memcmp(at_, literal.data(), literal.size()) != 0) {
      return false;
    }
    at_ += literal.size();
    return true;
  }

  // The same for a string literal; its constant size makes the comparison fast.
  template <std::size_t array_bytes>
  [[nodiscard]] bool Literal(const char (&literal)[array_bytes]) {
    constexpr std::size_t kBytes = array_bytes - 1;
    if (left() < kBytes || std::memcmp(at_, literal, kBytes) != 0) return false;
    at_ += kBytes;
    return true;
  }

  // Reads all bytes in the class up to the next other byte; at least one.
  [[nodiscard]] bool Run(ByteClass wanted, std::string_view& run) {
    const char* const first = at_;
    while (at_ != end_ && HasClass(*at_, wanted)) ++at_;
    run = {first, static_cast<std::size_t>(at_ - first)};
    return at_ != first;
  }

  // Reads the value of a header line: text with no blank at either end.
  [[nodiscard]] bool Value(std::string_view& value) {
    return Run(ByteClass::kText, value) && value.front() != ' ' && value.back() != ' ';
  }

  // Reads the value of `Datetime`: 19 printable bytes with no blank at either end.
  [[nodiscard]] bool Datetime(std::string_view& datetime) {
    constexpr std::size_t kBytes = 19;
    if (left() < kBytes || !IsPrintable(LoadEight(at_)) || !IsPrintable(LoadEight(at_ + 8)) ||
        !IsPrintable(LoadEight(at_ + kBytes - 8)) || at_[0] == ' ' || at_[kBytes - 1] == ' ') {
      return false;
    }
    datetime = {at_, kBytes};
    at_ += kBytes;
    return true;
  }

  // Reads a number of one to ten digits.
  [[nodiscard]] bool Length(std::uint64_t& length) {
    std::string_view digits;
    if (!Run(ByteClass::kDigit, digits) || digits.size() > 10) return false;
    length = 0;
    for (const char digit : digits) length = length * 10 + static_cast<std::uint64_t>(digit - '0');
    return true;
  }

  // Reads any `bytes` bytes.
  [[nodiscard]] bool Take(std::uint64_t bytes, std::string_view& taken) {
    if (bytes > left()) return false;
    taken = {at_, static_cast<std::size_t>(bytes)};
    at_ += bytes;
    return true;
  }

 private:
  const char* begin_;
  const char* at_;
  const char* end_;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_CODEC_EXPECTATION_H_
