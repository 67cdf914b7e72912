// RESP2, the protocol of Redis: encodes commands and decodes replies.
//
//   std::string out;
//   AppendCommand({"XADD", "{room}:log", "1-*", "d", payload}, out);
//   ...
//   RespDecoder decoder;
//   for (std::string_view input = bytes; !input.empty();) {
//     const RespDecoder::Result result = decoder.Decode(input);
//     input.remove_prefix(result.consumed);
//     if (result.status == RespDecoder::Status::kReply) Handle(decoder.TakeReply());
//     if (result.status == RespDecoder::Status::kError) return Close(decoder.error());
//   }
//
// The bytes may come in pieces of any size. All sizes have limits (RespLimits), and a decoder accepts
// only what a server sends that keeps to the protocol: after an error it decodes nothing more. Not
// thread-safe.
#ifndef CHATHTTP_ADAPTERS_REDIS_RESP_H_
#define CHATHTTP_ADAPTERS_REDIS_RESP_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace chathttp::redis {

struct RespValue {
  enum class Type : std::uint8_t {
    kSimple,   // "+OK": `text`
    kError,    // "-ERR unknown command": `text`
    kInteger,  // ":42": `integer`
    kBulk,     // "$2", then "Hi": `text`, any bytes
    kArray,    // "*2", then two values: `elements`
    kNull,     // "$-1" or "*-1"
  };
  Type type = Type::kNull;
  std::int64_t integer = 0;
  std::string text = {};
  std::vector<RespValue> elements = {};

  bool is_error() const { return type == Type::kError; }
  friend bool operator==(const RespValue&, const RespValue&) = default;
};

// What a reply is, for messages: "the error 'ERR unknown command'", "an array of 3". At most 200
// bytes of text, escaped.
std::string Describe(const RespValue& value);

// Appends a command, an array of bulk strings, to `out`.
void AppendCommand(std::span<const std::string_view> arguments, std::string& out);

struct RespLimits {
  std::size_t line_bytes = 4096;                    // of a simple string, error or number
  std::size_t bulk_bytes = std::size_t{1} << 20;    // of one bulk string
  std::size_t elements = 4096;                      // of one array
  std::size_t depth = 8;                            // arrays within each other
  std::size_t reply_bytes = std::size_t{64} << 20;  // of one reply with all that it contains
};

class RespDecoder {
 public:
  enum class Status : std::uint8_t {
    kNeedMore,  // all bytes were consumed
    kReply,     // a reply is complete: TakeReply
    kError,     // the bytes are no reply: error()
  };
  struct [[nodiscard]] Result {
    Status status;
    std::size_t consumed;  // bytes of the input
  };

  explicit RespDecoder(const RespLimits& limits = {}) : limits_(limits) {}

  // Decodes up to the end of a reply. `input` is not empty.
  Result Decode(std::string_view input);

  // The reply that Decode completed; call it once, before the next Decode.
  RespValue TakeReply();

  // After kError: the rule, the limit and the value seen.
  const std::string& error() const { return error_; }

 private:
  enum class State : std::uint8_t { kLine, kBulk, kReply, kError };
  struct Level {
    RespValue array;
    std::size_t missing;  // elements
  };

  bool TakeLine(std::string_view line);
  bool TakeLength(std::string_view digits, std::size_t most, std::string_view what,
                  std::int64_t& length);
  bool Complete(RespValue value);
  bool Fail(std::string error);

  RespLimits limits_;
  State state_ = State::kLine;
  std::string token_;            // the part of a line or bulk that has come, with its line end
  std::size_t bulk_bytes_ = 0;   // of the bulk that comes
  std::size_t reply_bytes_ = 0;  // so far
  std::vector<Level> levels_;    // the arrays that are open, the outermost first
  RespValue reply_;
  std::string error_;
};

}  // namespace chathttp::redis

#endif  // CHATHTTP_ADAPTERS_REDIS_RESP_H_
