#include "chathttp/adapters/server_log.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/domain/escape.h"
#include "chathttp/transport/ports/network.h"

namespace chathttp::posix {
namespace {

using Kind = ServerEvent::Kind;

LogLevel LevelOf(Kind kind) {
  return kind == Kind::kTurnedAway ? LogLevel::kWarning : LogLevel::kInfo;
}

std::uint16_t PortOf(std::string_view peer) {
  unsigned port = 0;
  const std::size_t colon = peer.rfind(':');
  if (colon == std::string_view::npos) return 0;
  return absl::SimpleAtoi(AbslView(peer.substr(colon + 1)), &port)
             ? static_cast<std::uint16_t>(port)
             : std::uint16_t{0};
}

// "a: 3, b: 2, other: 1", of `total` events.
std::string ReasonsText(std::vector<std::pair<std::string, std::uint64_t>> reasons,
                        std::uint64_t total) {
  std::stable_sort(reasons.begin(), reasons.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text;
  for (const auto& [reason, count] : reasons) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", reason, ": ", count);
    total -= count;
  }
  if (total > 0) absl::StrAppend(&text, ", other: ", total);
  return text;
}

}  // namespace

ServerLog::ServerLog(Logger& logger, Scheduler& scheduler, const ServerLogLimits& limits)
    : logger_(logger), scheduler_(scheduler), limits_(limits) {}

ServerLog::~ServerLog() { EndSecond(); }

void ServerLog::OnServerEvent(const ServerEvent& event) {
  if (event.kind == Kind::kEntered || event.kind == Kind::kReturned) names_.erase(event.connection);
  if (logger_.enabled(LevelOf(Kind::kClosed))) Remember(event);
  if (logger_.enabled(LevelOf(event.kind))) {
    if (Admit(event)) {
      Write(event);
    } else {
      Suppress(event);
    }
  }
  if (event.kind == Kind::kClosed) {
    open_.erase(event.connection);
    names_.erase(event.connection);
  }
}

// ---- Connections ------------------------------------------------------------------------------

void ServerLog::Remember(const ServerEvent& event) {
  const bool opens = event.kind == Kind::kAccepted || event.kind == Kind::kTurnedAway;
  if (opens && event.connection != ConnectionId{0}) {
    open_[event.connection] = {AddressOf(event.peer), PortOf(event.peer), scheduler_.Now()};
  } else if (event.kind == Kind::kAway ||
             (event.kind == Kind::kLeft && event.connection != ConnectionId{0})) {
    names_[event.connection] = event.name;
  }
}

IpAddress ServerLog::AddressFor(const ServerEvent& event) const {
  if (!event.peer.empty()) return AddressOf(event.peer);
  const auto connection = open_.find(event.connection);
  return connection == open_.end() ? IpAddress() : connection->second.address;
}

// ---- The limit of lines -----------------------------------------------------------------------

bool ServerLog::Admit(const ServerEvent& event) {
  const absl::Time now = scheduler_.Now();
  if (now >= end_of_second_) {
    EndSecond();
    end_of_second_ = now + absl::Seconds(1);
  }
  std::uint32_t& written = counts_[static_cast<std::size_t>(event.kind)].written;
  std::uint32_t& customer_written = LinesOf(event);
  if (written >= limits_.lines || customer_written >= limits_.customer_lines) return false;
  ++written;
  ++customer_written;
  return true;
}

std::uint32_t& ServerLog::LinesOf(const ServerEvent& event) {
  IpNetwork customer = CustomerOf(AddressFor(event));
  if (customers_.size() >= limits_.customers && !customers_.contains(customer)) customer = {};
  return customers_[customer][static_cast<std::size_t>(event.kind)];
}

void ServerLog::Suppress(const ServerEvent& event) {
  Count& count = counts_[static_cast<std::size_t>(event.kind)];
  ++count.suppressed;
  if (timer_ == kNoTimer) timer_ = scheduler_.RunAt(end_of_second_, [this] { EndSecond(); });
  if (event.reason.empty()) return;
  std::string reason = Visible(event.reason, kReasonBytes);
  const auto same = std::find_if(count.reasons.begin(), count.reasons.end(),
                                 [&](const auto& entry) { return entry.first == reason; });
  if (same != count.reasons.end()) {
    ++same->second;
  } else if (count.reasons.size() < kReasons) {
    count.reasons.emplace_back(std::move(reason), 1);
  }
}

void ServerLog::EndSecond() {
  scheduler_.Cancel(std::exchange(timer_, kNoTimer));
  for (std::size_t kind = 0; kind < kKinds; ++kind) LogSuppressed(static_cast<Kind>(kind));
  counts_ = {};
  customers_.clear();
}

void ServerLog::LogSuppressed(Kind kind) {
  const Count& count = counts_[static_cast<std::size_t>(kind)];
  if (count.suppressed == 0) return;
  const LogField suppressed("suppressed", count.suppressed);
  if (count.reasons.empty()) return logger_.Log(LevelOf(kind), ToString(kind), {suppressed});
  const std::string reasons = ReasonsText(count.reasons, count.suppressed);
  logger_.Log(LevelOf(kind), ToString(kind), {suppressed, {"reasons", reasons}});
}

// ---- Lines ------------------------------------------------------------------------------------

void ServerLog::Write(const ServerEvent& event) {
  const LogLevel level = LevelOf(event.kind);
  const std::string_view text = ToString(event.kind);
  const LogField connection("connection", static_cast<std::uint64_t>(event.connection));
  const LogField peer("peer", event.peer);
  const LogField name("name", event.name);
  const LogField reason("reason", event.reason);
  switch (event.kind) {
    case Kind::kListening:
      return logger_.Log(level, text, {peer});
    case Kind::kAccepted:
      return logger_.Log(level, text, {connection, peer});
    case Kind::kTurnedAway:
      return logger_.Log(level, text, {peer, reason});
    case Kind::kEntered:
    case Kind::kReturned:
      return logger_.Log(level, text, {connection, name});
    case Kind::kLeft:
    case Kind::kAway:
      // A member that was away has no connection.
      return event.connection == ConnectionId{0}
                 ? logger_.Log(level, text, {name, reason})
                 : logger_.Log(level, text, {connection, name, reason});
    case Kind::kRefused:
      return event.name.empty() ? logger_.Log(level, text, {connection, reason})
                                : logger_.Log(level, text, {connection, name, reason});
    case Kind::kClosed:
      return WriteClosed(event);
    case Kind::kStopping:
      return logger_.Log(level, text, {reason});
    case Kind::kStopped:
      return logger_.Log(level, text);
  }
}

// A connection that is older than the subscription has no peer and no seconds.
void ServerLog::WriteClosed(const ServerEvent& event) {
  std::vector<LogField> fields = {{"connection", static_cast<std::uint64_t>(event.connection)}};
  std::string peer;
  std::string seconds;
  if (const auto entry = open_.find(event.connection); entry != open_.end()) {
    const auto& [address, port, since] = entry->second;
    peer = ToString(Endpoint{ToString(address), port});
    seconds = absl::StrFormat("%.3f", absl::ToDoubleSeconds(scheduler_.Now() - since));
    if (address.known()) fields.emplace_back("peer", peer);
    fields.emplace_back("seconds", seconds);
  }
  const auto name = names_.find(event.connection);
  if (name != names_.end()) fields.emplace_back("name", name->second);
  fields.emplace_back("reason", event.reason);
  fields.emplace_back("bytes_in", event.bytes_in);
  fields.emplace_back("bytes_out", event.bytes_out);
  logger_.Log(LevelOf(event.kind), ToString(event.kind), fields);
}

}  // namespace chathttp::posix
