// The network faults of a run: translates fault steps of the scenario into faults of links and
// descriptors, ends them in time, and counts their effects.
//
//   Faults faults(setting);
//   faults.Begin(step, 3);       // step 3 of the scenario: "link alice->server clog 300ms"
//   ... time passes ...
//   faults.EndAll();             // heal
//   faults.EffectsOf(3)          // how often that clog delayed an arrival
//
// Everything in Setting outlives the object. Not thread-safe.
#ifndef CHATHTTP_SIM_WORLD_FAULTS_H_
#define CHATHTTP_SIM_WORLD_FAULTS_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "chathttp/sim/network/sim_network.h"
#include "chathttp/sim/network/virtual_scheduler.h"
#include "chathttp/sim/scenario/scenario.h"

namespace chathttp::sim {

class Faults {
 public:
  struct Setting {
    VirtualScheduler& scheduler;
    SimNetwork& network;
    const std::vector<std::string>& names;                         // of all participants
    std::function<std::string(const std::string& who)> server_of;  // the one of a participant
    std::size_t descriptors;  // limit of the server's host without faults
    // A fault, by its verb `word`, starts or ends for `who`, a participant or the server.
    std::function<void(std::string_view who, std::string_view word, bool begins)> on_change;
  };

  explicit Faults(Setting setting) : setting_(std::move(setting)) {}
  Faults(const Faults&) = delete;
  Faults& operator=(const Faults&) = delete;
  ~Faults();

  // Starts the fault of a step. No effect for steps without a network fault.
  void Begin(const Step& step, std::size_t index);
  void EndAll();

  // Whether a fault is active on the links of a participant. O(faults).
  bool Affects(std::string_view who) const;

  // How often the fault of a step took effect, counting ended faults only. O(faults).
  std::uint64_t EffectsOf(std::size_t index) const;

 private:
  // One fault of one link, or of the descriptors, for one interval.
  struct Piece {
    std::size_t step;
    std::string_view word;
    std::string who;       // the participant at one end of the link
    Link* link = nullptr;  // null: the descriptors of the host `who`, a server
    LinkFault fault = {};
    absl::Duration from = {};  // since the step
    absl::Duration to = {};
    enum class State { kPending, kActive, kEnded } state = State::kPending;
    TimerId timer = kNoTimer;
    std::uint64_t effects = 0;  // while active: the count of the link at the start
  };

  void AddLinks(const Step& step, Piece piece);
  void AddPartition(const Step& step, Piece piece);
  void AddSwizzle(const Step& step, Piece piece);
  void Cut(Piece piece);
  void AddBoth(Piece piece);
  void Add(Piece piece);
  void BeginPiece(Piece& piece);
  void EndPiece(Piece& piece);
  void LimitDescriptors(const std::string& server);
  std::uint64_t EffectsSoFar(const Piece& piece) const;
  Link& LinkOf(std::string_view from, std::string_view to) {
    return setting_.network.LinkBetween(from, to);
  }

  Setting setting_;
  std::deque<Piece> pieces_;
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_WORLD_FAULTS_H_
