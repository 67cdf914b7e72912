// Encodes responses byte for byte as docs/protocol.md specifies.
//
//   ResponseEncoder encoder("Soros_Liu", kProductVersion, absl::LocalTimeZone());
//   Send(encoder.Head(StatusCode::kOk, kOkEntity.size(), scheduler.WallNow()), kOkEntity);
//
// Not thread-safe.
#ifndef CHATHTTP_TRANSPORT_CODEC_RESPONSE_ENCODER_H_
#define CHATHTTP_TRANSPORT_CODEC_RESPONSE_ENCODER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "chathttp/transport/codec/message.h"

namespace chathttp {

class ResponseEncoder {
 public:
  // `developer` and `server` are header values (visible ASCII and inner spaces); `zone` is the time
  // zone of `Datetime`.
  ResponseEncoder(std::string_view developer, std::string_view server, absl::TimeZone zone);

  // Returns the head of a response, up to and including the empty line, for an entity of
  // `entity_bytes` bytes. Valid until the next call. Formats `wall` once per second. Allocates
  // nothing.
  std::string_view Head(StatusCode code, std::size_t entity_bytes, absl::Time wall);

  // Appends the head and the entity to `out`.
  void Append(StatusCode code, std::string_view entity, absl::Time wall, std::string& out);

 private:
  void SetDatetime(absl::Time wall);

  // Space for the longest start line, with the current one at its end; then the constant lines and
  // Datetime, up to the value of Content_Length; then space for that value and kHeadEnding.
  std::string buffer_;
  std::size_t length_at_;  // the index in buffer_ of the value of Content_Length
  absl::TimeZone zone_;
  std::optional<std::int64_t> second_;  // Unix time of the Datetime in buffer_
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_CODEC_RESPONSE_ENCODER_H_
