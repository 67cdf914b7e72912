// Logs the events of a chat server.
//
//   ServerLog log(logger, loop);
//   server.Subscribe(log);
//
// Level info: connections that open and close, members that enter, members that leave and why, and
// refused requests. Level warning: rejected connections. Each kind of event gets at most
// `lines_per_second` lines in a second; at the end of the second, one line has the number of
// suppressed ones:
//
//   time=... level=info event=refused suppressed=812
//
// Not thread-safe. Logger and scheduler outlive the object.
#ifndef CHATHTTP_ADAPTERS_SERVER_LOG_H_
#define CHATHTTP_ADAPTERS_SERVER_LOG_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"
#include "chathttp/adapters/log.h"
#include "chathttp/transport/ports/scheduler.h"
#include "chathttp/transport/server/server_event.h"

namespace chathttp::posix {

class ServerLog final : public ServerEvents {
 public:
  ServerLog(Logger& logger, Scheduler& scheduler, std::uint64_t lines_per_second = 100);
  ServerLog(const ServerLog&) = delete;
  ServerLog& operator=(const ServerLog&) = delete;
  // Logs the counts of suppressed lines that are not logged yet.
  ~ServerLog();

  void OnServerEvent(const ServerEvent& event) override;

 private:
  static constexpr std::size_t kKinds = static_cast<std::size_t>(ServerEvent::Kind::kStopped) + 1;

  // The second that started with the first line of a kind.
  struct Window {
    absl::Time end = absl::InfinitePast();
    std::uint64_t lines = 0;
    std::uint64_t suppressed = 0;
    TimerId timer = kNoTimer;  // while lines are suppressed
  };

  bool Admit(ServerEvent::Kind kind);
  void LogSuppressed(ServerEvent::Kind kind);

  Logger& logger_;
  Scheduler& scheduler_;
  const std::uint64_t lines_per_second_;
  std::array<Window, kKinds> windows_;
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_SERVER_LOG_H_
