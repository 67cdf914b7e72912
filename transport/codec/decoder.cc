#include "chathttp/transport/codec/decoder.h"

#include <utility>

#include "chathttp/transport/codec/message_decoder.h"

namespace chathttp {

Decoder::Decoder(std::unique_ptr<MessageDecoder> decoder) : decoder_(std::move(decoder)) {}
Decoder::Decoder(Decoder&&) noexcept = default;
Decoder& Decoder::operator=(Decoder&&) noexcept = default;
Decoder::~Decoder() = default;

DecodeResult Decoder::Decode(std::string_view input) { return decoder_->Decode(input); }

const DecodeError& Decoder::error() const { return decoder_->error(); }

bool Decoder::mid_message() const { return decoder_->mid_message(); }

std::size_t Decoder::partial_bytes() const { return decoder_->partial_bytes(); }

void Decoder::Restart(std::uint64_t stream_offset) { decoder_->Restart(stream_offset); }

std::uint64_t Decoder::stream_offset() const { return decoder_->stream_offset(); }

std::uint64_t Decoder::work() const { return decoder_->work(); }

}  // namespace chathttp
