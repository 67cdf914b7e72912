// Replays the requests of one connection through a model of the protocol and compares the
// responses: each request has one reply of the required kind, in order. Part of the oracle.
//
// Invariants "greeting", "one-reply", "sender-order", "enter-say-leave", "nothing-after-leave",
// "unique-names", "handover", "last-words" and "time-limits". What concerns the room is left to
// windows.h, as episodes.
#ifndef CHATHTTP_SIM_ORACLE_REPLAY_H_
#define CHATHTTP_SIM_ORACLE_REPLAY_H_

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "chathttp/sim/oracle/evidence.h"
#include "chathttp/sim/oracle/log.h"
#include "chathttp/sim/oracle/transcript.h"

namespace chathttp::sim {

// One login of a connection: told by a reply, or possible since an ADD was sent and the connection
// ended before its reply was read.
struct Episode {
  struct Post {
    std::string_view text;
    absl::Duration at;  // sent in full
  };
  struct List {
    std::size_t after;  // so many broadcasts
    std::string_view names;
  };

  std::size_t connection = 0;  // index in the record
  std::string_view name;
  absl::Duration asked;                     // its ADD was sent in full
  std::optional<absl::Duration> told = {};  // its reply was read
  std::vector<const Heard*> slice = {};     // the broadcasts it heard
  std::vector<List> lists = {};
  std::vector<Post> posts = {};  // those that are due to be said, in order
  bool left_told = false;        // the reply to its DELETE was read
  // Nothing may end it before this; InfiniteDuration(): nothing but the server's own end may.
  absl::Duration may_leave = absl::InfiniteDuration();
};

// What came of a connection's requests.
struct Account {
  std::vector<std::optional<std::size_t>> replies;  // of each request: index of what was heard
  std::size_t complete = 0;                         // requests that are well-formed and whole
  std::size_t answered = 0;                         // of them
  std::size_t private_replies = 0;
  absl::Duration waiting_since = absl::InfiniteDuration();  // the first that was not answered
  bool waits_for_list = false;                              // it or one behind it is a GET
  bool waits_for_end = false;                               // or ends the login or the connection
  bool turned_away = false;
  bool expired = false;             // ended by a limit of time, and told so
  bool may_be_expired = false;      // its last 400 may be that as well as an answer
  bool over = false;                // heard a last word
  bool ended_with_service = false;  // which was that the server ends
};

// Adds the episodes of `connection` (index in the record) to `episodes`, the told ones first.
Account Replay(Evidence& evidence, const RoomLog& log, const Transcript& transcript,
               std::size_t connection, std::vector<Episode>& episodes);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_REPLAY_H_
