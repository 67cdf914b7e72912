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
constexpr std::size_t kTokenDigits = 32;

bool IsHexDigit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

std::string SessionLines(const KnownPast& past, std::string_view token) {
  return absl::StrCat("Session: ", AbslView(token),
                      "\nSession_Seconds: ", past.options.away_limit / absl::Seconds(1), "\n");
}

std::string ReplayLine(std::uint64_t count) {
  return count == 0 ? "" : absl::StrCat("Replay: ", count, "\n");
}

std::string PositionLine(const KnownPast& past, std::uint64_t number) {
  return absl::StrCat("Position: ", ToText({past.epoch, number}), "\n");
}

// Whether the broadcasts behind `from` are still there, and are not more than half of the log.
bool MayReplay(const KnownPast& past, std::uint64_t from, std::uint64_t to) {
  const std::optional<std::uint64_t> bytes = past.bytes_between(from, to);
  return bytes && *bytes <= past.options.backlog_bytes / 2;
}

// Whether the position is one of the broadcasts as they are now.
bool IsExact(const KnownPast& past, const RawPosition& position) {
  if (position.epoch == past.epoch) return true;
  return std::any_of(past.ended.begin(), past.ended.end(), [&](const EpochEnd& end) {
    return end.epoch == position.epoch && position.count <= end.count;
  });
}

}  // namespace

KnownPast PastOf(const ServerRecord& server, const RoomLog& log) {
  return {server.options, server.epoch,
          server.recovered ? server.recovered->past.ended : std::vector<EpochEnd>{},
          [&log](std::uint64_t from, std::uint64_t to) { return log.BytesBetween(from, to); }};
}

LoginReply ReplyToNewcomer(const KnownPast& past, const SessionAsk& ask, std::uint64_t number,
                           std::string_view token) {
  const std::uint64_t before = number - 1;
  const std::uint64_t most = std::min<std::uint64_t>(ask.history, past.options.history);
  LoginReply reply{"", before > most ? before - most : 0, number};
  while (reply.from < before && !MayReplay(past, reply.from, number)) ++reply.from;
  const std::uint64_t replayed = before - reply.from;
  if (replayed == 0) reply.from = number;
  if (token.empty()) {
    reply.lines = ReplayLine(replayed);
    return reply;
  }
  reply.lines = SessionLines(past, token) + ReplayLine(replayed) + PositionLine(past, number);
  if (!ask.token.empty()) reply.lines += "Gap: unknown\n";
  return reply;
}

// It gets nothing from before its login but what the server gives to anybody.
LoginReply ReplyToReturn(const KnownPast& past, const SessionAsk& ask, std::uint64_t number,
                         std::uint64_t entered) {
  LoginReply reply{SessionLines(past, ask.token), number, number};
  std::string gap;
  if (!ask.since || !IsExact(past, *ask.since)) {
    gap = "Gap: unknown\n";
  } else if (ask.since->count + 1 + past.options.history < entered ||
             !MayReplay(past, ask.since->count, number)) {
    gap = absl::StrCat("Gap: ", number - ask.since->count, "\n");
  } else {
    reply.from = ask.since->count;
  }
  const bool skips_own = reply.from < entered && entered <= number;
  reply.lines += ReplayLine(number - reply.from - (skips_own ? 1 : 0));
  reply.lines += PositionLine(past, number) + gap;
  return reply;
}

std::string ProblemOfReturn(const std::optional<RawPosition>& since, std::string_view holder,
                            std::string_view name, const RawPosition& now) {
  if (Folded(holder) != Folded(name)) {
    return absl::StrCat("Session: the token belongs to another name than \"",
                        EscapedStart(name, kQuotedNameBytes), "\", send the name of its login");
  }
  if (!since) return "";
  const bool ahead =
      since->epoch > now.epoch || (since->epoch == now.epoch && since->count > now.count);
  if (!ahead) return "";
  return absl::StrCat("Since must be at most the position of the room, ", ToText(now), ", got ",
                      ToText(*since));
}

std::string WrittenToken(std::string_view out, std::size_t at) {
  constexpr std::string_view kLine = "\nSession: ";
  std::string_view head = out.substr(at);
  head = head.substr(0, head.find("\n\n"));
  const std::size_t line = head.find(kLine);
  std::string token(
      line == std::string_view::npos ? "" : head.substr(line + kLine.size(), kTokenDigits));
  token.resize(kTokenDigits, '0');
  for (char& digit : token) {
    if (!IsHexDigit(digit)) digit = '0';
  }
  return token;
}

std::string_view LinesAtEnd(std::string_view raw) {
  constexpr std::string_view kLast = "\nContent_Type: text\n";
  const std::size_t begin = raw.find(kLast) + kLast.size();
  return raw.substr(begin, raw.find("\n\n", begin - 1) + 1 - begin);
}

std::string WithLines(std::string_view lines) {
  return lines.empty() ? "" : absl::StrCat(" with ", Escaped(lines));
}

std::string_view InvariantOfLogin(const SessionAsk& ask, std::string_view out, std::size_t at) {
  if (ask.any) return "resume";
  const std::optional<RawResponse> got = CutResponse(out, at);
  const bool strange = got && !(got->session.empty() && got->replay.empty() &&
                                got->position.empty() && got->gap.empty());
  return strange ? "strangers" : "one-reply";
}

}  // namespace chathttp::sim
