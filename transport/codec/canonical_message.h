// Reads a whole message that is written as we write it: the codec's short cut. Part of the codec.
//
//   CanonicalRead read = ReadCanonicalRequest(input, limits, request);
//   if (read.message_bytes > 0) ...   // `request` is what RequestDecoder would give
//
// Canonical senders write the same lines in the same order. So the literal that comes next is
// compared, and only values are scanned. At the first surprise (another line, another value where
// ours is fixed, CRLF, a blank too many, a limit, the end of the input) this gives up, and
// MessageDecoder reads the message line by line. The short cut accepts only what reading line by
// line gives the same answer to: tests/transport/codec/canonical_message_test.cc tests that. Pure
// functions, safe from any thread; they allocate nothing.
#ifndef CHATHTTP_TRANSPORT_CODEC_CANONICAL_MESSAGE_H_
#define CHATHTTP_TRANSPORT_CODEC_CANONICAL_MESSAGE_H_

#include <string_view>

#include "transport/codec/decode_result.h"
#include "transport/codec/message.h"

namespace chathttp {

// On success, `request` has its views into `input`; else it is unchanged.
CanonicalRead ReadCanonicalRequest(std::string_view input, const DecodeLimits& limits,
                                   RequestView& request);
CanonicalRead ReadCanonicalResponse(std::string_view input, const DecodeLimits& limits,
                                    ResponseView& response);

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_CODEC_CANONICAL_MESSAGE_H_
