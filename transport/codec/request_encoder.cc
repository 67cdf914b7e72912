#include "chathttp/transport/codec/request_encoder.h"

#include <array>
#include <cassert>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "chathttp/transport/codec/head_format.h"
#include "chathttp/transport/codec/message.h"

namespace chathttp {

void AppendRequest(const RequestToSend& request, absl::Time wall, absl::TimeZone zone,
                   std::string& out) {
  assert(request.method != Method::kUnknown);
  std::array<char, kDatetimeBytes> datetime{};
  WriteDatetime(wall, zone, datetime);
  out += MethodName(request.method);
  out += ' ';
  out += request.host;
  out += " HTTP/1.1\nDatetime: ";
  out.append(datetime.data(), datetime.size());
  out += "\nUser_Agent: ";
  out += request.user_agent;
  out += "\nHost: ";
  out += request.host;
  if (request.heartbeat > 0) {
    out += "\nHeartbeat: ";
    out += std::to_string(request.heartbeat);
  }
  if (request.ping) out += "\nPing: 1";
  const auto append_field = [&out](std::string_view name, std::string_view value) {
    if (value.empty()) return;
    out += name;
    out += value;
  };
  append_field("\nSession: ", request.session);
  append_field("\nSince: ", request.since);
  append_field("\nHistory: ", request.history);
  out += kRequestMiddle;
  out += std::to_string(request.entity.size());
  out += kHeadEnding;
  out += request.entity;
}

}  // namespace chathttp
