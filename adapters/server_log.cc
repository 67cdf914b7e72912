#include "chathttp/adapters/server_log.h"

#include <string_view>

namespace chathttp::posix {
namespace {

using Kind = ServerEvent::Kind;

LogLevel LevelOf(Kind kind) {
  return kind == Kind::kTurnedAway ? LogLevel::kWarning : LogLevel::kInfo;
}

// Every connection has a line when it closes, even in a flood.
bool IsNeverCut(Kind kind) { return kind == Kind::kClosed; }

void Write(Logger& logger, const ServerEvent& event) {
  const LogLevel level = LevelOf(event.kind);
  const std::string_view text = ToString(event.kind);
  const LogField connection("connection", static_cast<std::uint64_t>(event.connection));
  const LogField peer("peer", event.peer);
  const LogField name("name", event.name);
  const LogField reason("reason", event.reason);
  switch (event.kind) {
    case Kind::kListening:
      return logger.Log(level, text, {peer});
    case Kind::kAccepted:
      return logger.Log(level, text, {connection, peer});
    case Kind::kTurnedAway:
      return logger.Log(level, text, {peer, reason});
    case Kind::kEntered:
      return logger.Log(level, text, {connection, name});
    case Kind::kLeft:
      return logger.Log(level, text, {connection, name, reason});
    case Kind::kRefused:
      return event.name.empty() ? logger.Log(level, text, {connection, reason})
                                : logger.Log(level, text, {connection, name, reason});
    case Kind::kClosed:
      return logger.Log(level, text,
                        {connection, reason, LogField("bytes_in", event.bytes_in),
                         LogField("bytes_out", event.bytes_out)});
    case Kind::kStopping:
      return logger.Log(level, text, {reason});
    case Kind::kStopped:
      return logger.Log(level, text);
  }
}

}  // namespace

ServerLog::ServerLog(Logger& logger, Scheduler& scheduler, std::uint64_t lines_per_second)
    : logger_(logger), scheduler_(scheduler), lines_per_second_(lines_per_second) {}

ServerLog::~ServerLog() {
  for (std::size_t kind = 0; kind < kKinds; ++kind) {
    scheduler_.Cancel(windows_[kind].timer);
    LogSuppressed(static_cast<Kind>(kind));
  }
}

void ServerLog::OnServerEvent(const ServerEvent& event) {
  if (logger_.enabled(LevelOf(event.kind)) && (IsNeverCut(event.kind) || Admit(event.kind)))
    Write(logger_, event);
}

bool ServerLog::Admit(Kind kind) {
  Window& window = windows_[static_cast<std::size_t>(kind)];
  const absl::Time now = scheduler_.Now();
  if (now >= window.end) {
    LogSuppressed(kind);
    window.end = now + absl::Seconds(1);
    window.lines = 0;
  }
  if (window.lines < lines_per_second_) {
    ++window.lines;
    return true;
  }
  if (++window.suppressed == 1) {
    window.timer = scheduler_.RunAt(window.end, [this, kind] { LogSuppressed(kind); });
  }
  return false;
}

void ServerLog::LogSuppressed(Kind kind) {
  Window& window = windows_[static_cast<std::size_t>(kind)];
  if (window.suppressed == 0) return;
  logger_.Log(LevelOf(kind), ToString(kind), {{"suppressed", window.suppressed}});
  window.suppressed = 0;
  scheduler_.Cancel(window.timer);
}

}  // namespace chathttp::posix
