// Writes what a chat server does to a log.
//
//   ServerLog log(logger, loop);
//   ChatServer server(..., log);
//
// Connections that come and go, who enters, who leaves and why, and requests that are refused are
// told at level info; peers that are turned away at warning. In a flood, at most
// `lines_per_second` lines of a kind are written in a second, and at its end how many were not:
//
//   time=... level=info event=refused suppressed=812
//
// One thread, that of the scheduler, which outlives the object, as does the logger.
#ifndef CHATHTTP_ADAPTERS_SERVER_LOG_H_
#define CHATHTTP_ADAPTERS_SERVER_LOG_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"
#include "adapters/log.h"
#include "transport/ports/scheduler.h"
#include "transport/server/server_event.h"

namespace chathttp::posix {

class ServerLog final : public ServerEvents {
 public:
  ServerLog(Logger& logger, Scheduler& scheduler, std::uint64_t lines_per_second = 100);
  ServerLog(const ServerLog&) = delete;
  ServerLog& operator=(const ServerLog&) = delete;
  // Tells what is still untold of suppressed lines.
  ~ServerLog();

  void OnServerEvent(const ServerEvent& event) override;

 private:
  static constexpr std::size_t kKinds = static_cast<std::size_t>(ServerEvent::Kind::kStopped) + 1;

  // The second that began with the first line of a kind.
  struct Window {
    absl::Time end = absl::InfinitePast();
    std::uint64_t lines = 0;
    std::uint64_t suppressed = 0;
    TimerId timer = kNoTimer;  // while lines are suppressed
  };

  bool Admit(ServerEvent::Kind kind);
  void TellSuppressed(ServerEvent::Kind kind);

  Logger& logger_;
  Scheduler& scheduler_;
  const std::uint64_t lines_per_second_;
  std::array<Window, kKinds> windows_;
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_SERVER_LOG_H_
