// The messages of ChatHTTP as values: the output of decoders, the input of encoders.
// Source: docs/protocol.md, "Messages".
#ifndef CHATHTTP_TRANSPORT_CODEC_MESSAGE_H_
#define CHATHTTP_TRANSPORT_CODEC_MESSAGE_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "chathttp/transport/codec/position.h"
#include "chathttp/version.h"  // refuses compilers below C++20

namespace chathttp {

enum class Method { kAdd, kPost, kGet, kDelete, kUnknown };

enum class StatusCode : int {
  kOk = 200,
  kAccept = 202,
  kBadRequest = 400,
  kUserNameExist = 401,
  kInternalServerError = 500,
};

// Of a status code on the wire (RFC 9112, section 4).
inline constexpr std::size_t kCodeDigits = 3;

// "ADD"; empty for kUnknown.
std::string_view MethodName(Method method);

// "OK", "Accept", "Bad Request", "User Name Exist", "Internal Server Error".
std::string_view ReasonPhrase(StatusCode code);

// The seconds that `Heartbeat` may promise.
inline constexpr std::uint16_t kMinHeartbeat = 10;
inline constexpr std::uint16_t kMaxHeartbeat = 3600;

// The seconds in a value of `Heartbeat`; 0 for a value that promises nothing, which is ignored, as an
// unknown header field is.
std::uint16_t HeartbeatOf(std::string_view value);

// A decoded request. The views are valid until the decoder's next Decode, and no longer than its
// input.
struct RequestView {
  Method method = Method::kUnknown;
  std::string_view method_token;               // as sent
  std::optional<std::string_view> user_agent;  // absent: the header field was missing
  std::uint16_t heartbeat = 0;                 // seconds; 0: none, or out of range
  bool ping = false;                           // `Ping: 1`
  std::optional<std::string_view> session =
      std::nullopt;  // the values as sent; only the first of each
  std::optional<std::string_view> since = std::nullopt;
  std::optional<std::string_view> history = std::nullopt;
  std::uint64_t content_length = 0;  // size of the entity, kept or skipped
  bool entity_skipped = false;       // the request had an entity, and it was not kept
  std::string_view entity;           // empty if skipped
};

inline constexpr std::uint64_t kUnknownGap = std::numeric_limits<std::uint64_t>::max();

// A decoded response; its views have the same lifetime as those of RequestView.
struct ResponseView {
  int code = 0;             // the three digits, which StatusCode may not list
  std::string_view reason;  // may be empty
  std::string_view server;  // value of `Server`; empty if absent
  std::string_view datetime;
  std::uint16_t heartbeat = 0;  // as in RequestView
  // Of the reply to an ADD; values of another form are ignored (docs/protocol.md, "Coming back").
  std::string_view session = {};      // the token; empty if absent
  std::uint32_t session_seconds = 0;  // how long it lasts without a connection
  std::uint64_t replay = 0;           // so many of the next broadcasts are from before the reply
  std::optional<Position> position = std::nullopt;  // behind these
  std::optional<std::uint64_t> gap =
      std::nullopt;  // broadcasts that are lost; kUnknownGap: nobody knows how many
  std::string_view entity;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_CODEC_MESSAGE_H_
