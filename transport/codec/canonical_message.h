// The codec's short cut: reads a whole message that has the form our encoders write. Part of the
// codec.
//
//   CanonicalRead read = ReadCanonicalRequest(input, limits, request);
//   if (read.message_bytes > 0) ...   // `request` is what RequestDecoder would give
//
// Canonical senders write the same lines in the same order, so the short cut compares literals and
// scans only values. At the first mismatch (another line, another value where ours is fixed, CRLF,
// an extra blank, a limit, the end of the input) it gives up, and MessageDecoder reads the message
// line by line. The short cut accepts a message only if both ways give the same result:
// tests/transport/codec/canonical_message_test.cc tests that. Pure functions, safe from any thread;
// they allocate nothing.
#ifndef CHATHTTP_TRANSPORT_CODEC_CANONICAL_MESSAGE_H_
#define CHATHTTP_TRANSPORT_CODEC_CANONICAL_MESSAGE_H_

#include <cstddef>
#include <string_view>

#include "chathttp/transport/codec/decode_result.h"
#include "chathttp/transport/codec/message.h"

namespace chathttp {

// The result of the short cut.
struct [[nodiscard]] CanonicalRead {
  std::size_t message_bytes = 0;   // size of the message at the front; 0: read it line by line
  std::size_t examined_bytes = 0;  // for tests of how work grows
};

// On success, the views of `request` point into `input`; otherwise `request` is unchanged.
CanonicalRead ReadCanonicalRequest(std::string_view input, const DecodeLimits& limits,
                                   RequestView& request);
CanonicalRead ReadCanonicalResponse(std::string_view input, const DecodeLimits& limits,
                                    ResponseView& response);

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_CODEC_CANONICAL_MESSAGE_H_
