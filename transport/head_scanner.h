// Finds the lines of a message head in a stream that comes in pieces. Part of the codec.
//
//   HeadScanner scanner(ByteClass::kText);
//   HeadScanner::Scan scan = scanner.Next(input, offset, limits, error);
//   std::string_view text = input.substr(0, scan.text_bytes);   // one line, or a piece of it
//
// It keeps count, not bytes, and looks at each byte once: what breaks a rule of lines, of header
// names or of the size of a head is told at that byte, also inside an unfinished line. The size is
// checked first, so that the answer does not depend on how the stream is split.
#ifndef CHATHTTP_TRANSPORT_HEAD_SCANNER_H_
#define CHATHTTP_TRANSPORT_HEAD_SCANNER_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "transport/byte_class.h"
#include "transport/decode_result.h"

namespace chathttp {

class HeadScanner {
 public:
  enum class Found { kNothing, kLine, kError };
  struct [[nodiscard]] Scan {
    Found found;
    std::size_t taken;       // bytes from the front of the input
    std::size_t text_bytes;  // of these, the ones in front of the line end
  };

  // `start_line` is the class of the bytes that a start line may hold.
  explicit HeadScanner(ByteClass start_line) : part_(start_line) {}

  // Goes on to the end of the line or of `input`, which starts at `offset` of the stream. With
  // kError, `error` is set.
  Scan Next(std::string_view input, std::uint64_t offset, const DecodeLimits& limits,
            DecodeError& error);

  // Of the line that was found: the bytes of its text and of its line end, and of a header line
  // the bytes in front of the colon.
  std::size_t line_bytes() const { return line_bytes_; }
  std::size_t line_end_bytes() const { return after_cr_ ? 2 : 1; }
  std::size_t name_bytes() const { return name_bytes_; }
  bool is_start_line() const { return lines_ == 1; }
  bool is_head_end() const { return lines_ > 1 && line_bytes_ == 0; }

  // Bytes looked at, for tests of how work grows.
  std::uint64_t examined_bytes() const { return examined_bytes_; }

 private:
  void BeginLine();
  bool ExceedsLines(char first, const DecodeLimits& limits) const;
  // Takes a byte that is not of class part_. False: it ends the line or breaks a rule.
  bool PassByte(char byte);
  Found EndLine(char byte, std::uint64_t offset, DecodeError& error);

  ByteClass part_;  // the class of the bytes where we are: in a start line, a name or a value
  bool line_done_ = false;
  bool after_cr_ = false;
  std::size_t lines_ = 0;  // ended in this head, the start line too
  std::size_t head_bytes_ = 0;
  std::size_t line_bytes_ = 0;
  std::size_t name_bytes_ = 0;
  std::uint64_t examined_bytes_ = 0;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_HEAD_SCANNER_H_
