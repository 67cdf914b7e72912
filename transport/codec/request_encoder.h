// Encodes requests byte for byte as docs/protocol.md specifies. Pure function, safe from any
// thread.
#ifndef CHATHTTP_TRANSPORT_CODEC_REQUEST_ENCODER_H_
#define CHATHTTP_TRANSPORT_CODEC_REQUEST_ENCODER_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "chathttp/transport/codec/message.h"

namespace chathttp {

struct RequestToSend {
  Method method = Method::kGet;  // not kUnknown
  std::string_view host;         // as given by the user: the URI and the value of `Host`
  std::string_view user_agent;
  std::uint16_t heartbeat = 0;  // seconds, of an ADD; 0: the field is left out
  bool ping = false;            // of a GET
  // Of an ADD; each field is left out if it is empty.
  std::string_view session = {};  // kNewSession or a token
  std::string_view since = {};    // a position
  std::string_view history = {};  // a number
  std::string_view entity;
};

// Appends `request` to `out`. `Datetime` is `wall` in `zone`.
void AppendRequest(const RequestToSend& request, absl::Time wall, absl::TimeZone zone,
                   std::string& out);

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_CODEC_REQUEST_ENCODER_H_
