// The ordered log of one room whose servers run on threads of one process, each with its own loop.
//
//   SharedLog log;
//   auto first = log.AddServer(ServerNumber{1}, *loop1);
//   auto second = log.AddServer(ServerNumber{2}, *loop2);
//   ChatServer one(network1, *loop1, options, *first);    // and so on; then run each loop on a thread
//
// A ring of bytes under one lock. A server takes the lock for each command that it appends, and once a
// turn to copy all new commands out. A server that waits is woken through the mailbox of its loop.
// While the slowest server is half a ring behind, MayAppend is false, so no server reads requests.
//
// AddServer may be called from any thread; each server's log is used on the thread of its loop. The
// log outlives the logs of its servers.
#ifndef CHATHTTP_ADAPTERS_SHARED_LOG_H_
#define CHATHTTP_ADAPTERS_SHARED_LOG_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "chathttp/adapters/event_loop.h"
#include "chathttp/transport/ports/ordered_log.h"
#include "chathttp/transport/server/fanout_log.h"

namespace chathttp::posix {

class SharedLog {
 public:
  // `epoch` is that of the room's positions, at least 1: the wall clock in milliseconds. The next one is
  // that of its end (see EndTogether).
  // `capacity_bytes` is at least 1 MiB (asserted): half of it must have room for a command of each
  // server. A command takes its text and 32 bytes, and 96 more with what a login asks of sessions.
  explicit SharedLog(std::uint64_t epoch, std::size_t capacity_bytes = std::size_t{4} << 20);
  SharedLog(const SharedLog&) = delete;
  SharedLog& operator=(const SharedLog&) = delete;
  ~SharedLog();

  // The log of a server on `loop`, from the end of the log on; use each number once. `loop` must
  // outlive it. Destroy it before the log.
  std::unique_ptr<OrderedLog> AddServer(ServerNumber number, EventLoop& loop);

  // Before all servers are told to stop: the room ends when the last of them has served its last
  // requests, and no member hears that those of other servers leave. From any thread.
  void EndTogether();

 private:
  class Server;
  struct Seat;

  std::uint64_t Slowest() const;

  const std::uint64_t epoch_;
  std::mutex mutex_;
  FanoutLog ring_;                            // guarded by mutex_, as all that follows
  std::vector<std::shared_ptr<Seat>> seats_;  // one for each server
  bool ends_together_ = false;
  std::size_t ended_ = 0;  // servers whose kServerGone EndTogether holds back
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_SHARED_LOG_H_
