#include "chathttp/sim/oracle/due.h"

namespace chathttp::sim {
namespace {

Due DueToMember(const RawRequestView& request, const RoomLimits& limits) {
  if (request.method == "GET") return {.what = Due::What::kList};
  if (request.method == "DELETE") return {.what = Due::What::kOk};
  const bool said = request.method == "POST" && request.entity.size() <= limits.text_bytes &&
                    IsText(WithoutLineEnd(request.entity));
  return said ? Due{.what = Due::What::kSaid} : Due{};
}

}  // namespace

Due DueTo(const RawRequestView& request, const std::optional<std::string_view>& login,
          const RoomLimits& limits) {
  if (request.fatal) return {.fatal = true};
  const bool add = request.method == "ADD";
  if (!add && request.method != "POST" && request.method != "GET" && request.method != "DELETE") {
    return {.fatal = !login, .unknown_method = true};
  }
  if (!login && !add) return {.fatal = true};
  if (!request.user) return {};
  if (login) {
    return Folded(*login) == Folded(*request.user) ? DueToMember(request, limits) : Due{};
  }
  if (!IsName(*request.user, limits.name_bytes)) return {};
  return {.what = IsReserved(*request.user) ? Due::What::kTaken : Due::What::kLogin};
}

bool Fits(const Due& due, const Heard& heard) {
  switch (due.what) {
    case Due::What::kBad:
      return heard.told == Told::kBad && (!due.unknown_method || heard.text == "Unknown...TAT");
    case Due::What::kTaken:
      return heard.told == Told::kTaken;
    case Due::What::kLogin:
      return heard.told == Told::kOk || heard.told == Told::kTaken || heard.told == Told::kServer;
    case Due::What::kSaid:
      return false;
    case Due::What::kList:
      return heard.told == Told::kList;
    case Due::What::kOk:
      return heard.told == Told::kOk;
  }
  return false;
}

std::string Describe(Told told) {
  switch (told) {
    case Told::kGreeting:
      return "the greeting";
    case Told::kOk:
      return "OK";
    case Told::kTaken:
      return "401";
    case Told::kBad:
      return "400";
    case Told::kServer:
      return "500";
    case Told::kList:
      return "a list";
    case Told::kSaid:
      return "a message";
    case Told::kEntered:
      return "an \"entered\"";
    case Told::kLeft:
      return "a \"left\"";
    case Told::kNonsense:
      break;
  }
  return "nonsense";
}

}  // namespace chathttp::sim
