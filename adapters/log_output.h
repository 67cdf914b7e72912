// The place that a log is written to: NonblockingOutput or LogFile.
#ifndef CHATHTTP_ADAPTERS_LOG_OUTPUT_H_
#define CHATHTTP_ADAPTERS_LOG_OUTPUT_H_

#include <cstddef>
#include <string_view>

#include "absl/status/status.h"

namespace chathttp::posix {

class LogOutput {
 public:
  LogOutput() = default;
  LogOutput(const LogOutput&) = delete;
  LogOutput& operator=(const LogOutput&) = delete;
  virtual ~LogOutput() = default;

  // Takes a prefix of `bytes` without waiting and returns its length in bytes: 0 if there is no
  // room now.
  virtual std::size_t Write(std::string_view bytes) = 0;

  // Whether Write can succeed.
  virtual bool usable() const { return true; }

  // Opens a file with a name once more, after another program has renamed it; no effect on others.
  // After an error the file stays open as it was.
  virtual absl::Status Reopen() { return absl::OkStatus(); }
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_LOG_OUTPUT_H_
