// How soon a TCP connection whose peer has vanished is given up: the options and their text form.
//
//   PosixNetwork network(loop, {.keepalive = *ParseKeepalive("20s/5s/3")});
//
// Values only.
#ifndef CHATHTTP_ADAPTERS_TCP_OPTIONS_H_
#define CHATHTTP_ADAPTERS_TCP_OPTIONS_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace chathttp::posix {

// tcp(7): after `idle` without a byte from the peer, the kernel sends a probe in each `interval`. The
// peer is gone when `probes` of them have no answer. Whole seconds up to 32767, and up to 127 probes.
struct Keepalive {
  absl::Duration idle = absl::Seconds(20);  // 0: no probes
  absl::Duration interval = absl::Seconds(5);
  int probes = 3;

  friend bool operator==(const Keepalive&, const Keepalive&) = default;
};

struct TcpOptions {
  Keepalive keepalive = {};

  // Longest time for which the peer may acknowledge no byte; 0 leaves it to the kernel. Linux takes
  // it for unanswered probes too, in place of their number.
  absl::Duration user_timeout = absl::Seconds(30);
};

// "20s/5s/3", or "off". InvalidArgument has the form and the text.
absl::StatusOr<Keepalive> ParseKeepalive(std::string_view text);
std::string ToString(const Keepalive& keepalive);

// OK, or InvalidArgument unless it is at least 1ms and at most 24h, or 0.
absl::Status CheckUserTimeout(absl::Duration timeout);

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_TCP_OPTIONS_H_
