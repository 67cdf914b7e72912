#include "chathttp/sim/oracle/login_reply.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/oracle/rules.h"
#include "chathttp/sim/world/raw_text.h"

namespace chathttp::sim {
namespace {

constexpr std::size_t kQuotedNameBytes = 40;

std::string SessionLines(const ServerRecord& server, std::string_view token) {
  return absl::StrCat("Session: ", AbslView(token),
                      "\nSession_Seconds: ", server.options.away_limit / absl::Seconds(1), "\n");
}

std::string ReplayLine(std::uint64_t count) {
  return count == 0 ? "" : absl::StrCat("Replay: ", count, "\n");
}

std::string PositionLine(const ServerRecord& server, std::uint64_t number) {
  return absl::StrCat("Position: ", ToText({server.epoch, number}), "\n");
}

// Whether the broadcasts behind `from` are still there, and are not more than half of the log.
bool MayReplay(const ServerRecord& server, const RoomLog& log, std::uint64_t from,
               std::uint64_t to) {
  const std::optional<std::uint64_t> bytes = log.BytesBetween(from, to);
  return bytes && *bytes <= server.options.backlog_bytes / 2;
}

// Whether the position is one of the broadcasts as they are now.
bool IsExact(const ServerRecord& server, const RawPosition& position) {
  if (position.epoch == server.epoch) return true;
  if (!server.recovered) return false;
  const std::vector<EpochEnd>& ended = server.recovered->past.ended;
  return std::any_of(ended.begin(), ended.end(), [&](const EpochEnd& end) {
    return end.epoch == position.epoch && position.count <= end.count;
  });
}

}  // namespace

LoginReply ReplyToNewcomer(const ServerRecord& server, const RoomLog& log, const SessionAsk& ask,
                           std::uint64_t number, std::string_view token) {
  const std::uint64_t before = number - 1;
  const std::uint64_t most = std::min<std::uint64_t>(ask.history, server.options.history);
  LoginReply reply{"", before > most ? before - most : 0, number};
  while (reply.from < before && !MayReplay(server, log, reply.from, number)) ++reply.from;
  const std::uint64_t replayed = before - reply.from;
  if (replayed == 0) reply.from = number;
  if (token.empty()) {
    reply.lines = ReplayLine(replayed);
    return reply;
  }
  reply.lines = SessionLines(server, token) + ReplayLine(replayed) + PositionLine(server, number);
  if (!ask.token.empty()) reply.lines += "Gap: unknown\n";
  return reply;
}

// It gets nothing from before its login but what the server gives to anybody.
LoginReply ReplyToReturn(const ServerRecord& server, const RoomLog& log, const SessionAsk& ask,
                         std::uint64_t number, std::uint64_t entered) {
  LoginReply reply{SessionLines(server, ask.token), number, number};
  std::string gap;
  if (!ask.since || !IsExact(server, *ask.since)) {
    gap = "Gap: unknown\n";
  } else if (ask.since->count + 1 + server.options.history < entered ||
             !MayReplay(server, log, ask.since->count, number)) {
    gap = absl::StrCat("Gap: ", number - ask.since->count, "\n");
  } else {
    reply.from = ask.since->count;
  }
  const bool skips_own = reply.from < entered && entered <= number;
  reply.lines += ReplayLine(number - reply.from - (skips_own ? 1 : 0));
  reply.lines += PositionLine(server, number) + gap;
  return reply;
}

std::string ProblemOfReturn(const ServerRecord& server, const SessionAsk& ask,
                            std::string_view holder, std::string_view name, std::uint64_t number) {
  if (Folded(holder) != Folded(name)) {
    return absl::StrCat("Session: the token belongs to another name than \"",
                        EscapedStart(name, kQuotedNameBytes), "\", send the name of its login");
  }
  if (!ask.since) return "";
  const RawPosition now{server.epoch, number};
  const bool ahead = ask.since->epoch > now.epoch ||
                     (ask.since->epoch == now.epoch && ask.since->count > now.count);
  if (!ahead) return "";
  return absl::StrCat("Since must be at most the position of the room, ", ToText(now), ", got ",
                      ToText(*ask.since));
}

}  // namespace chathttp::sim
