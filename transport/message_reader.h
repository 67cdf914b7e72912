// Reads messages of either direction: their lines, the header fields that bound them, and their
// entities, from a stream that comes in pieces. Part of the codec, under RequestDecoder and
// ResponseDecoder, which say what each event means.
//
// A message that lies in the input as a whole is read in place. Of an unfinished one only what is
// still needed is kept, in one string: the values held, then a partial line or a partial entity.
#ifndef CHATHTTP_TRANSPORT_MESSAGE_READER_H_
#define CHATHTTP_TRANSPORT_MESSAGE_READER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "transport/byte_class.h"
#include "transport/decode_result.h"
#include "transport/field_name.h"
#include "transport/head_scanner.h"

namespace chathttp {

class MessageReader {
 public:
  enum class Event {
    kStartLine,  // line()
    kField,      // field(), value()
    kHeadEnd,    // to be answered by KeepEntity, SkipEntity or Fail
    kMessage,    // entity(), held()
    kNeedMore,
    kError,  // error()
  };

  // `start_line` is the class of the bytes that a start line may hold.
  MessageReader(ByteClass start_line, const DecodeLimits& limits)
      : limits_(limits), start_line_(start_line), scanner_(start_line) {}

  // Reads on, and takes the bytes it read from the front of `input`. All views it gives are valid
  // until the next call with a new input.
  Event Next(std::string_view& input);

  // Passes over a message of `bytes` bytes, of which `examined_bytes` were looked at; these count
  // as work also when `bytes` is 0 and nothing is passed. Only between two messages.
  void Pass(std::size_t bytes, std::size_t examined_bytes);

  // Between two messages of any streams: goes on at `stream_offset`, owning no memory.
  void Restart(std::uint64_t stream_offset);

  std::string_view line() const { return line_; }
  Field field() const { return field_; }
  std::string_view value() const { return value_; }
  // In the stream, of the byte at `position` of line().
  std::uint64_t OffsetOf(std::size_t position) const { return line_offset_ + position; }
  // Of the value in line(): where it starts.
  std::uint64_t value_offset() const;

  // Holds a part of line() until the message is complete; `slot` is below kSlots.
  static constexpr std::size_t kSlots = 3;
  void Hold(std::size_t slot, std::string_view part);
  // What is held; nothing if nothing is.
  std::optional<std::string_view> held(std::size_t slot) const;

  std::uint64_t content_length() const { return content_length_.value_or(0); }
  void KeepEntity() { state_ = State::kEntity; }
  void SkipEntity() { state_ = State::kSkipped; }
  // An error unless content_length() is within `limit`.
  bool CheckEntityBytes(std::uint64_t limit);
  std::string_view entity() const { return entity_; }

  // Ends the stream with an error at `offset`.
  Event Fail(DecodeRule rule, std::uint64_t offset, std::string reason);
  const DecodeError& error() const { return error_; }

  const DecodeLimits& limits() const { return limits_; }
  bool mid_message() const { return state_ != State::kBetween; }
  std::uint64_t stream_offset() const { return offset_; }
  std::uint64_t work() const { return work_ + scanner_.examined_bytes(); }

 private:
  enum class State { kBetween, kHead, kEntity, kSkipped };
  // A part of a message: in the input, or in kept_ from `kept_at` on.
  struct Part {
    const char* in_input = nullptr;
    std::size_t kept_at = 0;
    std::size_t bytes = 0;
    bool held = false;
  };

  void BeginMessage();
  Event NextLine(std::string_view& input);
  Event TakeField();
  Event TakeContentLength();
  Event TakeEntity(std::string_view& input);
  Event NeedMore(std::string_view partial);
  std::string_view Take(std::string_view& input, std::size_t bytes);
  void Keep(std::string_view bytes);
  std::string_view Joined(std::string_view last_piece);

  DecodeLimits limits_;
  ByteClass start_line_;
  HeadScanner scanner_;
  State state_ = State::kBetween;
  Field field_ = Field::kOther;
  bool line_kept_ = false;
  std::uint64_t offset_ = 0;  // in the stream, of the next byte
  std::uint64_t line_offset_ = 0;
  std::uint64_t length_offset_ = 0;  // of the value of Content_Length
  std::optional<std::uint64_t> content_length_;
  std::uint64_t entity_left_bytes_ = 0;
  std::uint64_t work_ = 0;
  std::string_view line_;
  std::string_view value_;
  std::string_view entity_;
  std::array<Part, kSlots> held_;
  std::string kept_;
  std::size_t partial_at_ = 0;  // in kept_, of the partial line or entity
  DecodeError error_;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_MESSAGE_READER_H_
