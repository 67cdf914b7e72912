// Encodes requests byte for byte as docs/protocol.md specifies. Pure function, safe from any
// thread.
#ifndef CHATHTTP_TRANSPORT_CODEC_REQUEST_ENCODER_H_
#define CHATHTTP_TRANSPORT_CODEC_REQUEST_ENCODER_H_

#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "chathttp/transport/codec/message.h"

namespace chathttp {

struct RequestToSend {
  Method method = Method::kGet;  // not kUnknown
  std::string_view host;         // as given by the user: the URI and the value of `Host`
  std::string_view user_agent;
  std::string_view entity;
};

// Appends `request` to `out`. `Datetime` is `wall` in `zone`.
void AppendRequest(const RequestToSend& request, absl::Time wall, absl::TimeZone zone,
                   std::string& out);

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_CODEC_REQUEST_ENCODER_H_
