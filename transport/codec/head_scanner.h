// Finds the lines of a message head in a stream that arrives in pieces. Part of the codec.
//
//   HeadScanner scanner(ByteClass::kText);
//   HeadScanner::Scan scan = scanner.Next(input);
//   std::string_view text = input.substr(0, scan.text_bytes);   // one line, or a piece of it
//
// The scanner keeps no bytes and examines each byte once. It finds a byte that breaks a rule for
// lines or header names at once, even inside a partial line. Not thread-safe.
#ifndef CHATHTTP_TRANSPORT_CODEC_HEAD_SCANNER_H_
#define CHATHTTP_TRANSPORT_CODEC_HEAD_SCANNER_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "chathttp/transport/codec/byte_class.h"
#include "chathttp/transport/codec/decode_result.h"

namespace chathttp {

class HeadScanner {
 public:
  enum class Found { kNothing, kLine, kError };
  struct [[nodiscard]] Scan {
    Found found;
    std::size_t taken;           // bytes from the front of the input; with kError, up to the error
    std::size_t text_bytes;      // of these, the bytes before the line end
    std::size_t line_end_bytes;  // with kLine: 1 for LF, 2 for CRLF
    std::size_t name_bytes;      // with kLine, for a header line: the bytes before the colon
  };

  // `start_line` is the class of the bytes in a start line: kText or kValue.
  explicit HeadScanner(ByteClass start_line) : part_(start_line) {}

  // Scans to the end of the line or of `input`. An empty line is a line.
  Scan Next(std::string_view input);

  // Whether no byte of the next line was taken.
  bool at_line_start() const { return line_bytes_ == 0 && !after_cr_; }

  // The error that the last Next found, at `byte`. `offset` is its offset in the stream, and `text`
  // is the text before it on its line.
  DecodeError ErrorAt(char byte, std::string_view text, std::uint64_t offset) const;

 private:
  ByteClass part_;  // the class of the bytes in the current part: start line, name or value
  bool after_cr_ = false;
  std::size_t line_bytes_ = 0;
  std::size_t name_bytes_ = 0;
};

inline HeadScanner::Scan HeadScanner::Next(std::string_view input) {
  const char* at = input.data();
  const char* const end = at + input.size();
  const auto taken = [&] { return static_cast<std::size_t>(at - input.data()); };
  std::size_t text_bytes = 0;
  if (input.empty()) return {Found::kNothing, 0, 0, 0, 0};
  if (!after_cr_) {
    if (part_ == ByteClass::kToken) {
      at = SkipToken(at, end);
      if (at != end && *at == ':' && line_bytes_ + taken() > 0) {
        name_bytes_ = line_bytes_ + taken();
        part_ = ByteClass::kValue;
        ++at;
      }
    }
    if (part_ != ByteClass::kToken) at = SkipText(at, end, part_);
    text_bytes = taken();
    line_bytes_ += text_bytes;
    if (at == end) return {Found::kNothing, text_bytes, text_bytes, 0, 0};
    if (*at == '\r') {
      after_cr_ = true;
      if (++at == end) return {Found::kNothing, taken(), text_bytes, 0, 0};
    }
  }
  const bool name_only = part_ == ByteClass::kToken && line_bytes_ > 0;
  if (*at != '\n' || name_only) return {Found::kError, taken(), text_bytes, 0, 0};
  ++at;
  const Scan line = {Found::kLine, taken(), text_bytes, after_cr_ ? 2U : 1U, name_bytes_};
  *this = HeadScanner(ByteClass::kToken);
  return line;
}

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_CODEC_HEAD_SCANNER_H_
