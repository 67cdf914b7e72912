#include "apps/history/history_line.h"

#include <string_view>
#include <variant>

#include "absl/strings/str_cat.h"
#include "apps/client/json_event.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/domain/chat_room.h"
#include "chathttp/domain/escape.h"

namespace chathttp {
namespace {

constexpr const char* kNoTime = "                   ";  // as wide as a time

std::string Noted(std::string_view words) { return absl::StrCat(kNoTime, "  * ", AbslView(words)); }

std::string LineOf(const SaidOrNotice& broadcast, absl::TimeZone zone) {
  const std::string time = absl::FormatTime("%Y-%m-%d %H:%M:%S", broadcast.wall, zone);
  const std::string name = Visible(broadcast.name);
  switch (broadcast.kind) {
    case Broadcast::Kind::kEntered:
      return absl::StrCat(time, "  * ", name, " has entered");
    case Broadcast::Kind::kLeft:
      return absl::StrCat(time, "  * ", name, " has left");
    case Broadcast::Kind::kSaid:
      break;
  }
  return absl::StrCat(time, "  ", name, ": ", Visible(broadcast.text));
}

const char* EventOf(Broadcast::Kind kind) {
  switch (kind) {
    case Broadcast::Kind::kEntered:
      return "entered";
    case Broadcast::Kind::kLeft:
      return "left";
    case Broadcast::Kind::kSaid:
      break;
  }
  return "message";
}

std::string JsonObject(const char* event, const Position& position, std::string_view more = "") {
  return absl::StrCat("{\"event\":\"", event, "\",\"position\":\"", ToString(position), "\"",
                      AbslView(more), "}");
}

std::string JsonOfBroadcast(const SaidOrNotice& broadcast, const Position& position) {
  const std::string time =
      absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", broadcast.wall, absl::UTCTimeZone());
  std::string more = absl::StrCat(",\"time\":\"", time, "\",\"name\":", JsonString(broadcast.name));
  if (broadcast.kind == Broadcast::Kind::kSaid) {
    absl::StrAppend(&more, ",\"text\":", JsonString(broadcast.text));
  }
  return JsonObject(EventOf(broadcast.kind), position, more);
}

}  // namespace

std::string HistoryLine(const JournalRecord& record, const Position& position,
                        absl::TimeZone zone) {
  if (const auto* broadcast = std::get_if<SaidOrNotice>(&record)) return LineOf(*broadcast, zone);
  if (const auto* session = std::get_if<SessionBegun>(&record)) {
    return Noted(absl::StrCat(Visible(session->name), " has a session"));
  }
  if (std::holds_alternative<EpochBegun>(record)) {
    return Noted("the server has started at position " + ToString(position));
  }
  if (std::holds_alternative<Closed>(record)) {
    return Noted("the server has stopped at position " + ToString(position));
  }
  return "";
}

std::string HistoryJson(const JournalRecord& record, const Position& position) {
  if (const auto* broadcast = std::get_if<SaidOrNotice>(&record)) {
    return JsonOfBroadcast(*broadcast, position);
  }
  if (const auto* session = std::get_if<SessionBegun>(&record)) {
    return JsonObject("session", position, ",\"name\":" + JsonString(session->name));
  }
  if (std::holds_alternative<EpochBegun>(record)) return JsonObject("epoch", position);
  if (std::holds_alternative<Closed>(record)) return JsonObject("closed", position);
  return "";
}

}  // namespace chathttp
