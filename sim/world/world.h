// The world of one run: the unmodified server, or several of one room, the participants of a scenario, and their
// environment, simulated or real.
//
//   SimEnvironment environment(scenario);
//   World world(scenario, environment, options);
//   world.Play();                              // act, heal, settle, drain
//   WorldRecord record = world.TakeRecord();   // input of the oracle
//
// Play may be called once. Not thread-safe.
#ifndef CHATHTTP_SIM_WORLD_WORLD_H_
#define CHATHTTP_SIM_WORLD_WORLD_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "chathttp/sim/network/sim_disk.h"
#include "chathttp/sim/scenario/scenario.h"
#include "chathttp/sim/world/disk_faults.h"
#include "chathttp/sim/world/environment.h"
#include "chathttp/sim/world/log_faults.h"
#include "chathttp/sim/world/participant.h"
#include "chathttp/sim/world/reactions.h"
#include "chathttp/sim/world/record.h"
#include "chathttp/sim/world/run_options.h"
#include "chathttp/sim/world/server_process.h"
#include "chathttp/sim/world/server_trace.h"
#include "chathttp/sim/world/sim_entropy.h"
#include "chathttp/sim/world/tap.h"

namespace chathttp::sim {

class World {
 public:
  // `scenario` and `environment` outlive the world. `options` has a factory for each program of the
  // scenario.
  World(const Scenario& scenario, Environment& environment, const RunOptions& options = {});
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  ~World();

  void Play();

  WorldRecord TakeRecord();
  // How often the fault of each step took effect, by step index. Valid after TakeRecord.
  const std::vector<std::uint64_t>& step_effects() const { return step_effects_; }
  absl::Duration now() const { return recorder_.now(); }

  // An error if the run could not continue.
  absl::Status status() const;

 private:
  // A repetition of a step by some of its participants.
  struct Occasion {
    std::size_t step;
    std::size_t first;  // in the cast of the step
    std::size_t last;   // behind the last one
    absl::Duration at;
    std::int64_t round = 0;
  };
  struct Pause {
    std::size_t step;
    Participant* participant;
    std::uint64_t unread_before;
  };

  Network& ServerNetwork(std::string_view server);
  void AddServers();
  void AddJournal(ServerProcess& server);
  void StartServers();
  bool AllWitnessesAreIn();
  void AddParticipants();
  void Act();
  void Settle();
  void Drain();
  void EndParticipants();

  // Schedules a step, with all its participants and repetitions, from `at` on.
  void Begin(std::size_t index, absl::Duration at);
  void Schedule(const Occasion& occasion);
  void Do(Occasion occasion);
  void DoRound(const Occasion& occasion);
  void React(std::string_view who, std::string_view entity);
  void DoWith(Participant& participant, std::size_t index, std::int64_t round);
  void DoWithServer(const Step& step, std::size_t index);
  void CrashServer(ServerProcess& server, std::size_t step);
  void StopServer(ServerProcess& server);
  void RestartServer(ServerProcess& server, std::size_t step, bool repair);
  void EndFaults();
  void TakeLog();
  void TakeJournal();
  void EndPauses(Participant& participant);
  void OnFaultChange(std::string_view who, std::string_view word, bool begins);
  static void MarkFaulted(Participant& participant);
  Participant& Find(std::string_view name);
  void RunTo(absl::Duration end);
  // Somebody writes without end.
  bool overflowed() const { return recorder_.moved_bytes() > options_.max_port_bytes; }

  const Scenario& scenario_;
  Environment& environment_;
  const RunOptions options_;
  std::vector<std::string> names_;  // as Scenario::Participants
  WorldRecord record_;
  Recorder recorder_;
  std::vector<char> buffer_;
  std::vector<std::unique_ptr<ServerTrace>> server_traces_;  // if the run is traced
  SimEntropy entropy_;
  std::vector<std::unique_ptr<ServerProcess>> servers_;
  std::unique_ptr<SimDisk> disk_;                           // of the journal, if there is one
  std::unique_ptr<DiskFaults> disk_faults_;                 // the same
  std::unique_ptr<LogFaults> log_faults_;                   // if several servers share the room
  std::vector<std::unique_ptr<Participant>> participants_;  // in order of names_
  std::vector<std::vector<Participant*>> cast_;             // of each step: its participants
  Reactions reactions_;
  std::vector<Pause> pauses_;
  std::vector<std::uint64_t> step_effects_;
  std::int64_t heap_before_;  // HeapCount::bytes() without a server
  absl::Duration act_end_;
  absl::Duration steps_end_;   // of the settle phase: no step begins later
  std::uint64_t waiting_ = 0;  // scheduled occasions
  std::uint64_t waiting_ticks_ = 0;
  absl::Status status_;
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_WORLD_WORLD_H_
