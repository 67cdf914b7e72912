// The ordered log of a simulated room with several servers, which all run on one scheduler.
//
//   SimLog log(scheduler, {.seed = 7, .max_delay = absl::Milliseconds(5)});
//   ChatServer first(network.host("first"), scheduler, {}, log.AddServer(ServerNumber{1}));
//   ChatServer second(network.host("second"), scheduler, {}, log.AddServer(ServerNumber{2}));
//
// A command comes to the log a drawn time after Append, and to each server a drawn time after that.
// So the commands of several servers are merged in a drawn order, and each server knows a drawn part
// of the log. The commands of one server keep their order.
//
// A server is known here by the number that it was added with. It gets another one when it learns that
// the log has declared it gone or was restarted, as OrderedLog::self says. Not thread-safe.
#ifndef CHATHTTP_SIM_NETWORK_SIM_LOG_H_
#define CHATHTTP_SIM_NETWORK_SIM_LOG_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/time/time.h"
#include "chathttp/sim/network/virtual_scheduler.h"
#include "chathttp/transport/codec/session_login.h"
#include "chathttp/transport/ports/ordered_log.h"

namespace chathttp::sim {

class SimLog {
 public:
  struct Options {
    std::uint64_t seed = 1;
    absl::Duration max_delay = absl::ZeroDuration();  // of each of the two ways, uniform
    std::size_t window = 32;  // commands of a server on the way; then it may not append requests
    // A server that is cut off for so long is declared gone.
    absl::Duration away = absl::InfiniteDuration();
  };

  // A command in the log. Its text is that of `text`.
  struct Entry {
    Command command;
    std::string text;
    std::optional<SessionLogin> session = std::nullopt;
    absl::Time at = {};  // when it came to the log
  };

  // `scheduler` must outlive the object.
  SimLog(VirtualScheduler& scheduler, const Options& options);
  SimLog(const SimLog&) = delete;
  SimLog& operator=(const SimLog&) = delete;
  ~SimLog();

  // The log as a new server sees it, from its end on: so add servers before the first command, or
  // when the room is empty. A number may be used once (asserted). Valid during the life of the log.
  OrderedLog& AddServer(ServerNumber number);
  // The same for a server that comes into a room with members: it sees the log from its start, or from
  // the last restart.
  OrderedLog& AddServerLate(ServerNumber number);
  // A number that no server has had.
  ServerNumber NextNumber() const;

  // For the commands to come: see Options.
  void SetMaxDelay(absl::Duration max_delay) { options_.max_delay = max_delay; }
  // Each of the two ways takes so much longer from now on.
  void SetExtraDelay(ServerNumber number, absl::Duration delay);

  // Nothing comes from the server or to it until Heal.
  void Cut(ServerNumber number);
  void Heal(ServerNumber number);

  // The process of the server has died: a drawn number of its last commands on the way are lost, and
  // `later` its kServerGone is appended, as a server that misses it would do.
  void Kill(ServerNumber number, absl::Duration later);

  // The log has lost its commands: appends a kRestart, and drops the commands that are on the way from
  // servers which do not know of it yet.
  void Restart();

  // Nothing happens any more: the end of a run. What is on the way is lost.
  void Close();

  // All commands so far, in their order.
  const std::vector<Entry>& entries() const { return entries_; }
  // The commands that the server has taken from the log.
  std::size_t taken(ServerNumber number) const;
  // The commands and notices that waited for a Heal, or took longer because of SetExtraDelay.
  std::uint64_t delayed(ServerNumber number) const;

 private:
  class Server;

  void Append(const Command& command);
  void AppendGone(ServerNumber number);
  ServerNumber TakeNumber() { return ServerNumber{next_number_++}; }

  VirtualScheduler& scheduler_;
  Options options_;
  std::uint64_t epoch_;  // at the end of the log
  std::vector<Entry> entries_;
  std::size_t restarted_ = 0;      // the first entry behind the last kRestart
  std::uint32_t next_number_ = 1;  // above all that were used
  absl::btree_map<ServerNumber, std::unique_ptr<Server>> servers_;
  std::vector<TimerId> departures_;
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_NETWORK_SIM_LOG_H_
