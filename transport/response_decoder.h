// Decodes a stream of ChatHTTP responses, split in any way; the client's side of
// transport/request_decoder.h, with the same promises. Header fields may come in any order.
#ifndef CHATHTTP_TRANSPORT_RESPONSE_DECODER_H_
#define CHATHTTP_TRANSPORT_RESPONSE_DECODER_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "transport/decode_result.h"
#include "transport/message.h"
#include "transport/message_reader.h"

namespace chathttp {

// As for requests, but an entity holds up to 1 MiB (a list of 10,000 names needs 330 kB), and a
// longer one is fatal.
DecodeLimits ResponseDecodeLimits();

class ResponseDecoder {
 public:
  explicit ResponseDecoder(const DecodeLimits& limits = ResponseDecodeLimits());

  DecodeResult Decode(std::string_view input);
  const ResponseView& response() const { return response_; }
  const DecodeError& error() const { return reader_.error(); }
  bool mid_message() const { return reader_.mid_message(); }
  void Restart(std::uint64_t stream_offset);
  std::uint64_t stream_offset() const { return reader_.stream_offset(); }
  std::uint64_t work() const { return reader_.work(); }

 private:
  DecodeStatus Read(std::string_view& input);
  bool TakeStatusLine();
  void TakeField();
  void TakeMessage();
  bool Fail(DecodeRule rule, std::size_t position, std::string_view rule_text,
            std::string_view seen);

  MessageReader reader_;
  ResponseView response_;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_RESPONSE_DECODER_H_
