// What decoding gives: a message, a wish for more bytes, or an error that ends the stream.
#ifndef CHATHTTP_TRANSPORT_CODEC_DECODE_RESULT_H_
#define CHATHTTP_TRANSPORT_CODEC_DECODE_RESULT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace chathttp {

enum class DecodeStatus {
  kMessage,   // one message is complete; bytes behind it are untouched
  kNeedMore,  // all of the input was taken, and the message is not complete
  kError,     // the stream cannot be read any further
};

struct [[nodiscard]] DecodeResult {
  DecodeStatus status;
  std::size_t consumed;  // bytes taken from the front of the input; up to where an error showed
};

// What reading a message by expectation gave (canonical_message.h).
struct [[nodiscard]] CanonicalRead {
  std::size_t message_bytes = 0;   // of the message at the front; 0: read it line by line
  std::size_t examined_bytes = 0;  // for tests of how work grows
};

// The rules of "Reading strictly" (docs/protocol.md) whose breach is fatal.
enum class DecodeRule {
  kNone,           // no rule was broken
  kLineEnd,        // CR not followed by LF
  kControlByte,    // NUL or another control byte in a head
  kStartLine,      // not exactly three parts with one space between
  kVersion,        // not HTTP/1.1
  kMethod,         // not a token
  kUri,            // not 1..256 visible ASCII bytes
  kStatusCode,     // not three digits
  kHeaderLine,     // no colon, empty name, no token, space before the colon, folded line
  kContentLength,  // not 1 to 10 digits
  kContentLengthTwice,
  kUserAgentTwice,
  kForbiddenHeader,  // Transfer_Encoding, Origin, Sec_Fetch_*
  kHeadTooLong,      // more bytes or lines than the limit
  kEntityTooLong,    // more bytes than would be skipped
};

struct DecodeError {
  DecodeRule rule = DecodeRule::kNone;
  std::uint64_t offset = 0;  // of the byte that broke the rule; the first of the stream has 0
  std::string rule_text;     // the rule with its limit; nothing that a peer sent
  std::string value_seen;    // what broke the rule: one printable line, quoted if a peer sent it

  // "URI: at most 256 bytes, got '/a...'": one printable line. Empty for kNone.
  std::string reason() const {
    return rule == DecodeRule::kNone ? std::string() : rule_text + ", got " + value_seen;
  }
};

struct DecodeLimits {
  std::size_t head_bytes = 8192;  // start line, header lines and empty line, line ends included
  std::size_t head_lines = 64;    // header lines
  std::size_t uri_bytes = 256;
  std::size_t entity_bytes = 4096;  // kept; of a POST, or of a response (set it higher there)
  std::size_t skip_bytes = 65536;   // the longest entity that is skipped rather than fatal
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_CODEC_DECODE_RESULT_H_
