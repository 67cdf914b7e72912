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
#include "chathttp/transport/codec/field_name.h"
#include "chathttp/transport/codec/message.h"
#include "chathttp/transport/codec/message_decoder.h"

namespace chathttp {

class RequestDecoder final : public MessageDecoder {
 public:
  explicit RequestDecoder(const DecodeLimits& limits = {});
  // Movable; a move invalidates request(). A decoder that was moved from can be assigned to,
  // destroyed or restarted.

  // The request that the last Decode completed.
  const RequestView& request() const { return request_; }

 private:
  CanonicalRead ReadCanonical(std::string_view input) override;
  void ClearMessage() override;
  bool TakeStartLine(std::string_view line) override;
  bool TakeField(Field field, std::string_view value) override;
  bool TakeHeadEnd() override;
  void TakeMessage(std::string_view entity) override;

  RequestView request_;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_CODEC_REQUEST_DECODER_H_
