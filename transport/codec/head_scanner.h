// Finds the lines of a message head in a stream that comes in pieces. Part of the codec.
//
//   HeadScanner scanner(ByteClass::kText);
//   HeadScanner::Scan scan = scanner.Next(input);
//   std::string_view text = input.substr(0, scan.text_bytes);   // one line, or a piece of it
//
// It counts bytes, keeps none, and looks at each byte once: the byte that breaks a rule of lines or
// of header names is found at once, also inside an unfinished line.
#ifndef CHATHTTP_TRANSPORT_CODEC_HEAD_SCANNER_H_
#define CHATHTTP_TRANSPORT_CODEC_HEAD_SCANNER_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "transport/codec/byte_class.h"
#include "transport/codec/decode_result.h"

namespace chathttp {

class HeadScanner {
 public:
  enum class Found { kNothing, kLine, kError };
  struct [[nodiscard]] Scan {
    Found found;
    std::size_t taken;           // bytes from the front of the input; up to where an error showed
    std::size_t text_bytes;      // of these, the ones in front of the line end
    std::size_t line_end_bytes;  // with kLine: 1 for LF, 2 for CRLF
    std::size_t name_bytes;      // with kLine, of a header line: the bytes in front of the colon
  };

  // `start_line` is the class of the bytes that a start line may hold: kText or kValue.
  explicit HeadScanner(ByteClass start_line) : part_(start_line) {}

  // Goes on to the end of the line or of `input`. An empty line is a line.
  Scan Next(std::string_view input);

  // Whether nothing of the next line was taken.
  bool at_line_start() const { return line_bytes_ == 0 && !after_cr_; }

  // The error that the last Next found: at `byte`, which lies at `offset` of the stream, behind
  // `text` of the same line.
  DecodeError ErrorAt(char byte, std::string_view text, std::uint64_t offset) const;

 private:
  ByteClass part_;  // the class of the bytes where we are: in a start line, a name or a value
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
