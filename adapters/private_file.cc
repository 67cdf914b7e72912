#include "chathttp/adapters/private_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/adapters/system_error.h"
#include "chathttp/domain/absl_view.h"

namespace chathttp::posix {
namespace {

constexpr mode_t kPrivateDirectoryMode = 0700;
constexpr mode_t kPrivateFileMode = 0600;
constexpr int kPrivateFlags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;

absl::Status PrivateFileError(int error, const char* what, const std::string& path) {
  return absl::InternalError(
      absl::StrCat("cannot ", what, " ", path, ": ", AbslView(SystemErrorWords(error))));
}

absl::Status MakeDirectoriesAbove(const std::string& path) {
  for (std::size_t slash = path.find('/', 1); slash != std::string::npos;
       slash = path.find('/', slash + 1)) {
    const std::string above = path.substr(0, slash);
    if (mkdir(above.c_str(), kPrivateDirectoryMode) != 0 && errno != EEXIST) {
      return PrivateFileError(errno, "make", above);
    }
  }
  return absl::OkStatus();
}

absl::Status CheckOwner(const struct stat& about, const std::string& path) {
  if (!S_ISREG(about.st_mode)) {
    return absl::InternalError(absl::StrCat("cannot use ", path, ": it is no regular file"));
  }
  if (about.st_uid == geteuid() && (about.st_mode & 0077U) == 0) return absl::OkStatus();
  return absl::PermissionDeniedError(
      absl::StrCat(path, " must belong to its user, with mode 0600; remove it"));
}

// The name still leads to the open file: whoever had it before may have replaced or removed it.
bool HasName(const struct stat& about, const std::string& path) {
  struct stat named {};
  return lstat(path.c_str(), &named) == 0 && named.st_dev == about.st_dev &&
         named.st_ino == about.st_ino;
}

}  // namespace

absl::StatusOr<std::unique_ptr<PrivateFile>> PrivateFile::Open(std::string path) {
  if (absl::Status status = MakeDirectoriesAbove(path); !status.ok()) return status;
  constexpr int kTries = 10;
  for (int i = 0; i < kTries; ++i) {
    FileDescriptor file(open(path.c_str(), kPrivateFlags, kPrivateFileMode));
    struct stat about {};
    if (!file.valid() || fstat(file.get(), &about) != 0)
      return PrivateFileError(errno, "open", path);
    if (absl::Status status = CheckOwner(about, path); !status.ok()) return status;
    if (flock(file.get(), LOCK_EX | LOCK_NB) != 0) break;
    if (!HasName(about, path)) continue;
    return std::unique_ptr<PrivateFile>(new PrivateFile(std::move(path), std::move(file)));
  }
  return absl::FailedPreconditionError(absl::StrCat(path, " is in use by another process"));
}

PrivateFile::~PrivateFile() {
  struct stat about {};
  const bool is_empty = fstat(file_.get(), &about) == 0 && about.st_size == 0;
  if (is_empty && HasName(about, path_)) unlink(path_.c_str());
}

absl::StatusOr<std::string> PrivateFile::Read(std::size_t max_bytes) {
  std::string bytes(max_bytes, '\0');
  const ssize_t count = pread(file_.get(), bytes.data(), bytes.size(), 0);
  if (count < 0) return PrivateFileError(errno, "read", path_);
  bytes.resize(static_cast<std::size_t>(count));
  return bytes;
}

absl::Status PrivateFile::Write(std::string_view bytes) {
  const std::string next_path = path_ + ".new";
  FileDescriptor next(open(next_path.c_str(), kPrivateFlags | O_TRUNC, kPrivateFileMode));
  struct stat about {};
  if (!next.valid() || fstat(next.get(), &about) != 0)
    return PrivateFileError(errno, "open", next_path);
  if (absl::Status status = CheckOwner(about, next_path); !status.ok()) return status;
  // Locked before it has the name, so that no other process gets it.
  const bool written =
      flock(next.get(), LOCK_EX | LOCK_NB) == 0 &&
      write(next.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) &&
      rename(next_path.c_str(), path_.c_str()) == 0;
  if (!written) {
    const int error = errno;
    unlink(next_path.c_str());
    return PrivateFileError(error, "write to", path_);
  }
  file_ = std::move(next);
  return absl::OkStatus();
}

void PrivateFile::Clear() { (void)!ftruncate(file_.get(), 0); }

}  // namespace chathttp::posix
