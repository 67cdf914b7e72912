// A directory of the file system as the disk of a journal.
//
//   absl::StatusOr<std::unique_ptr<PosixDisk>> disk = PosixDisk::Open("/var/lib/chathttp/history");
//   if (!disk.ok()) return disk.status();
//
// One object, of all processes, has a directory at a time: the file "lock" in it is locked while the
// object lives, with flock(2). The kernel unlocks it when the process ends, however it ends.
//
// Not thread-safe.
#ifndef CHATHTTP_ADAPTERS_POSIX_DISK_H_
#define CHATHTTP_ADAPTERS_POSIX_DISK_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "chathttp/adapters/file_descriptor.h"
#include "chathttp/transport/ports/disk.h"

namespace chathttp::posix {

class PosixDisk final : public Disk {
 public:
  // Makes the directory with mode 0750 if it is missing, but not those above it. Errors:
  // FailedPrecondition if another object has it, and Internal or ResourceExhausted.
  static absl::StatusOr<std::unique_ptr<PosixDisk>> Open(std::string directory);

  std::string directory() const override { return path_; }
  absl::StatusOr<std::vector<std::string>> List() override;
  // Internal for anything but a regular file, as ReadStart.
  absl::StatusOr<std::string> Read(const std::string& name, std::uint64_t max_bytes) override;
  absl::StatusOr<Start> ReadStart(const std::string& name, std::size_t max_bytes) override;
  // With mode 0640.
  absl::Status Create(const std::string& name) override;
  absl::Status Append(const std::string& name, std::string_view bytes) override;
  absl::Status Sync(const std::string& name) override;
  absl::Status SyncDirectory() override;
  absl::Status Truncate(const std::string& name, std::uint64_t bytes) override;
  absl::Status Remove(const std::string& name) override;
  absl::Status Rename(const std::string& from, const std::string& to) override;

 private:
  PosixDisk(std::string path, FileDescriptor directory, FileDescriptor lock);
  absl::StatusOr<FileDescriptor> OpenToRead(const std::string& name, std::uint64_t& bytes);
  absl::Status OpenToWrite(const std::string& name, int flags);

  const std::string path_;
  const FileDescriptor directory_;
  const FileDescriptor lock_;
  std::string open_name_;  // of file_
  FileDescriptor file_;    // the file that was written last
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_POSIX_DISK_H_
