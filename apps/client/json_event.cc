#include "apps/client/json_event.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/domain/escape.h"
#include "chathttp/domain/text.h"

namespace chathttp {
namespace {

// Code points above U+FFFF have two escapes (RFC 8259 section 7), but none of them needs one.
void AppendCodePoint(char32_t value, std::string_view bytes, std::string& json) {
  if (value == '"' || value == '\\') json += '\\';
  if (IsSafeToShow(value)) {
    json += bytes;
  } else {
    absl::StrAppendFormat(&json, "\\u%04x", static_cast<unsigned>(value));
  }
}

std::string Object(absl::Time time, std::string_view event, std::string_view members) {
  return absl::StrCat("{\"time\":\"",
                      absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", time, absl::UTCTimeZone()),
                      "\",\"event\":\"", AbslView(event), "\"", AbslView(members), "}");
}

std::string Member(std::string_view key, std::string_view text) {
  return absl::StrCat(",\"", AbslView(key), "\":", JsonString(text));
}

std::string Names(const ClientEvent& event) {
  std::string members = ",\"names\":[";
  for (const std::string_view name : event.names) {
    if (members.back() != '[') members += ',';
    members += JsonString(name);
  }
  return members + "]";
}

}  // namespace

std::string JsonString(std::string_view bytes) {
  std::string json = "\"";
  json.reserve(bytes.size() + 2);
  while (!bytes.empty()) {
    const CodePoint next = DecodeUtf8(bytes);
    const std::size_t size = next.bytes == 0 ? 1 : next.bytes;
    if (next.bytes == 0) {
      json += "\\ufffd";
    } else {
      AppendCodePoint(next.value, bytes.substr(0, size), json);
    }
    bytes.remove_prefix(size);
  }
  return json + "\"";
}

std::string JsonOf(const ClientEvent& event, absl::Time time) {
  const std::string_view past = event.past ? ",\"past\":true" : "";
  if (event.past) time = event.time.value_or(time);
  switch (event.kind) {
    case ClientEvent::Kind::kLoggedIn:
      return Object(
          time, "login",
          absl::StrCat(Member("name", event.name),
                       event.replay > 0 ? absl::StrCat(",\"history\":", event.replay) : ""));
    case ClientEvent::Kind::kMessage:
      return Object(time, "message",
                    absl::StrCat(Member("name", event.name), Member("text", event.text),
                                 event.own ? ",\"own\":true" : ",\"own\":false", AbslView(past)));
    case ClientEvent::Kind::kEntered:
      return Object(time, "entered", absl::StrCat(Member("name", event.name), AbslView(past)));
    case ClientEvent::Kind::kLeft:
      return Object(time, "left", absl::StrCat(Member("name", event.name), AbslView(past)));
    case ClientEvent::Kind::kList:
      return Object(time, "list", Names(event));
    case ClientEvent::Kind::kNotice:
      return JsonNotice(event.text, time);
    case ClientEvent::Kind::kConnected:
    case ClientEvent::Kind::kLoginRefused:
    case ClientEvent::Kind::kPong:
    case ClientEvent::Kind::kRefused:
    case ClientEvent::Kind::kClosed:
      break;
  }
  return "";
}

std::string JsonNotice(std::string_view message, absl::Time time) {
  return Object(time, "notice", Member("message", message));
}

std::string JsonError(std::string_view message, absl::Time time) {
  return Object(time, "error", Member("message", message));
}

std::string JsonEnd(int code, absl::Time time) {
  return Object(time, "end", absl::StrCat(",\"code\":", code));
}

}  // namespace chathttp
