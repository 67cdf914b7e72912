// The server of a run as a process: it can be started, stopped, killed and started again. Each life
// has its own record, and its own witness: a member that logs in first, over a stream in memory that
// no fault touches, and says nothing. What the server writes to the witness is the list of all
// broadcasts.
//
//   ServerProcess process(network, scheduler, start, options);
//   if (absl::Status status = process.Start({"server", 9994}); !status.ok()) return status;
//   process.Crash();
//   process.Start({"server", 9994});
//   std::vector<ServerRecord> lives = process.TakeRecords();
//
// Network and scheduler outlive the process. Not thread-safe.
#ifndef CHATHTTP_SIM_WORLD_SERVER_PROCESS_H_
#define CHATHTTP_SIM_WORLD_SERVER_PROCESS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "chathttp/sim/network/sim_disk.h"
#include "chathttp/sim/network/sim_journal.h"
#include "chathttp/sim/network/sim_log.h"
#include "chathttp/sim/scenario/scenario.h"
#include "chathttp/sim/world/record.h"
#include "chathttp/sim/world/server_record.h"
#include "chathttp/sim/world/server_tap.h"
#include "chathttp/transport/admin/admin_commands.h"
#include "chathttp/transport/journal/recovery.h"
#include "chathttp/transport/ports/entropy.h"
#include "chathttp/transport/ports/network.h"
#include "chathttp/transport/ports/scheduler.h"
#include "chathttp/transport/server/chat_server.h"

namespace chathttp::sim {

class ServerProcess {
 public:
  // `has_operator`: it takes commands.
  ServerProcess(Network& network, Scheduler& scheduler, absl::Time start,
                const ServerOptions& options, bool has_operator = false);
  // A server of several, with the name `name`. `log` is theirs, and outlives the process.
  ServerProcess(Network& network, Scheduler& scheduler, absl::Time start,
                const ServerOptions& options, bool has_operator, std::string_view name,
                SimLog& log);
  ~ServerProcess();

  // Its next lives have sessions, with tokens from `entropy`, which outlives the process.
  void UseSessions(Entropy& entropy) { entropy_ = &entropy; }
  // Its next lives have a journal on `disk`, which outlives the process.
  void UseJournal(SimDisk& disk, const JournalSetting& setting, std::uint64_t seed);
  // For the next lives, see ServerTap. Not called after Stop.
  void SetOnEnd(ServerTap::OnEnd on_end) { on_end_ = std::move(on_end); }

  // No effect if it runs. Listens for proxies, too, if `proxy_listener` has a host. Errors as
  // ChatServer::Listen.
  // With a journal, also as Recover: then there is no new life. `repair`: as --history_repair.
  absl::Status Start(const Endpoint& endpoint, const Endpoint& proxy_listener = {},
                     bool repair = false);
  // Stops gracefully. No effect if it does not run or is stopping.
  void Stop();
  // The kernel closes everything that the process had. No effect if it does not run.
  // Of several servers, the others learn of it `later`.
  void Crash(absl::Duration later = absl::ZeroDuration());
  // Changes the options of the server as its operator would. No effect if it does not run.
  void Reload(const std::vector<LimitSetting>& changes);
  // Runs a command of the operator. No effect if it does not run; requires has_operator.
  void Command(const std::string& line);
  // While paused, its process does not run. No effect if it does not run.
  void SetPaused(bool paused);
  // The turns that have waited for the end of a pause in this life.
  std::uint64_t turns_put_off() const;
  // Of several servers: the number that the log knows this life by, if it runs.
  std::optional<ServerNumber> number() const { return number_; }
  // Destroys a server that has stopped, or stops to wait for one that has not.
  void Finish();

  std::string_view name() const { return name_; }

  // The running server, or null.
  ChatServer* server() { return server_.get(); }
  bool stopping() const;
  bool stopped() const;
  bool witness_is_in() const;

  // Notes the numbers of members and connections before the drain.
  void NotePopulation();
  std::vector<ServerRecord> TakeRecords();
  // Those of its journal.
  const std::vector<RefusedStart>& refused_starts() const { return refused_; }
  // What the journal has; nullopt without one, or if it cannot be read. The process must not run.
  std::optional<RecoveredRoom> ReadJournal();

 private:
  class Witness;
  class OperatorScheduler;
  RecoveryOptions RecoveryOptionsNow(bool repair) const;
  absl::Status OpenJournal(bool repair);
  void GiveJournal();
  absl::Status Admit(std::unique_ptr<ByteStream> witness);
  void Join();
  std::string WitnessName() const;
  void End();

  Network& network_;
  Scheduler& scheduler_;
  std::unique_ptr<OperatorScheduler> operator_scheduler_;
  absl::Time start_;
  ServerOptions options_;
  bool has_operator_;
  Entropy* entropy_ = nullptr;
  SimDisk* disk_ = nullptr;
  JournalSetting journal_setting_;
  std::uint64_t seed_ = 0;
  std::string name_;
  SimLog* log_ = nullptr;
  std::optional<ServerNumber> number_;
  OrderedLog* shared_ = nullptr;  // as the tap shows it
  ServerTap::OnEnd on_end_;
  std::optional<RecoveredRoom> recovered_;  // for the life that begins
  std::unique_ptr<SimJournal> journal_;
  std::unique_ptr<ServerTap> tap_;
  std::unique_ptr<ChatServer> server_;
  std::unique_ptr<AdminCommands> commands_;
  std::unique_ptr<Witness> witness_;
  std::int64_t heap_before_ = 0;  // HeapCount::bytes() without the server
  std::vector<ServerRecord> records_;
  std::vector<RefusedStart> refused_;
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_WORLD_SERVER_PROCESS_H_
