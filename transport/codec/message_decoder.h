// The common part of request and response decoders, hidden behind Decoder: lines, Content_Length, entities, limits,
// errors. Part of the codec.
//
// There are two ways to read a message. If the input contains the whole message in canonical form,
// the short cut of canonical_message.h reads it. The general pass reads any other message line by
// line, in place. If the message is incomplete, the decoder copies only the held values and the
// partial line or entity. Not thread-safe.
#ifndef CHATHTTP_TRANSPORT_CODEC_MESSAGE_DECODER_H_
#define CHATHTTP_TRANSPORT_CODEC_MESSAGE_DECODER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "chathttp/transport/codec/byte_class.h"
#include "chathttp/transport/codec/canonical_message.h"
#include "chathttp/transport/codec/decode_result.h"
#include "chathttp/transport/codec/field_name.h"
#include "chathttp/transport/codec/head_scanner.h"
#include "chathttp/transport/codec/held_value.h"

namespace chathttp {

class MessageDecoder {
 public:
  MessageDecoder(const MessageDecoder&) = delete;
  MessageDecoder& operator=(const MessageDecoder&) = delete;
  virtual ~MessageDecoder() = default;

  // The methods of Decoder.
  DecodeResult Decode(std::string_view input);
  const DecodeError& error() const { return error_; }
  bool mid_message() const { return state_ != State::kBetween; }
  std::size_t partial_bytes() const;
  void Restart(std::uint64_t stream_offset);
  std::uint64_t stream_offset() const { return offset_; }
  std::uint64_t work() const { return work_; }

 protected:
  // `start_line` is the class of the bytes in a start line: kText or kValue.
  MessageDecoder(ByteClass start_line, const DecodeLimits& limits)
      : limits_(limits), start_line_(start_line), scanner_(start_line) {}

  const DecodeLimits& limits() const { return limits_; }

  // Holds a part of a line until the message is complete; `slot` is less than kSlots.
  static constexpr std::size_t kSlots = 5;
  void Hold(std::size_t slot, std::string_view part) { held_[slot].Hold(part); }
  // The held part, or nullopt.
  std::optional<std::string_view> held(std::size_t slot) const { return held_[slot].value(); }

  std::uint64_t content_length() const { return content_length_.value_or(0); }
  // TakeHeadEnd calls one of these. False, with an error, if the entity has more than `limit`
  // bytes.
  bool KeepEntity(std::uint64_t limit) { return BeginEntity(State::kEntity, limit); }
  bool SkipEntity(std::uint64_t limit) { return BeginEntity(State::kSkipped, limit); }

  // Ends the stream with an error at `position` of the line. Returns false.
  bool FailLine(DecodeRule rule, std::size_t position, std::string rule_text,
                std::string_view seen);

 private:
  enum class State : std::uint8_t { kBetween, kStartLine, kFields, kEntity, kSkipped, kFailed };

  // The derived decoder interprets a message; these return false after FailLine.
  virtual CanonicalRead ReadCanonical(std::string_view input) = 0;
  virtual void ClearMessage() = 0;
  virtual bool TakeStartLine(std::string_view line) = 0;
  // Called for all fields but kContentLength, kForbidden and kOther.
  virtual bool TakeField(Field field, std::string_view value) = 0;
  virtual bool TakeHeadEnd() = 0;
  virtual void TakeMessage(std::string_view entity) = 0;

  void Forget();
  // These read from the front of `input` and advance offset_.
  DecodeStatus ReadHead(std::string_view input);
  DecodeStatus ReadEntity(std::string_view input);
  bool IsOneLineTooMany(std::string_view input) const;
  bool TakeLine(std::string_view line, std::size_t name_bytes);
  bool TakeKnownField(Field field, std::string_view line, std::size_t name_bytes);
  bool TakeContentLength(std::string_view value, std::size_t position);
  bool BeginEntity(State state, std::uint64_t limit);
  DecodeStatus KeepPartial(std::string_view partial);
  // The line or entity that ends with `last_piece`; copies only if there is a partial one.
  std::string_view Joined(std::string_view last_piece) {
    return partial_.empty() ? last_piece : AppendToPartial(last_piece);
  }
  std::string_view AppendToPartial(std::string_view last_piece);
  void Keep(std::string_view bytes);
  void OwnValues();
  DecodeStatus Fail(DecodeError error);
  DecodeStatus FailHeadTooLong(std::size_t limit, const char* unit);

  DecodeLimits limits_;
  ByteClass start_line_;
  State state_ = State::kBetween;
  bool owns_memory_ = false;  // partial_ or held_ may own memory
  HeadScanner scanner_;
  std::uint64_t offset_ = 0;          // of the next byte, in the stream
  std::uint64_t message_offset_ = 0;  // of the message
  std::uint64_t line_offset_ = 0;     // of the line
  std::uint64_t length_offset_ = 0;   // of the value of Content_Length
  std::size_t header_lines_ = 0;
  std::optional<std::uint64_t> content_length_;
  std::uint64_t entity_left_bytes_ = 0;
  std::uint64_t work_ = 0;
  std::array<HeldValue, kSlots> held_;
  std::string partial_;  // a partial line or entity
  DecodeError error_;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_CODEC_MESSAGE_DECODER_H_
