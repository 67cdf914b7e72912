// The faults of a room that several servers share: of a server's process, and of its way to the log.
//
//   LogFaults faults({scheduler, log, servers, on_change});
//   faults.Begin(step, 3);     // step 3 of the scenario: "server2 log-clog 300ms"
//   ... time passes ...
//   faults.EndAll();           // heal
//   faults.EffectsOf(3)        // how many commands and notices were delayed
//
// A fault ends with the life of its server. Everything in Setting outlives the object. Not
// thread-safe.
#ifndef CHATHTTP_SIM_WORLD_LOG_FAULTS_H_
#define CHATHTTP_SIM_WORLD_LOG_FAULTS_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "chathttp/sim/network/sim_log.h"
#include "chathttp/sim/scenario/scenario.h"
#include "chathttp/sim/world/server_process.h"
#include "chathttp/transport/ports/scheduler.h"

namespace chathttp::sim {

class LogFaults {
 public:
  struct Setting {
    Scheduler& scheduler;
    SimLog& log;
    const std::vector<std::unique_ptr<ServerProcess>>& servers;
    // A fault, by its verb `word`, starts or ends for a server.
    std::function<void(std::string_view server, std::string_view word, bool begins)> on_change;
  };

  explicit LogFaults(Setting setting) : setting_(std::move(setting)) {}
  LogFaults(const LogFaults&) = delete;
  LogFaults& operator=(const LogFaults&) = delete;
  ~LogFaults();

  static bool IsOne(Verb verb) { return verb >= Verb::kPause && verb <= Verb::kLogRestart; }

  // Starts the fault of a step. No effect if its server does not run.
  void Begin(const Step& step, std::size_t index);
  void EndAll();

  // How often the fault of a step took effect, counting ended faults only. O(faults).
  std::uint64_t EffectsOf(std::size_t index) const;

 private:
  struct Piece {
    std::size_t step;
    Verb verb;
    std::size_t server;   // in Setting::servers
    ServerNumber number;  // of its life
    absl::Duration delay;
    bool active = true;
    TimerId timer = kNoTimer;
    std::uint64_t effects = 0;  // while active: the count at the start
  };

  ServerProcess& ProcessOf(const Piece& piece) const { return *setting_.servers[piece.server]; }
  bool IsAlive(const Piece& piece) const { return ProcessOf(piece).number() == piece.number; }
  std::uint64_t EffectsSoFar(const Piece& piece) const;
  void End(Piece& piece);
  // Applies what the faults of this life are now.
  void Apply(const Piece& piece);
  void Report(const Piece& piece, bool begins) const;

  Setting setting_;
  std::deque<Piece> pieces_;
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_WORLD_LOG_FAULTS_H_
