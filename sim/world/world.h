// The world of one run: the unmodified server, a witness on a perfect link, the participants of a
// scenario, and their network with its faults.
//
//   World world(scenario, options);
//   world.Play();                              // act, heal, settle, drain
//   WorldRecord record = world.TakeRecord();   // input of the oracle
//
// Play may be called once. Not thread-safe.
#ifndef CHATHTTP_SIM_WORLD_WORLD_H_
#define CHATHTTP_SIM_WORLD_WORLD_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "chathttp/sim/network/sim_network.h"
#include "chathttp/sim/network/virtual_scheduler.h"
#include "chathttp/sim/scenario/scenario.h"
#include "chathttp/sim/world/faults.h"
#include "chathttp/sim/world/participant.h"
#include "chathttp/sim/world/reactions.h"
#include "chathttp/sim/world/record.h"
#include "chathttp/sim/world/run_options.h"
#include "chathttp/sim/world/server_trace.h"
#include "chathttp/sim/world/server_watch.h"
#include "chathttp/sim/world/tap.h"
#include "chathttp/transport/server/chat_server.h"

namespace chathttp::sim {

class World {
 public:
  // `scenario` outlives the world. `options` has a factory for each of its programs.
  explicit World(const Scenario& scenario, const RunOptions& options = {});
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  ~World();

  void Play();

  WorldRecord TakeRecord();
  // How often the fault of each step took effect, by step index. Valid after TakeRecord.
  const std::vector<std::uint64_t>& step_effects() const { return step_effects_; }
  std::vector<std::uint64_t> TakeCheckpoints() { return std::move(checkpoints_); }
  std::uint64_t digest() const { return network_.digest(); }
  const VirtualScheduler::Counters& counters() const { return scheduler_.counters(); }
  absl::Duration now() const { return recorder_.now(); }

  // An error if the run could not continue.
  const absl::Status& status() const { return status_; }

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

  Network& ServerNetwork();
  ParticipantContext ContextFor(const ClientOptions& options);
  void AddWitness();
  void AddParticipants();
  void Act();
  void EndFaults();
  void Settle();
  void Drain();

  // Schedules a step, with all its participants and repetitions, from `at` on.
  void Begin(std::size_t index, absl::Duration at);
  void Schedule(const Occasion& occasion);
  void Do(Occasion occasion);
  void DoRound(const Occasion& occasion);
  void DoWith(Participant& participant, std::size_t index, std::int64_t round);
  void React(std::string_view who, std::string_view entity);
  void EndPauses(Participant& participant);
  void JumpWall(std::size_t index);
  void StopServer();
  void OnFaultChange(std::string_view who, std::string_view word, bool begins);
  static void MarkFaulted(Participant& participant);
  Participant& Find(std::string_view name);

  // Both add checkpoints on the way. RunUntil returns whether `done` was true within `limit`.
  void RunTo(absl::Duration end);
  bool RunUntil(absl::FunctionRef<bool()> done, absl::Duration limit);
  void CheckPortBytes();
  void AddCheckpoint();

  const Scenario& scenario_;
  const RunOptions options_;
  std::vector<std::string> names_;  // clients, then peers
  WorldRecord record_;
  VirtualScheduler scheduler_;
  SimNetwork network_;
  Recorder recorder_;
  std::vector<char> buffer_;
  std::unique_ptr<ServerWatch> watch_;
  std::unique_ptr<ServerTrace> server_trace_;  // if the run is traced
  std::unique_ptr<ChatServer> server_;
  std::unique_ptr<Participant> witness_;
  std::vector<std::unique_ptr<Participant>> participants_;  // in order of names_
  std::vector<std::vector<Participant*>> cast_;             // of each step: its participants
  std::unique_ptr<Faults> faults_;
  Reactions reactions_;
  std::vector<Pause> pauses_;
  std::vector<std::uint64_t> step_effects_;
  std::vector<std::uint64_t> checkpoints_;
  absl::Duration next_checkpoint_ = absl::Seconds(1);
  absl::Duration act_end_;
  absl::Duration steps_end_;  // of the settle phase: no step begins later
  bool records_steps_ = false;
  absl::Duration wall_offset_;
  bool stop_requested_ = false;
  absl::Status status_;
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_WORLD_WORLD_H_
