// A disk in memory, with the faults of real ones.
//
//   SimDisk disk({.seed = 7});
//   absl::StatusOr<Recovery> recovery = Recover(disk, options);
//   ...
//   disk.Crash();                              // the machine: what was not synced may be lost
//   recovery = Recover(disk, options);
//
// A process that is killed loses nothing on the disk: then just make a new writer. Not thread-safe.
#ifndef CHATHTTP_SIM_NETWORK_SIM_DISK_H_
#define CHATHTTP_SIM_NETWORK_SIM_DISK_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "chathttp/sim/network/draw.h"
#include "chathttp/transport/ports/disk.h"

namespace chathttp::sim {

class SimDisk final : public Disk {
 public:
  struct Options {
    std::uint64_t seed = 1;
    std::uint64_t entity = 0;  // of the disk: EntityOf its server
    std::string directory = "/journal";
  };
  // What has happened so far.
  struct Counters {
    std::uint64_t read_bytes = 0;
    std::uint64_t appends = 0;
    std::uint64_t syncs = 0;
    std::uint64_t crashes = 0;
    std::uint64_t lost_bytes = 0;  // by crashes and tears
    std::uint64_t full = 0;        // calls that failed for want of space
    std::uint64_t failed_syncs = 0;
    std::uint64_t stalls = 0;
  };

  explicit SimDisk(const Options& options);

  std::string directory() const override { return directory_; }
  absl::StatusOr<std::vector<std::string>> List() override;
  absl::StatusOr<std::string> Read(const std::string& name, std::uint64_t max_bytes) override;
  absl::StatusOr<Start> ReadStart(const std::string& name, std::size_t max_bytes) override;
  absl::Status Create(const std::string& name) override;
  absl::Status Append(const std::string& name, std::string_view bytes) override;
  absl::Status Sync(const std::string& name) override;
  absl::Status SyncDirectory() override;
  absl::Status Truncate(const std::string& name, std::uint64_t bytes) override;
  absl::Status Remove(const std::string& name) override;
  absl::Status Rename(const std::string& from, const std::string& to) override;

  // ---- Faults -----------------------------------------------------------------------------------

  // The machine crashes. Of the bytes of a file that were not synced, a drawn number survives from the
  // first one on; sometimes zeros take the place of the others. Each creation, renaming and
  // removal of a file since SyncDirectory is drawn to survive or not.
  void Crash();

  // The last `bytes` of the newest file are gone, synced or not; all of it if it has fewer. Returns the
  // number of bytes.
  std::uint64_t Tear(std::uint64_t bytes);

  // Changes a drawn bit in a drawn byte of a drawn file. False if all files are empty.
  bool Flip();
  // Changes a byte at `offset` of a file (asserted to exist) by exclusive or with `mask`.
  void FlipByte(const std::string& name, std::uint64_t offset, unsigned char mask);

  // All files together may have so many bytes from now on. An append that does not fit writes what does.
  void SetCapacity(std::uint64_t bytes) { capacity_bytes_ = bytes; }
  // No byte more fits, until SetCapacity.
  void Fill() { capacity_bytes_ = bytes(); }

  // The call of Sync or SyncDirectory behind the next `others` fails; then the bytes that it was for are
  // never synced.
  void FailSync(std::uint64_t others = 0) { syncs_to_failure_ = others + 1; }

  // The next write takes so much longer. Users with a clock ask TakeStall before they write.
  void Stall(absl::Duration duration) { stall_ = duration; }
  absl::Duration TakeStall();

  // What is wrong now ends. Bytes that are lost, or that a failed sync was for, stay so.
  void Mend();

  // ---- Figures ----------------------------------------------------------------------------------

  const Counters& counters() const { return counters_; }
  std::uint64_t bytes() const;  // of all files

 private:
  struct File {
    std::string bytes;
    std::string synced;      // what survives a crash for sure
    bool sync_lost = false;  // a sync failed: later ones report success, but do nothing
  };
  using Files = std::map<std::string, std::shared_ptr<File>>;
  struct Change {
    std::string name;
    std::shared_ptr<File> file;  // null: removed
    std::string old_name = {};   // of a file that was renamed
  };

  File* Find(const std::string& name);
  absl::Status NotFound(const std::string& name) const;
  absl::Status NoSpace(const std::string& name);
  bool SyncFails();
  absl::Status SyncFailed(const std::string& name);
  void CrashFile(File& file);

  const std::string directory_;
  DrawSequence draws_;
  Files files_;
  Files synced_files_;           // the names that survive a crash for sure
  std::vector<Change> changes_;  // since then
  std::uint64_t capacity_bytes_;
  std::uint64_t syncs_to_failure_ = 0;  // 0: none fails
  absl::Duration stall_ = absl::ZeroDuration();
  Counters counters_;
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_NETWORK_SIM_DISK_H_
