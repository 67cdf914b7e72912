// What RequestDecoder and ResponseDecoder have in common; use those.
#ifndef CHATHTTP_TRANSPORT_CODEC_DECODER_H_
#define CHATHTTP_TRANSPORT_CODEC_DECODER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "chathttp/transport/codec/decode_result.h"

namespace chathttp {

class MessageDecoder;

class Decoder {
 public:
  // Consumes bytes from the front of `input`, up to the end of one message or of `input`. After an
  // error it consumes nothing and returns kError, until Restart.
  DecodeResult Decode(std::string_view input);

  // The error that Decode found; its rule is DecodeRule::kNone if there was none.
  const DecodeError& error() const;

  // Whether a message is incomplete: at least one of its bytes was consumed.
  bool mid_message() const;

  // The bytes of the incomplete message so far, without those of an entity that is skipped; 0 if
  // there is none. The copy that the decoder keeps has no more bytes.
  std::size_t partial_bytes() const;

  // Resets the decoder. The next byte must start a message; it has the offset `stream_offset` in
  // its stream.
  void Restart(std::uint64_t stream_offset);

  // The offset of the next byte in the stream.
  std::uint64_t stream_offset() const;

  // The number of bytes scanned, parsed and copied by this decoder so far, for complexity tests.
  std::uint64_t work() const;

 protected:
  explicit Decoder(std::unique_ptr<MessageDecoder> decoder);
  Decoder(Decoder&&) noexcept;
  Decoder& operator=(Decoder&&) noexcept;
  ~Decoder();

  const MessageDecoder& decoder() const { return *decoder_; }

 private:
  std::unique_ptr<MessageDecoder> decoder_;  // null after a move
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_CODEC_DECODER_H_
