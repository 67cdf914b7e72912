// Encodes responses, byte for byte as docs/protocol.md lays them down.
//
//   ResponseEncoder encoder("Soros_Liu", "chathttp/1.0.0", absl::LocalTimeZone());
//   Send(encoder.Head(StatusCode::kOk, kOkEntity.size(), scheduler.WallNow()), kOkEntity);
//
// Used by one thread at a time.
#ifndef CHATHTTP_TRANSPORT_CODEC_RESPONSE_ENCODER_H_
#define CHATHTTP_TRANSPORT_CODEC_RESPONSE_ENCODER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "transport/codec/message.h"

namespace chathttp {

class ResponseEncoder {
 public:
  // The values of `Developer` and `Server` (visible ASCII and inner spaces), and the zone of
  // `Datetime`.
  ResponseEncoder(std::string_view developer, std::string_view server, absl::TimeZone zone);

  // The head of a response up to and including its empty line; its entity of `entity_bytes` bytes
  // is to follow. Valid until the next call. `wall` is formatted once for each second. Allocates
  // nothing.
  std::string_view Head(StatusCode code, std::size_t entity_bytes, absl::Time wall);

  // Head and entity, appended to `out`.
  void Append(StatusCode code, std::string_view entity, absl::Time wall, std::string& out);

 private:
  void SetDatetime(absl::Time wall);

  // Room for the longest start line, at its end the one in use; then the lines that stay the same
  // but for Datetime, up to the value of Content_Length; then room for that and the rest.
  std::string buffer_;
  std::size_t length_at_;  // in buffer_, of the value of Content_Length
  absl::TimeZone zone_;
  std::optional<std::int64_t> second_;  // the one that buffer_ has, since 1970
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_CODEC_RESPONSE_ENCODER_H_
