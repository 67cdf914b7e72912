// Decodes a stream of ChatHTTP responses, split in any way. The guarantees and the thread rule are
// those of transport/codec/request_decoder.h. Header fields may come in any order.
#ifndef CHATHTTP_TRANSPORT_CODEC_RESPONSE_DECODER_H_
#define CHATHTTP_TRANSPORT_CODEC_RESPONSE_DECODER_H_

#include <string_view>

#include "chathttp/transport/codec/decode_result.h"
#include "chathttp/transport/codec/decoder.h"
#include "chathttp/transport/codec/message.h"

namespace chathttp {

// The limits for requests, except that an entity may have up to 1 MiB (a list of 10,000 names needs
// 330 kB). A longer one is fatal.
DecodeLimits ResponseDecodeLimits();

class ResponseDecoder final : public Decoder {
 public:
  explicit ResponseDecoder(const DecodeLimits& limits = ResponseDecodeLimits());

  // The response that the last Decode completed.
  const ResponseView& response() const;

 private:
  class Impl;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_CODEC_RESPONSE_DECODER_H_
