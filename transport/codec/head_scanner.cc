#include "chathttp/transport/codec/head_scanner.h"

#include <cstdint>
#include <string>
#include <string_view>

#include "chathttp/transport/codec/byte_class.h"
#include "chathttp/transport/codec/decode_reason.h"
#include "chathttp/transport/codec/decode_result.h"

namespace chathttp {
namespace {

bool IsControl(char byte) { return byte != '\t' && !HasClass(byte, ByteClass::kText); }

// The rule for header names that `byte` breaks when it comes after `name`.
std::string NameRule(char byte, std::string_view name) {
  if (IsBlank(byte)) {
    return name.empty() ? "header line: a name expected, no space in front of it"
                        : "header line: a colon expected behind the name, no space before it";
  }
  if (byte == ':') return "header line: a name expected before the colon";
  return "header line: the name must be a token";
}

}  // namespace

DecodeError HeadScanner::ErrorAt(char byte, std::string_view text, std::uint64_t offset) const {
  const bool in_name = part_ == ByteClass::kToken;
  if (byte == '\n') {
    return {DecodeRule::kHeaderLine, after_cr_ ? offset - 1 : offset,
            "header line: NAME: VALUE expected, with a colon", QuoteStart(text)};
  }
  if (after_cr_) {
    return {DecodeRule::kLineEnd, offset - 1, "line end: a CR must be followed by LF",
            QuoteStart({&byte, 1})};
  }
  if (in_name && !IsControl(byte)) {
    return {DecodeRule::kHeaderLine, offset, NameRule(byte, text),
            QuoteEnd(std::string(text) + byte)};
  }
  return {DecodeRule::kControlByte, offset, "head: no control byte allowed",
          QuoteStart({&byte, 1})};
}

}  // namespace chathttp
