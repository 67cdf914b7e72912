// A small file for the user alone, that one process has at a time.
//
//   auto file = PrivateFile::Open("/home/alice/.local/state/chathttp/sessions/x");
//   if (!file.ok()) return file.status();            // also if another process has it
//   absl::StatusOr<std::string> bytes = (*file)->Read(4096);
//   absl::Status status = (*file)->Write("new");     // there are the old bytes or the new ones
//
// The file is locked with flock(2) while the object lives; the kernel unlocks it when the process ends,
// however it ends. Nothing is synced: a crash of the machine may leave an older content, or an empty
// file. Its calls wait for the disk. Not thread-safe.
#ifndef CHATHTTP_ADAPTERS_PRIVATE_FILE_H_
#define CHATHTTP_ADAPTERS_PRIVATE_FILE_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "chathttp/adapters/file_descriptor.h"

namespace chathttp::posix {

class PrivateFile {
 public:
  // Makes the file with mode 0600 if it is missing, and the directories above it with 0700. `path` is
  // absolute. Errors: FailedPrecondition if another process has it; PermissionDenied if it belongs to
  // another user or others may use it; Internal for anything else.
  static absl::StatusOr<std::unique_ptr<PrivateFile>> Open(std::string path);

  // Removes a file without bytes.
  ~PrivateFile();

  // Its first bytes.
  absl::StatusOr<std::string> Read(std::size_t max_bytes);

  // Replaces all bytes.
  absl::Status Write(std::string_view bytes);

  // Empties the file, which is removed with the object.
  void Clear();

 private:
  PrivateFile(std::string path, FileDescriptor file)
      : path_(std::move(path)), file_(std::move(file)) {}

  const std::string path_;
  FileDescriptor file_;
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_PRIVATE_FILE_H_
