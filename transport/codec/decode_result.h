// The result of decoding: a message, a need for more bytes, or an error that ends the stream.
#ifndef CHATHTTP_TRANSPORT_CODEC_DECODE_RESULT_H_
#define CHATHTTP_TRANSPORT_CODEC_DECODE_RESULT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace chathttp {

enum class DecodeStatus {
  kMessage,   // one message is complete; the bytes after it are not consumed
  kNeedMore,  // all of the input was consumed, and the message is not complete
  kError,     // the stream cannot be read any further
};

struct [[nodiscard]] DecodeResult {
  DecodeStatus status;
  std::size_t consumed;  // bytes taken from the front of the input; with kError, up to the error
};

// The rules of "Reading strictly" (docs/protocol.md). Breaking one is fatal.
enum class DecodeRule {
  kNone,           // no rule was broken
  kLineEnd,        // CR must be followed by LF
  kControlByte,    // a head must not have NUL or other control bytes
  kStartLine,      // must have three parts, separated by one space
  kVersion,        // must be HTTP/1.1
  kMethod,         // must be a token
  kUri,            // must be 1..256 visible ASCII bytes
  kStatusCode,     // must be three digits
  kHeaderLine,     // must be a token, a colon and a value; no space before the colon, no folding
  kContentLength,  // must be 1 to 10 digits
  kContentLengthTwice,
  kUserAgentTwice,
  kForbiddenHeader,  // no Transfer_Encoding, Origin or Sec_Fetch_*
  kHeadTooLong,      // at most the limit of bytes and of lines
  kEntityTooLong,    // at most the limit of bytes; longer ones are not even skipped
};

struct DecodeError {
  DecodeRule rule = DecodeRule::kNone;
  std::uint64_t offset = 0;  // in the stream, of the byte that broke the rule; starts at 0
  std::string rule_text;     // the rule with its limit; contains no bytes from the peer
  std::string value_seen;    // the offending value: one printable line, quoted if from the peer

  // "URI: at most 256 bytes, got '/a...'": one printable line. Empty for kNone.
  std::string reason() const {
    return rule == DecodeRule::kNone ? std::string() : rule_text + ", got " + value_seen;
  }
};

struct DecodeLimits {
  std::size_t head_bytes = 8192;  // start line, header lines and empty line, line ends included
  std::size_t head_lines = 64;    // header lines
  std::size_t uri_bytes = 256;
  std::size_t entity_bytes = 4096;  // the longest entity that is kept
  std::size_t skip_bytes = 65536;   // the longest entity that is skipped; a longer one is fatal
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_CODEC_DECODE_RESULT_H_
