// The world of one run: the unmodified server, the participants of a scenario, and their
// environment, simulated or real.
//
//   SimEnvironment environment(scenario);
//   World world(scenario, environment, trace);
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
#include "chathttp/sim/scenario/scenario.h"
#include "chathttp/sim/world/environment.h"
#include "chathttp/sim/world/participant.h"
#include "chathttp/sim/world/record.h"
#include "chathttp/sim/world/server_process.h"
#include "chathttp/sim/world/tap.h"

namespace chathttp::sim {

class World {
 public:
  // `scenario` and `environment` outlive the world.
  World(const Scenario& scenario, Environment& environment, Recorder::TraceSink trace = nullptr);
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  ~World();

  void Play();

  WorldRecord TakeRecord();
  // How often the fault of each step took effect, by step index. Valid after TakeRecord.
  const std::vector<std::uint64_t>& step_effects() const { return step_effects_; }
  absl::Duration now() const { return recorder_.now(); }

  // An error if the run could not continue.
  absl::Status status() const { return status_.ok() ? environment_.status() : status_; }

 private:
  struct Pause {
    std::size_t step;
    Participant* participant;
    std::uint64_t unread_before;
  };

  void StartServer();
  void AddParticipants();
  void Act();
  void Settle();
  void Drain();
  void EndParticipants();

  void DoStep(std::size_t index, std::int64_t round);
  void DoRound(std::size_t index, std::int64_t round);
  void DoWith(Participant& participant, std::size_t index, std::int64_t round);
  void DoWithServer(const Step& step, std::size_t index);
  void RestartServer();
  void EndPauses(Participant& participant);
  void OnFaultChange(std::string_view who, std::string_view word, bool begins);
  static void MarkFaulted(Participant& participant);
  Participant& Find(std::string_view name);
  void RunTo(absl::Duration end);

  const Scenario& scenario_;
  Environment& environment_;
  std::vector<std::string> names_;  // clients, peers, sessions
  WorldRecord record_;
  Recorder recorder_;
  std::vector<char> buffer_;
  ServerProcess server_;
  std::vector<std::unique_ptr<Participant>> participants_;  // in order of names_
  std::vector<std::vector<Participant*>> cast_;             // of each step: its participants
  std::vector<Pause> pauses_;
  std::vector<std::uint64_t> step_effects_;
  absl::Duration act_end_;
  absl::Status status_;
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_WORLD_WORLD_H_
