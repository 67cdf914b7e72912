#include "transport/head_scanner.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "transport/byte_class.h"
#include "transport/decode_reason.h"
#include "transport/decode_result.h"

namespace chathttp {
namespace {

std::string AtMost(std::size_t limit, std::string_view what) {
  return "head: at most " + std::to_string(limit) + " " + std::string(what) + ", got more";
}

// Why `byte`, at position `at` of the name, ends no header name.
DecodeError NameError(char byte, std::size_t at, std::uint64_t offset) {
  const std::string_view seen(&byte, 1);
  if (byte == ' ' || byte == '\t') {
    return {DecodeRule::kHeaderLine, offset,
            at == 0 ? "header line: no line may begin with a space"
                    : "header line: no space before the colon"};
  }
  if (byte == ':') return {DecodeRule::kHeaderLine, offset, "header line: the name is empty"};
  return {DecodeRule::kHeaderLine, offset,
          DecodeReason("header line: the name must be a token", seen)};
}

bool IsControl(char byte) { return byte != '\t' && !HasClass(byte, ByteClass::kText); }

}  // namespace

HeadScanner::Scan HeadScanner::Next(std::string_view input, std::uint64_t offset,
                                    const DecodeLimits& limits, DecodeError& error) {
  if (line_done_) BeginLine();
  const std::size_t text_before = line_bytes_;
  const std::string_view allowed = input.substr(0, limits.head_bytes - head_bytes_);
  Found found = Found::kNothing;
  std::size_t at = 0;
  while (at < allowed.size()) {
    if (ExceedsLines(allowed[at], limits)) {
      error = {DecodeRule::kHeadTooLong, offset + at, AtMost(limits.head_lines, "header lines")};
      found = Found::kError;
      break;
    }
    const std::size_t run = after_cr_ ? 0 : CountLeading(allowed.substr(at), part_);
    at += run;
    line_bytes_ += run;
    examined_bytes_ += run;
    if (at == allowed.size()) break;
    ++examined_bytes_;
    if (!PassByte(allowed[at])) {
      found = EndLine(allowed[at], offset + at, error);
      if (found == Found::kLine) ++at;
      break;
    }
    ++at;
  }
  if (found == Found::kNothing && at < input.size()) {
    error = {DecodeRule::kHeadTooLong, offset + at, AtMost(limits.head_bytes, "bytes")};
    found = Found::kError;
  }
  head_bytes_ += at;
  return {found, at, line_bytes_ - text_before};
}

void HeadScanner::BeginLine() {
  part_ = ByteClass::kToken;
  line_done_ = false;
  after_cr_ = false;
  line_bytes_ = 0;
  name_bytes_ = 0;
}

bool HeadScanner::ExceedsLines(char first, const DecodeLimits& limits) const {
  return lines_ > limits.head_lines && line_bytes_ == 0 && !after_cr_ && first != '\r' &&
         first != '\n';
}

bool HeadScanner::PassByte(char byte) {
  if (after_cr_) return false;
  if (byte == '\r') {
    after_cr_ = true;
    return true;
  }
  if (part_ == ByteClass::kToken && byte == ':' && line_bytes_ > 0) {
    name_bytes_ = line_bytes_++;
    part_ = ByteClass::kValue;
    return true;
  }
  return false;
}

HeadScanner::Found HeadScanner::EndLine(char byte, std::uint64_t offset, DecodeError& error) {
  const std::string_view seen(&byte, 1);
  const bool in_name = part_ == ByteClass::kToken;
  if (byte == '\n') {
    if (in_name && line_bytes_ > 0) {
      error = {DecodeRule::kHeaderLine, offset - line_end_bytes() + 1,
               "header line: NAME: VALUE expected, got no colon"};
      return Found::kError;
    }
    line_done_ = true;
    ++lines_;
    return Found::kLine;
  }
  if (after_cr_) {
    error = {DecodeRule::kLineEnd, offset - 1,
             DecodeReason("line end: a CR must be followed by LF", seen)};
  } else if (in_name && !IsControl(byte)) {
    error = NameError(byte, line_bytes_, offset);
  } else {
    error = {DecodeRule::kControlByte, offset, DecodeReason("head: no control byte allowed", seen)};
  }
  return Found::kError;
}

}  // namespace chathttp
