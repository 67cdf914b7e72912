// Port: a directory with the files of one journal. Its calls wait for the disk, so they are not for the
// loop's thread of a server.
//
// Names are names of files in the directory, without a slash (asserted). Bytes and names survive a
// crash of the machine only after Sync and SyncDirectory. Errors name the file, and have these codes:
//
//   ResourceExhausted   no space, or a quota is used up
//   NotFound            no such file
//   AlreadyExists       of Create
//   OutOfRange          of Read
//   Internal            anything else
//
// Not thread-safe.
#ifndef CHATHTTP_TRANSPORT_PORTS_DISK_H_
#define CHATHTTP_TRANSPORT_PORTS_DISK_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace chathttp {

class Disk {
 public:
  Disk() = default;
  Disk(const Disk&) = delete;
  Disk& operator=(const Disk&) = delete;
  virtual ~Disk() = default;

  // Where the files are, for people: "/var/lib/chathttp".
  virtual std::string directory() const = 0;

  // The names of all files, sorted by byte.
  virtual absl::StatusOr<std::vector<std::string>> List() = 0;

  // The whole file. OutOfRange if it has more than `max_bytes`: then nothing is read.
  virtual absl::StatusOr<std::string> Read(const std::string& name, std::uint64_t max_bytes) = 0;

  // The first bytes of a file, and how many it has.
  struct Start {
    std::string bytes;
    std::uint64_t file_bytes = 0;
  };
  // `bytes` has at most `max_bytes`.
  virtual absl::StatusOr<Start> ReadStart(const std::string& name, std::size_t max_bytes) = 0;

  // Makes an empty file.
  virtual absl::Status Create(const std::string& name) = 0;

  // Appends to a file that exists. After an error, the file may have got a part of the bytes.
  virtual absl::Status Append(const std::string& name, std::string_view bytes) = 0;

  // Returns when the bytes of the file are on the disk. After an error nobody knows which of them are,
  // and a second call that succeeds does not mean that they are.
  virtual absl::Status Sync(const std::string& name) = 0;

  // The same for the names: files that were created, renamed or removed.
  virtual absl::Status SyncDirectory() = 0;

  // Cuts the file to its first `bytes`, at most its size.
  virtual absl::Status Truncate(const std::string& name, std::uint64_t bytes) = 0;

  virtual absl::Status Remove(const std::string& name) = 0;

  // Gives the file another name. A file that has this name already is replaced: after a crash, the
  // name has either the old file or the new one.
  virtual absl::Status Rename(const std::string& from, const std::string& to) = 0;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_PORTS_DISK_H_
