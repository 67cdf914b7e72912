// What chat_load is asked to do.
#ifndef CHATHTTP_APPS_LOAD_OPTIONS_H_
#define CHATHTTP_APPS_LOAD_OPTIONS_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace chathttp {

struct LoadOptions {
  enum class Mode {
    kTalk,       // members join, then senders talk for `duration`
    kJoinStorm,  // members join as fast as they are let in, and that is all
    kIdle,       // members join, sit still for `duration`, then one of them talks
  };
  Mode mode = Mode::kTalk;

  std::string host = "127.0.0.1";  // an IPv4 address in figures
  std::uint16_t port = 9994;
  std::string prefix = "Load";  // of the names, in front of a number of five digits

  std::size_t members = 200;
  std::size_t senders = 16;     // the first of the members
  std::size_t window = 16;      // texts in flight per sender
  std::size_t text_bytes = 64;  // of each text
  double rate = 0;              // texts a second in all, whatever comes back; 0: see `window`
  std::size_t never_read = 0;   // the last of the members read nothing once all have joined
  std::size_t slow_read = 0;    // those before them read 1 KiB a second
  std::size_t joining = 256;    // members on their way in at the same time
  absl::Duration warm_up = absl::Milliseconds(500);  // talk before anything is measured
  absl::Duration duration = absl::Seconds(5);
  absl::Duration patience = absl::Seconds(20);  // how long nothing at all may come

  pid_t server = 0;  // the process to look at; 0: none
  bool progress = false;
};

inline constexpr std::size_t kSequenceDigits = 10;  // at the front of each text
inline constexpr std::size_t kMemberDigits = 5;     // at the end of each name

// OK, or InvalidArgument with the first option that is out of its range.
absl::Status CheckLoadOptions(const LoadOptions& options);

}  // namespace chathttp

#endif  // CHATHTTP_APPS_LOAD_OPTIONS_H_
