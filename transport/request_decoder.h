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
// Any split of a stream gives the same requests, the same error and the same offset. A request
// that lies in the input as a whole is decoded in place, without an allocation; an unfinished one
// is kept in the decoder. Work is linear in the stream.
//
// One decoder can serve many streams in turn, as long as each gives way between two requests: see
// Restart. Used by one thread at a time.
#ifndef CHATHTTP_TRANSPORT_REQUEST_DECODER_H_
#define CHATHTTP_TRANSPORT_REQUEST_DECODER_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "transport/decode_result.h"
#include "transport/message.h"
#include "transport/message_reader.h"

namespace chathttp {

class RequestDecoder {
 public:
  explicit RequestDecoder(const DecodeLimits& limits = {});
  // Movable between two calls of Decode, as long as no request() is in use. What was moved from
  // can be assigned to, destroyed or restarted.

  // Takes bytes from the front of `input` up to the end of one request or of `input`.
  // Must not be called again after kError, but for Restart.
  DecodeResult Decode(std::string_view input);

  // The request that the last Decode completed.
  const RequestView& request() const { return request_; }

  // What the last Decode ended with.
  const DecodeError& error() const { return reader_.error(); }

  // Whether bytes of an unfinished request were taken.
  bool mid_message() const { return reader_.mid_message(); }

  // Forgets everything and owns no memory; the next byte is the one at `stream_offset` of its
  // stream, and begins a request.
  void Restart(std::uint64_t stream_offset);

  // Where the next byte lies in the stream.
  std::uint64_t stream_offset() const { return reader_.stream_offset(); }

  // Bytes scanned, parsed and copied in the life of the decoder, for tests of how work grows.
  std::uint64_t work() const { return reader_.work(); }

 private:
  DecodeStatus Read(std::string_view& input);
  bool TakeRequestLine();
  bool TakeField();
  bool TakeHeadEnd();
  void TakeMessage();
  bool Fail(DecodeRule rule, std::size_t position, std::string_view rule_text,
            std::string_view seen);

  MessageReader reader_;
  RequestView request_;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_REQUEST_DECODER_H_
