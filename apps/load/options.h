// The options of chat_load.
#ifndef CHATHTTP_APPS_LOAD_OPTIONS_H_
#define CHATHTTP_APPS_LOAD_OPTIONS_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace chathttp {

struct LoadOptions {
  enum class Mode {
    kTalk,       // members join, then senders talk for `duration`
    kJoinStorm,  // members join as fast as the server accepts them
    kIdle,       // members join, stay idle for `duration`, then one of them talks
  };
  Mode mode = Mode::kTalk;

  std::string host = "127.0.0.1";  // a numeric IPv4 address
  // Of one or more servers of the room, over which the members are spread in turn; not empty.
  std::vector<std::uint16_t> ports = {9994};
  std::string prefix = "Load";  // of names; a number of five digits follows

  std::size_t members = 200;
  std::size_t senders = 16;     // the first of the members
  std::size_t window = 16;      // texts in flight per sender
  std::size_t text_bytes = 64;  // of each text
  double rate = 0;  // texts a second in total, without waiting for deliveries; 0: see `window`
  std::size_t never_read = 0;  // so many members, the last ones, stop reading once all have joined
  std::size_t slow_read = 0;   // so many members before those read 1 KiB a second
  std::size_t joining = 256;   // members that may be joining or coming back at the same time
  // Each member asks for a session, and comes back after a loss of its connection. Then never_read
  // and slow_read must be 0.
  bool sessions = false;
  absl::Duration resume_limit = absl::Seconds(60);   // from a loss until the member is back
  absl::Duration warm_up = absl::Milliseconds(500);  // talk before measuring starts
  absl::Duration duration = absl::Seconds(5);
  absl::Duration patience = absl::Seconds(20);  // the longest silence of the server

  pid_t server = 0;  // process id, for its figures; 0: none
  bool progress = false;
};

inline constexpr std::size_t kSequenceDigits = 10;  // at the start of each text
inline constexpr std::size_t kMemberDigits = 5;     // at the end of each name

// OK, or InvalidArgument with the first option that is out of its range.
absl::Status CheckLoadOptions(const LoadOptions& options);

}  // namespace chathttp

#endif  // CHATHTTP_APPS_LOAD_OPTIONS_H_
