// Decodes a stream of ChatHTTP requests, split in any way.
//
//   RequestDecoder decoder;
//   while (!input.empty()) {
//     DecodeResult result = decoder.Decode(input);
//     input.remove_prefix(result.consumed);
//     if (result.status == DecodeStatus::kMessage) Serve(decoder.request());
//     if (result.status == DecodeStatus::kError) return Refuse(decoder.error());
//   }
//
// Any split of a stream gives the same requests, the same error and the same offset. If the input
// contains a whole request, the decoder decodes it in place, without an allocation. The decoder
// keeps a copy of a partial request. Total work is linear in the size of the stream.
//
// One decoder can serve many streams in turn; switch streams only between two requests, with
// Restart. Not thread-safe.
#ifndef CHATHTTP_TRANSPORT_CODEC_REQUEST_DECODER_H_
#define CHATHTTP_TRANSPORT_CODEC_REQUEST_DECODER_H_

#include <cstddef>
#include <string_view>

#include "chathttp/transport/codec/decode_result.h"
#include "chathttp/transport/codec/decoder.h"
#include "chathttp/transport/codec/message.h"

namespace chathttp {

class RequestDecoder final : public Decoder {
 public:
  explicit RequestDecoder(const DecodeLimits& limits = {});
  // Movable. A decoder that was moved from can only be assigned to or destroyed.

  // The request that the last Decode completed.
  const RequestView& request() const;

 private:
  class Impl;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_CODEC_REQUEST_DECODER_H_
