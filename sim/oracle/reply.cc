#include "chathttp/sim/oracle/reply.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/oracle/rules.h"
#include "chathttp/sim/world/raw_text.h"

namespace chathttp::sim {
namespace {

constexpr std::size_t kQuotedBytes = 40;

std::string_view ReasonOf(int code) {
  switch (code) {
    case 200:
      return "OK";
    case 202:
      return "Accept";
    case 400:
      return "Bad Request";
    case 401:
      return "User Name Exist";
    default:
      return "Internal Server Error";
  }
}

std::string ByteName(std::string_view rest) {
  if (rest[0] == ' ') return "space";
  if (rest[0] == '\t') return "tab";
  std::size_t bytes = 1;
  while (bytes < std::min<std::size_t>(rest.size(), 4) && (rest[bytes] & 0xC0) == 0x80) ++bytes;
  return absl::StrCat("\"", Escaped(rest.substr(0, bytes)), "\"");
}

// What is wrong with a malformed name.
std::string NameProblem(std::string_view name, std::size_t most_bytes) {
  if (name.empty()) return "User name cannot be empty";
  if (name.size() > most_bytes) {
    return absl::StrCat("User name cannot be longer than ", most_bytes, " bytes, got ",
                        name.size());
  }
  std::size_t good = 0;
  while (IsName(name.substr(good, 1), 1)) ++good;
  return absl::StrCat("User name cannot contain ", ByteName(name.substr(good)),
                      ": only A-Z a-z 0-9 _ . -");
}

std::string TextProblem(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Sequence next = FirstSequence(text.substr(at));
    if (next.bytes == 0) {
      return absl::StrFormat("Text must be UTF-8, got byte 0x%02X at byte %d",
                             static_cast<unsigned char>(text[at]), at);
    }
    if (IsLineBreak(next.value)) {
      return absl::StrCat("Text must be one line, got a line break at byte ", at);
    }
    if (!MayBeSaid(next.value)) {
      return absl::StrFormat("Text cannot contain control characters, got U+%04X at byte %d",
                             next.value, at);
    }
    at += next.bytes;
  }
  return absl::StrCat("Text cannot be blank, got ", text.size(), " bytes of white space");
}

Reply ReplyToMember(const RawRequestView& request, const RoomLimits& limits) {
  if (request.method == "GET" && request.ping) return {.kind = Reply::Kind::kPing};
  if (request.method == "GET") return {.kind = Reply::Kind::kList};
  if (request.method == "DELETE") return {.kind = Reply::Kind::kLogout};
  if (request.method == "ADD") {
    return Refused(400, "Already logged in: DELETE comes before another ADD");
  }
  if (request.entity.size() > limits.text_bytes) {
    return Refused(400, absl::StrCat("Text too long: its entity may hold ", limits.text_bytes,
                                     " bytes, got ", request.entity.size()));
  }
  const std::string_view text = WithoutLineEnd(request.entity);
  if (!IsText(text)) return Refused(400, TextProblem(text));
  return {.kind = Reply::Kind::kSaid};
}

Reply ReplyToAdd(const RawRequestView& request, const RoomLimits& limits) {
  const std::string_view name = *request.user;
  if (SessionAsk ask = ReadSessionAsk(request); !ask.problem.empty()) {
    return Refused(400, std::move(ask.problem));
  }
  if (!IsName(name, limits.name_bytes)) return Refused(400, NameProblem(name, limits.name_bytes));
  return IsReserved(name) ? NameIsTaken() : Reply{.kind = Reply::Kind::kLogin};
}

Reply Fatal(std::string entity, std::string event = {}) {
  return {.code = 400, .entity = std::move(entity), .event = std::move(event), .fatal = true};
}

}  // namespace

Reply Refused(int code, std::string entity) { return {.code = code, .entity = std::move(entity)}; }
Reply NameIsTaken() { return Refused(401, "Error...T.T"); }
Reply RoomIsFull(std::size_t members) {
  return Refused(500, absl::StrCat("Room is full: at most ", members, " members, try again later"));
}

SessionAsk ReadSessionAsk(const RawRequestView& request) {
  constexpr std::uint64_t kMostHistory = 1000;
  const auto wrong = [](std::string_view rule, std::string_view value) {
    return SessionAsk{
        .problem = absl::StrCat(AbslView(rule), ", got ", value.size(), " bytes of another form")};
  };
  SessionAsk ask{.problem = ""};
  ask.any = request.session || request.since || request.history;
  ask.wanted = request.session.has_value();
  if (ask.wanted && *request.session != "new") {
    if (!IsRawToken(*request.session)) {
      return wrong("Session must be new or 32 hex digits in lower case", *request.session);
    }
    ask.token = *request.session;
  }
  if (request.since) {
    if (ask.token.empty()) return {.problem = "Since needs a Session with a token"};
    ask.since = ReadPosition(*request.since);
    if (!ask.since) {
      return wrong("Since must be two numbers with a dot between them, as in Position",
                   *request.since);
    }
  }
  if (!request.history) return ask;
  if (!ask.token.empty()) {
    return {.problem = "History and a Session with a token exclude each other"};
  }
  const std::optional<std::uint64_t> history = ReadCount(*request.history);
  if (!history) return wrong("History must be 0 to 1000", *request.history);
  if (*history > kMostHistory) {
    return {.problem = absl::StrCat("History must be 0 to 1000, got ", *history)};
  }
  ask.history = *history;
  return ask;
}

Reply ReplyTo(const RawRequestView& request, const std::optional<std::string_view>& login,
              const RoomLimits& limits) {
  if (request.fatal) {
    return Fatal(absl::StrCat(request.rule, ", got ", request.seen), request.rule);
  }
  const std::string_view method = request.method;
  if (method != "ADD" && method != "POST" && method != "GET" && method != "DELETE") {
    Reply reply = Refused(400, "Unknown...TAT");
    reply.fatal = !login;
    return reply;
  }
  if (!login && method != "ADD") {
    return Fatal(absl::StrCat("Not logged in: ADD comes first, got ", AbslView(method)));
  }
  if (!request.user) return Refused(400, "User_Agent is missing: it must give the user name");
  if (!login) return ReplyToAdd(request, limits);
  if (Folded(*login) != Folded(*request.user)) {
    return Refused(400,
                   absl::StrCat("User_Agent must be the name of the login, \"", AbslView(*login),
                                "\", got \"", EscapedStart(*request.user, kQuotedBytes), "\""));
  }
  return ReplyToMember(request, limits);
}

std::string DatetimeOf(absl::Time wall) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S", wall, absl::UTCTimeZone());
}

std::size_t DatetimeOffset(int code) {
  return std::string_view("HTTP/1.1 200 \nDatetime: ").size() + ReasonOf(code).size();
}

std::string ResponseBytes(const ServerOptions& options, int code, std::string_view entity,
                          std::string_view datetime) {
  return absl::StrCat("HTTP/1.1 ", code, " ", AbslView(ReasonOf(code)),
                      "\nDatetime: ", AbslView(datetime), "\nDeveloper: ", options.developer,
                      "\nServer: ", options.server, "\nContent_Length: ", entity.size(),
                      "\nContent_Language: en\nContent_Encoding: utf-8\nContent_Type: text\n\n",
                      AbslView(entity));
}

}  // namespace chathttp::sim
