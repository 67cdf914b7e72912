// The faults of the disk of a journal.
//
//   DiskFaults faults(scheduler, disk, process);
//   faults.Begin(step, 3);     // step 3 of the scenario: "disk full for 2s"
//   ... time passes ...
//   faults.EndAll();           // heal
//   faults.EffectsOf(3)        // how many writes or syncs failed
//
// The arguments of the constructor outlive the object. Not thread-safe.
#ifndef CHATHTTP_SIM_WORLD_DISK_FAULTS_H_
#define CHATHTTP_SIM_WORLD_DISK_FAULTS_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "absl/time/time.h"
#include "chathttp/sim/network/sim_disk.h"
#include "chathttp/sim/scenario/scenario.h"
#include "chathttp/sim/world/record.h"
#include "chathttp/sim/world/server_process.h"
#include "chathttp/transport/ports/scheduler.h"

namespace chathttp::sim {

class DiskFaults {
 public:
  DiskFaults(Scheduler& scheduler, SimDisk& disk, ServerProcess& process);
  DiskFaults(const DiskFaults&) = delete;
  DiskFaults& operator=(const DiskFaults&) = delete;
  ~DiskFaults();

  static bool IsOne(Verb verb) { return verb >= Verb::kPowerCut && verb <= Verb::kDiskFailSync; }

  // Starts the fault of a step: of kPowerCut, that of the disk; none of kRepair.
  void Begin(const Step& step, std::size_t index);
  // What a crash has cost, or a sync that failed, is not given back.
  void EndAll();

  std::uint64_t EffectsOf(std::size_t index) const;
  // Those that had an effect, but for a stall and a repair, in order of time.
  std::vector<DiskFault> Costs() const;

 private:
  struct Piece {
    std::size_t step;
    Verb verb;
    absl::Duration at;
    bool active = true;
    TimerId timer = kNoTimer;
    std::uint64_t effects = 0;  // while active: the count at the start
  };

  std::uint64_t CountOf(Verb verb) const;
  std::uint64_t BeginNow(const Step& step);
  void End(Piece& piece);

  Scheduler& scheduler_;
  SimDisk& disk_;
  ServerProcess& process_;
  const absl::Time start_;
  std::deque<Piece> pieces_;
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_WORLD_DISK_FAULTS_H_
