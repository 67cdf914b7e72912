// Encodes requests, byte for byte as docs/protocol.md lays them down.
#ifndef CHATHTTP_TRANSPORT_CODEC_REQUEST_ENCODER_H_
#define CHATHTTP_TRANSPORT_CODEC_REQUEST_ENCODER_H_

#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "transport/codec/message.h"

namespace chathttp {

struct RequestToSend {
  Method method = Method::kGet;  // not kUnknown
  std::string_view host;         // as the user gave it: the URI and the value of `Host`
  std::string_view user_agent;
  std::string_view entity;
};

// Appends `request` to `out`, with `Datetime` as `wall` in `zone`.
void AppendRequest(const RequestToSend& request, absl::Time wall, absl::TimeZone zone,
                   std::string& out);

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_CODEC_REQUEST_ENCODER_H_
