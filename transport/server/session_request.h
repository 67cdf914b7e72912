// What an ADD asks of sessions and history: its headers `Session`, `Since` and `History`, checked.
// Source: docs/protocol.md, "Coming back". Pure function.
#ifndef CHATHTTP_TRANSPORT_SERVER_SESSION_REQUEST_H_
#define CHATHTTP_TRANSPORT_SERVER_SESSION_REQUEST_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "chathttp/transport/codec/message.h"
#include "chathttp/transport/codec/position.h"

namespace chathttp {

inline constexpr std::uint32_t kMaxHistory = 1000;  // broadcasts, of `History`

struct SessionRequest {
  bool wanted = false;          // a session, new or old
  std::string_view token = {};  // of an old one; a view of the request
  std::optional<Position> since = std::nullopt;
  std::uint32_t history = 0;
};

// InvalidArgument with the rule and the value seen.
absl::StatusOr<SessionRequest> ReadSessionRequest(const RequestView& request);

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_SERVER_SESSION_REQUEST_H_
