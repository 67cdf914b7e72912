#include "chathttp/sim/world/disk_faults.h"

#include <utility>

namespace chathttp::sim {

DiskFaults::DiskFaults(Scheduler& scheduler, SimDisk& disk, ServerProcess& process)
    : scheduler_(scheduler), disk_(disk), process_(process), start_(scheduler.Now()) {}

DiskFaults::~DiskFaults() {
  for (const Piece& piece : pieces_) scheduler_.Cancel(piece.timer);
}

void DiskFaults::Begin(const Step& step, std::size_t index) {
  Piece& piece = pieces_.emplace_back(Piece{index, step.verb, scheduler_.Now() - start_});
  switch (step.verb) {
    case Verb::kDiskFull:
      piece.timer =
          scheduler_.RunAt(scheduler_.Now() + step.duration, [this, &piece] { End(piece); });
      disk_.Fill();
      break;
    case Verb::kDiskStall:
      disk_.Stall(step.duration);
      break;
    case Verb::kDiskFailSync:
      disk_.FailSync();
      break;
    default:
      piece.active = false;
      piece.effects = BeginNow(step);
      return;
  }
  piece.effects = CountOf(step.verb);
}

// Those that are over at once.
std::uint64_t DiskFaults::BeginNow(const Step& step) {
  switch (step.verb) {
    case Verb::kPowerCut:
      disk_.Crash();
      return 1;
    case Verb::kDiskTear:
      // The file of a server that runs does not get shorter.
      if (process_.server() != nullptr) return 0;
      return disk_.Tear(static_cast<std::uint64_t>(step.amount)) > 0 ? 1 : 0;
    case Verb::kDiskFlip:
      return disk_.Flip() ? 1 : 0;
    default:
      return 1;
  }
}

void DiskFaults::EndAll() {
  for (Piece& piece : pieces_) End(piece);
  disk_.Mend();
}

void DiskFaults::End(Piece& piece) {
  if (!std::exchange(piece.active, false)) return;
  scheduler_.Cancel(std::exchange(piece.timer, kNoTimer));
  if (piece.verb == Verb::kDiskFull) disk_.Mend();
  piece.effects = CountOf(piece.verb) - piece.effects;
}

std::uint64_t DiskFaults::CountOf(Verb verb) const {
  const SimDisk::Counters& counters = disk_.counters();
  if (verb == Verb::kDiskFull) return counters.full;
  return verb == Verb::kDiskStall ? counters.stalls : counters.failed_syncs;
}

std::uint64_t DiskFaults::EffectsOf(std::size_t index) const {
  std::uint64_t effects = 0;
  for (const Piece& piece : pieces_) {
    if (piece.step == index && !piece.active) effects += piece.effects;
  }
  return effects;
}

std::vector<DiskFault> DiskFaults::Costs() const {
  std::vector<DiskFault> costs;
  for (const Piece& piece : pieces_) {
    const bool harmless = piece.verb == Verb::kDiskStall || piece.verb == Verb::kRepair;
    if (!harmless && piece.effects > 0) costs.push_back({piece.at, piece.verb});
  }
  return costs;
}

}  // namespace chathttp::sim
