// Puts the reason of a decode error into words. Part of the codec.
#ifndef CHATHTTP_TRANSPORT_DECODE_REASON_H_
#define CHATHTTP_TRANSPORT_DECODE_REASON_H_

#include <string>
#include <string_view>

namespace chathttp {

// "URI: at most 256 bytes" and "/a..." give "URI: at most 256 bytes, got '/a...'". One printable
// line whatever `seen` holds, of which the first bytes are shown.
[[nodiscard]] std::string DecodeReason(std::string_view rule, std::string_view seen);

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_DECODE_REASON_H_
