// A log file that a thread of its own writes, so that a slow disk does not stop the caller.
//
//   auto file = LogFile::Open("/var/log/chathttp.log");
//   if (!file.ok()) return file.status();
//   Logger log(*std::move(file), LogLevel::kInfo, loop);
//   ...
//   absl::Status status = log.Reopen();   // after logrotate(8) has renamed the file
//
// Lines wait in a queue of kQueueBytes. While the file takes nothing (disk full), they stay there
// and the thread tries again in each kRetry; when the queue is full, Write takes nothing. The thread
// gets no signals. Other programs may write to the file, too: each write appends. Not thread-safe.
#ifndef CHATHTTP_ADAPTERS_LOG_FILE_H_
#define CHATHTTP_ADAPTERS_LOG_FILE_H_

#include <pthread.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "chathttp/adapters/file_descriptor.h"
#include "chathttp/adapters/log_output.h"

namespace chathttp::posix {

class LogFile final : public LogOutput {
 public:
  static constexpr std::size_t kQueueBytes = std::size_t{1} << 20;
  static constexpr std::chrono::milliseconds kRetry{100};

  // Appends to the file, which is made with mode 0640 if it is missing. A named pipe needs a reader.
  // Error: Internal or ResourceExhausted, "cannot write to PATH: permission denied".
  static absl::StatusOr<std::unique_ptr<LogFile>> Open(std::string path);

  // Waits until the lines in the queue are written, or the file takes nothing.
  ~LogFile() override;

  // Takes all of `bytes`, at most kQueueBytes, or nothing.
  std::size_t Write(std::string_view bytes) override;

  // Lines in the queue go to the new file. The errors of Open.
  absl::Status Reopen() override;

 private:
  LogFile(std::string path, FileDescriptor file);
  absl::Status Start();
  void Run();

  const std::string path_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::string queue_;                // guarded by mutex_
  std::size_t unwritten_bytes_ = 0;  // guarded by mutex_: queue_, and what the thread took from it
  FileDescriptor reopened_;          // guarded by mutex_: until the thread takes it
  bool closing_ = false;             // guarded by mutex_
  FileDescriptor file_;              // used only by the thread
  pthread_t thread_ = {};
  bool started_ = false;
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_LOG_FILE_H_
