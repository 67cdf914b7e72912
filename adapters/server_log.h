// Logs the events of a chat server.
//
//   ServerLog log(logger, loop);
//   server.Subscribe(log);
//
// Level info: connections that open and close, members that enter, members that leave and why, and
// refused requests. Level warning: rejected connections. A closed connection has its peer (if that is
// an address), the seconds for which it was open, and the name of the member that left last (not if
// the server stops: then all members leave at once, without events):
//
//   time=... level=info event=closed connection=7 peer=10.1.2.3:4711 seconds=12.345 name=Alice ...
//
// In a flood of events, the log is cut (ServerLogLimits). The limit is one for each customer
// (CustomerOf in ip_address.h), so a flood hides its own lines and not those of others. A second
// after the first line, one line of each kind has the number of suppressed ones by reason:
//
//   time=... level=info event=closed suppressed=1990 reasons="reset: 1985, logout: 5"
//
// Memory: 41 bytes for each open connection, at most twice that with the free places of the table,
// and nothing for those that open while the level of the log is above info. Not thread-safe. Logger and scheduler outlive
// the object.
#ifndef CHATHTTP_ADAPTERS_SERVER_LOG_H_
#define CHATHTTP_ADAPTERS_SERVER_LOG_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "chathttp/adapters/log.h"
#include "chathttp/transport/ports/ip_address.h"
#include "chathttp/transport/ports/scheduler.h"
#include "chathttp/transport/server/server_event.h"

namespace chathttp::posix {

// Lines of one kind in a second.
struct ServerLogLimits {
  std::uint32_t customer_lines = 50;  // for one customer; peers without an address are one
  std::uint32_t lines = 1000;         // for all
  std::size_t customers = 4096;       // counted apart; further ones share one count
};

class ServerLog final : public ServerEvents {
 public:
  static constexpr std::size_t kReasons = 4;  // that have a number of their own
  static constexpr std::size_t kReasonBytes = 40;

  ServerLog(Logger& logger, Scheduler& scheduler, const ServerLogLimits& limits = {});
  ServerLog(const ServerLog&) = delete;
  ServerLog& operator=(const ServerLog&) = delete;
  // Logs the numbers of suppressed lines that are not logged yet.
  ~ServerLog();

  void OnServerEvent(const ServerEvent& event) override;

 private:
  static constexpr std::size_t kKinds = static_cast<std::size_t>(ServerEvent::Kind::kStopped) + 1;

  struct OpenConnection {
    IpAddress address;
    std::uint16_t port = 0;
    absl::Time since;
  };

  // Lines of one kind in this second.
  struct Count {
    std::uint32_t written = 0;
    std::uint64_t suppressed = 0;
    std::vector<std::pair<std::string, std::uint64_t>> reasons;  // at most kReasons
  };

  void Remember(const ServerEvent& event);
  IpAddress AddressFor(const ServerEvent& event) const;
  bool Admit(const ServerEvent& event);
  std::uint32_t& LinesOf(const ServerEvent& event);
  void Suppress(const ServerEvent& event);
  void EndSecond();
  void LogSuppressed(ServerEvent::Kind kind);
  void Write(const ServerEvent& event);
  void WriteClosed(const ServerEvent& event);

  Logger& logger_;
  Scheduler& scheduler_;
  const ServerLogLimits limits_;
  absl::flat_hash_map<ConnectionId, OpenConnection> open_;
  absl::flat_hash_map<ConnectionId, std::string> names_;  // of connections whose member has left
  // The second that started with its first line.
  absl::Time end_of_second_ = absl::InfinitePast();
  std::array<Count, kKinds> counts_;
  absl::flat_hash_map<IpNetwork, std::array<std::uint32_t, kKinds>> customers_;  // lines written
  TimerId timer_ = kNoTimer;  // at end_of_second_, if lines are suppressed
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_SERVER_LOG_H_
