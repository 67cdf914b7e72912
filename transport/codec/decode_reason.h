// Quotes a peer's bytes in the reason of a decode error. Part of the codec. Pure functions, safe
// from any thread.
#ifndef CHATHTTP_TRANSPORT_CODEC_DECODE_REASON_H_
#define CHATHTTP_TRANSPORT_CODEC_DECODE_REASON_H_

#include <string>
#include <string_view>

namespace chathttp {

// "'GET'" for "GET". The result is one printable line for any `seen`. If `seen` has more than 40
// bytes, the result has the first 40 and the size: "'aaa...' (300 bytes)".
[[nodiscard]] std::string QuoteStart(std::string_view seen);

// The same with the last 40 bytes: "'...aaa' (300 bytes)".
[[nodiscard]] std::string QuoteEnd(std::string_view seen);

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_CODEC_DECODE_REASON_H_
