#include "chathttp/transport/codec/message.h"

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

}  // namespace chathttp
