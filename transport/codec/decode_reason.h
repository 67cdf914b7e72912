// Quotes what a peer sent in the reason of a decode error. Part of the codec.
#ifndef CHATHTTP_TRANSPORT_CODEC_DECODE_REASON_H_
#define CHATHTTP_TRANSPORT_CODEC_DECODE_REASON_H_

#include <string>
#include <string_view>

namespace chathttp {

// "'GET'" for "GET". One printable line whatever `seen` holds. Of more than 40 bytes, the first 40
// and the size are shown: "'aaa...' (300 bytes)".
[[nodiscard]] std::string QuoteStart(std::string_view seen);

// The same with the last 40 bytes: "'...aaa' (300 bytes)".
[[nodiscard]] std::string QuoteEnd(std::string_view seen);

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_CODEC_DECODE_REASON_H_
