#include "chathttp/adapters/posix_disk.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/adapters/system_error.h"
#include "chathttp/domain/absl_view.h"

namespace chathttp::posix {
namespace {

constexpr const char* kLockName = "lock";
constexpr mode_t kDirectoryMode = 0750;
constexpr mode_t kFileMode = 0640;

absl::StatusCode CodeOf(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return absl::StatusCode::kResourceExhausted;
    case ENOENT:
      return absl::StatusCode::kNotFound;
    case EEXIST:
      return absl::StatusCode::kAlreadyExists;
    default:
      return absl::StatusCode::kInternal;
  }
}

// "cannot write to PATH: no space left".
absl::Status FileError(int error, const char* what, const std::string& path) {
  return absl::Status(CodeOf(error), absl::StrCat("cannot ", what, " ", path, ": ",
                                                  AbslView(SystemErrorWords(error))));
}

FileDescriptor OpenDirectory(const std::string& path) {
  return FileDescriptor(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

// That a directory was made survives a crash only if the one above it is synced.
absl::Status MakeDirectory(const std::string& path) {
  if (mkdir(path.c_str(), kDirectoryMode) != 0) {
    return errno == EEXIST ? absl::OkStatus() : FileError(errno, "make", path);
  }
  const FileDescriptor above = OpenDirectory(path + "/..");
  if (!above.valid() || fsync(above.get()) != 0) return FileError(errno, "sync", path + "/..");
  return absl::OkStatus();
}

// The first bytes: `size` of them, or all if the file has fewer.
absl::StatusOr<std::string> ReadBytes(int file, std::size_t size, const std::string& path) {
  std::string bytes(size, '\0');
  std::size_t got = 0;
  while (got < size) {
    const ssize_t count = read(file, bytes.data() + got, size - got);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return FileError(errno, "read", path);
    if (count == 0) break;
    got += static_cast<std::size_t>(count);
  }
  bytes.resize(got);
  return bytes;
}

}  // namespace

absl::StatusOr<std::unique_ptr<PosixDisk>> PosixDisk::Open(std::string path) {
  if (absl::Status status = MakeDirectory(path); !status.ok()) return status;
  FileDescriptor directory = OpenDirectory(path);
  if (!directory.valid()) return FileError(errno, "open the directory", path);
  const std::string lock_path = absl::StrCat(path, "/", kLockName);
  FileDescriptor lock(
      openat(directory.get(), kLockName, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kFileMode));
  if (!lock.valid()) return FileError(errno, "write to", lock_path);
  if (flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return FileError(errno, "lock", lock_path);
    return absl::FailedPreconditionError(
        absl::StrCat(path, " is in use by another server; stop it, or choose another directory"));
  }
  return std::unique_ptr<PosixDisk>(
      new PosixDisk(std::move(path), std::move(directory), std::move(lock)));
}

PosixDisk::PosixDisk(std::string path, FileDescriptor directory, FileDescriptor lock)
    : path_(std::move(path)), directory_(std::move(directory)), lock_(std::move(lock)) {}

absl::StatusOr<std::vector<std::string>> PosixDisk::List() {
  // A descriptor of its own, as closedir closes it.
  const int own = openat(directory_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* const stream = own < 0 ? nullptr : fdopendir(own);
  if (stream == nullptr) {
    const absl::Status status = FileError(errno, "list", path_);
    if (own >= 0) close(own);
    return status;
  }
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = readdir(stream)) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  const int error = errno;
  closedir(stream);
  if (error != 0) return FileError(error, "list", path_);
  std::sort(names.begin(), names.end());
  return names;
}

absl::StatusOr<std::string> PosixDisk::Read(const std::string& name, std::uint64_t max_bytes) {
  std::uint64_t size = 0;
  const absl::StatusOr<FileDescriptor> file = OpenToRead(name, size);
  if (!file.ok()) return file.status();
  const std::string path = absl::StrCat(path_, "/", name);
  if (size > max_bytes) {
    return absl::OutOfRangeError(
        absl::StrCat("cannot read ", path, ": it has ", size, " bytes, more than ", max_bytes));
  }
  return ReadBytes(file->get(), static_cast<std::size_t>(size), path);
}

absl::StatusOr<Disk::Start> PosixDisk::ReadStart(const std::string& name, std::size_t max_bytes) {
  Start start;
  const absl::StatusOr<FileDescriptor> file = OpenToRead(name, start.file_bytes);
  if (!file.ok()) return file.status();
  absl::StatusOr<std::string> bytes =
      ReadBytes(file->get(), max_bytes, absl::StrCat(path_, "/", name));
  if (!bytes.ok()) return bytes.status();
  start.bytes = *std::move(bytes);
  return start;
}

absl::StatusOr<FileDescriptor> PosixDisk::OpenToRead(const std::string& name,
                                                     std::uint64_t& bytes) {
  const std::string path = absl::StrCat(path_, "/", name);
  FileDescriptor file(
      openat(directory_.get(), name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat about {};
  if (!file.valid() || fstat(file.get(), &about) != 0) return FileError(errno, "read", path);
  if (!S_ISREG(about.st_mode)) {
    return absl::InternalError(absl::StrCat("cannot read ", path, ": it is no regular file"));
  }
  bytes = static_cast<std::uint64_t>(about.st_size);
  return file;
}

absl::Status PosixDisk::OpenToWrite(const std::string& name, int flags) {
  assert(name.find('/') == std::string::npos);
  if (flags == 0 && name == open_name_) return absl::OkStatus();
  constexpr int kFlags = O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
  FileDescriptor file(openat(directory_.get(), name.c_str(), kFlags | flags, kFileMode));
  if (!file.valid()) return FileError(errno, "write to", absl::StrCat(path_, "/", name));
  file_ = std::move(file);
  open_name_ = name;
  return absl::OkStatus();
}

absl::Status PosixDisk::Create(const std::string& name) {
  return OpenToWrite(name, O_CREAT | O_EXCL);
}

absl::Status PosixDisk::Append(const std::string& name, std::string_view bytes) {
  if (absl::Status status = OpenToWrite(name, 0); !status.ok()) return status;
  while (!bytes.empty()) {
    const ssize_t count = write(file_.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return FileError(errno, "write to", absl::StrCat(path_, "/", name));
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return absl::OkStatus();
}

absl::Status PosixDisk::Sync(const std::string& name) {
  if (absl::Status status = OpenToWrite(name, 0); !status.ok()) return status;
  if (fdatasync(file_.get()) == 0) return absl::OkStatus();
  return FileError(errno, "sync", absl::StrCat(path_, "/", name));
}

absl::Status PosixDisk::SyncDirectory() {
  return fsync(directory_.get()) == 0 ? absl::OkStatus() : FileError(errno, "sync", path_);
}

absl::Status PosixDisk::Truncate(const std::string& name, std::uint64_t bytes) {
  if (absl::Status status = OpenToWrite(name, 0); !status.ok()) return status;
  if (ftruncate(file_.get(), static_cast<off_t>(bytes)) == 0) return absl::OkStatus();
  return FileError(errno, "cut", absl::StrCat(path_, "/", name));
}

absl::Status PosixDisk::Remove(const std::string& name) {
  if (unlinkat(directory_.get(), name.c_str(), 0) != 0) {
    return FileError(errno, "remove", absl::StrCat(path_, "/", name));
  }
  if (name == open_name_) {
    open_name_.clear();
    file_.Close();
  }
  return absl::OkStatus();
}

absl::Status PosixDisk::Rename(const std::string& from, const std::string& to) {
  assert(from.find('/') == std::string::npos && to.find('/') == std::string::npos);
  if (renameat(directory_.get(), from.c_str(), directory_.get(), to.c_str()) != 0) {
    return FileError(errno, "rename", absl::StrCat(path_, "/", from));
  }
  if (open_name_ == from) {
    open_name_ = to;
  } else if (open_name_ == to) {
    open_name_.clear();
    file_.Close();
  }
  return absl::OkStatus();
}

}  // namespace chathttp::posix
