// A thread of chat_server with a loop and a server of the room. Other threads accept its connections.
//
//   auto thread = ServerThread::Start(config, {.index = 1, .count = 4}, order, customers,
//                                     {loop, logger});
//   if (!thread.ok()) return thread.status();
//   (*thread)->Run([&] { (*thread)->chat().StopListening(); });
//
// Called on the thread of the program's first server. `chat`, `behind_proxies`, `connections` and
// `logger` may be used inside of Run only. The destructor ends the loop at once, and waits for that.
#ifndef CHATHTTP_APPS_SERVER_SERVER_THREAD_H_
#define CHATHTTP_APPS_SERVER_SERVER_THREAD_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "apps/server/config.h"
#include "apps/server/room_server.h"
#include "chathttp/adapters/event_loop.h"
#include "chathttp/adapters/handover_network.h"
#include "chathttp/adapters/log.h"
#include "chathttp/adapters/shared_customers.h"
#include "chathttp/adapters/shared_log.h"
#include "chathttp/adapters/socket_router.h"
#include "chathttp/transport/admin/connection_table.h"
#include "chathttp/transport/server/chat_server.h"

namespace chathttp {

class ServerThread {
 public:
  // Where its lines of the log go: to `logger`, on the thread of `loop`.
  struct LogPlace {
    posix::EventLoop& loop;
    posix::Logger& logger;
  };

  // All arguments must outlive the object. Error: ResourceExhausted.
  static absl::StatusOr<std::unique_ptr<ServerThread>> Start(const Config& config,
                                                             ThreadPlace place,
                                                             posix::SharedLog& order,
                                                             posix::SharedCustomers& customers,
                                                             const LogPlace& log);
  ServerThread(const ServerThread&) = delete;
  ServerThread& operator=(const ServerThread&) = delete;
  ~ServerThread();

  // Runs `task` on the thread, and waits for its end: about as long as a turn of the loop.
  void Run(absl::FunctionRef<void()> task);

  // Gives the thread a connection that was accepted at `listener`.
  void HandOver(posix::AcceptedSocket accepted, const Endpoint& listener);

  // The connections that it has, those of proxies without a header included, and those that it was
  // handed and has not seen yet.
  std::size_t load() const {
    const std::uint64_t seen = seen_;
    const auto on_the_way = static_cast<std::uint32_t>(handed_over_ - (seen >> 32));
    return on_the_way + static_cast<std::uint32_t>(seen);
  }

  ChatServer& chat();
  const ConnectionTable& connections() const;
  posix::Logger& logger();
  // Listens at `listener`, where another thread accepts. On the thread.
  absl::Status Listen(const Endpoint& listener, bool behind_proxies);

 private:
  class LoadGauge;
  struct Parts;

  explicit ServerThread(const LogPlace& log) : log_(log) {}
  void RunLoop(const Config& config, ThreadPlace place, posix::SharedLog& order,
               posix::SharedCustomers& customers, absl::FunctionRef<void(absl::Status)> started);

  const LogPlace log_;
  std::uint32_t handed_over_ = 0;  // modulo 2^32
  // In the upper 32 bits how many of handed_over_ the thread has seen, in the lower ones how many
  // connections it had then: in one number, since each is wrong without the other.
  std::atomic<std::uint64_t> seen_ = 0;
  std::shared_ptr<posix::Mailbox> mailbox_;
  Parts* parts_ = nullptr;  // on the stack of the thread
  std::thread thread_;
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_SERVER_SERVER_THREAD_H_
