// The textual forms of the limits for strangers, as in flags, configuration files and scenarios.
//
//   const auto flood = ParseFloodLimit("2/10");   // 2 requests a second after 10 at once
//
// Errors are InvalidArgument, with the form and the text.
#ifndef CHATHTTP_TRANSPORT_SERVER_LIMIT_TEXT_H_
#define CHATHTTP_TRANSPORT_SERVER_LIMIT_TEXT_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "chathttp/transport/ports/ip_address.h"
#include "chathttp/transport/server/server_options.h"

namespace chathttp {

// "2/10", or "off".
absl::StatusOr<FloodLimit> ParseFloodLimit(std::string_view text);
std::string ToString(const FloodLimit& limit);

// "32/10m", or "off". The time has the form of absl::ParseDuration.
absl::StatusOr<ConnectRate> ParseConnectRate(std::string_view text);
std::string ToString(const ConnectRate& rate);

// "127.0.0.0/8,::1"; an empty text is no network.
absl::StatusOr<std::vector<IpNetwork>> ParseIpNetworks(std::string_view text);
std::string ToString(const std::vector<IpNetwork>& networks);

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_SERVER_LIMIT_TEXT_H_
