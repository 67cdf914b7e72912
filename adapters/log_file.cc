#include "chathttp/adapters/log_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/adapters/signals_blocked.h"
#include "chathttp/adapters/system_error.h"
#include "chathttp/domain/absl_view.h"

namespace chathttp::posix {
namespace {

// O_NONBLOCK concerns named pipes and devices only.
absl::StatusOr<FileDescriptor> OpenToAppend(const std::string& path) {
  constexpr int kFlags = O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  constexpr mode_t kMode = 0640;
  FileDescriptor file(open(path.c_str(), kFlags, kMode));
  if (!file.valid()) return CallError(errno, absl::StrCat("cannot write to ", path));
  return file;
}

// Returns the number of bytes written, 0 on an error.
std::size_t WriteSome(const FileDescriptor& file, std::string_view bytes) {
  if (bytes.empty()) return 0;
  const ssize_t count = write(file.get(), bytes.data(), bytes.size());
  return count < 0 ? 0 : static_cast<std::size_t>(count);
}

}  // namespace

absl::StatusOr<std::unique_ptr<LogFile>> LogFile::Open(std::string path) {
  absl::StatusOr<FileDescriptor> file = OpenToAppend(path);
  if (!file.ok()) return file.status();
  std::unique_ptr<LogFile> log(new LogFile(std::move(path), *std::move(file)));
  if (absl::Status status = log->Start(); !status.ok()) return status;
  return log;
}

LogFile::LogFile(std::string path, FileDescriptor file)
    : path_(std::move(path)), file_(std::move(file)) {}

LogFile::~LogFile() {
  if (!started_) return;
  {
    const std::scoped_lock lock(mutex_);
    closing_ = true;
  }
  wake_.notify_one();
  pthread_join(thread_, nullptr);
}

// std::thread would throw when there are too many threads.
absl::Status LogFile::Start() {
  const SignalsBlocked blocked;
  const auto run = [](void* log) -> void* {
    static_cast<LogFile*>(log)->Run();
    return nullptr;
  };
  const int error = pthread_create(&thread_, nullptr, run, this);
  if (error != 0) return CallError(error, "pthread_create");
  started_ = true;
  return absl::OkStatus();
}

std::size_t LogFile::Write(std::string_view bytes) {
  {
    const std::scoped_lock lock(mutex_);
    if (bytes.size() > kQueueBytes - unwritten_bytes_) return 0;
    queue_ += bytes;
    unwritten_bytes_ += bytes.size();
  }
  wake_.notify_one();
  return bytes.size();
}

absl::Status LogFile::Reopen() {
  absl::StatusOr<FileDescriptor> file = OpenToAppend(path_);
  if (!file.ok()) return file.status();
  {
    const std::scoped_lock lock(mutex_);
    std::swap(reopened_, *file);
  }
  wake_.notify_one();
  return absl::OkStatus();
}

void LogFile::Run() {
  std::string batch;  // taken from the queue, not written yet
  bool stuck = false;
  std::unique_lock lock(mutex_);
  for (;;) {
    const auto has_order = [this] { return closing_ || reopened_.valid(); };
    if (stuck) {
      wake_.wait_for(lock, kRetry, has_order);
    } else {
      wake_.wait(lock, [&] { return has_order() || !batch.empty() || !queue_.empty(); });
    }
    FileDescriptor old;
    if (reopened_.valid()) old = std::exchange(file_, std::move(reopened_));
    if (batch.empty()) batch.swap(queue_);
    const bool closing = closing_;
    lock.unlock();
    old.Close();  // may wait
    const std::size_t written = WriteSome(file_, batch);
    batch.erase(0, written);
    stuck = written == 0 && !batch.empty();
    lock.lock();
    unwritten_bytes_ -= written;
    if (closing && written == 0) return;
  }
}

}  // namespace chathttp::posix
