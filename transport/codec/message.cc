#include "chathttp/transport/codec/message.h"

#include <charconv>
#include <cstdint>
#include <string_view>

namespace chathttp {

std::string_view MethodName(Method method) {
  switch (method) {
    case Method::kAdd:
      return "ADD";
    case Method::kPost:
      return "POST";
    case Method::kGet:
      return "GET";
    case Method::kDelete:
      return "DELETE";
    case Method::kUnknown:
      break;
  }
  return {};
}

std::string_view ReasonPhrase(StatusCode code) {
  switch (code) {
    case StatusCode::kOk:
      return "OK";
    case StatusCode::kAccept:
      return "Accept";
    case StatusCode::kBadRequest:
      return "Bad Request";
    case StatusCode::kUserNameExist:
      return "User Name Exist";
    case StatusCode::kInternalServerError:
      return "Internal Server Error";
  }
  return {};
}

std::uint16_t HeartbeatOf(std::string_view value) {
  std::uint16_t seconds = 0;
  const auto result = std::from_chars(value.data(), value.data() + value.size(), seconds);
  const bool number = result.ec == std::errc() && result.ptr == value.data() + value.size();
  return number && seconds >= kMinHeartbeat && seconds <= kMaxHeartbeat ? seconds : 0;
}

}  // namespace chathttp
