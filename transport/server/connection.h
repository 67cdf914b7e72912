// One connection of a chat server: its stream, its outbox and its transient state.
//
// Most connections are idle, so the state that only a few need at a time is in a separate
// Transient, which is freed when it is done.
//
// ChatServer handles the input, Delivery the output. Notices of the stream are recorded in a
// WakeList and handled at the end of the turn. Not thread-safe.
#ifndef CHATHTTP_TRANSPORT_SERVER_CONNECTION_H_
#define CHATHTTP_TRANSPORT_SERVER_CONNECTION_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "chathttp/transport/codec/request_decoder.h"
#include "chathttp/transport/ports/byte_stream.h"
#include "chathttp/transport/ports/turn.h"
#include "chathttp/transport/server/outbox.h"
#include "chathttp/transport/server/room_service.h"
#include "chathttp/transport/server/server_event.h"

namespace chathttp {

// The connections with pending notices, in order of the notices, each at most once in a list.
struct WakeList {
  Turn& turn;
  std::vector<ConnectionId> readable;
  std::vector<ConnectionId> writable;
};

// A response that a connection is owed, behind those of its earlier requests.
struct Owed {
  // The facts of a request that are needed when it is answered.
  struct Request {
    Method method = Method::kUnknown;
    bool first = false;           // the first request of the connection
    std::uint16_t heartbeat = 0;  // seconds
    std::uint16_t history = 0;    // broadcasts
    // Of an ADD that asks for sessions.
    std::string new_token = {};  // of the session that begins if there is none to return to
    std::string old_token = {};
    std::optional<Position> since = std::nullopt;
  };
  std::optional<Request> request;  // none: the logout or the last reply of a connection that ends
  std::optional<Answer> answer;    // none: it is that of a command, which has not come back yet
};

// State of a connection that has a partial request, input that is not served yet, a blocked write,
// or that is ending.
struct Transient {
  std::string_view last_reason;  // why the connection ends; a literal

  // Input.
  std::unique_ptr<RequestDecoder> unfinished;  // has a partial request
  std::string unserved;                        // read, but not decoded yet
  std::size_t lingered_bytes = 0;

  // Responses in the order of the requests, from the oldest command of the connection that has not
  // come back from the log. Empty if the log applies each command at once.
  std::vector<Owed> owed;
  std::uint32_t login_changes = 0;  // logins and logouts among them: no request can be checked
  bool leaves = false;              // the last of these is a logout
  bool lost = false;                // which is that of a connection that was lost

  // Deadlines.
  absl::Time request_ends_by = absl::InfiniteFuture();  // while a request is partial
  absl::Time accepts_by = absl::InfiniteFuture();       // while blocked
  absl::Time brakes_until = absl::InfiniteFuture();     // while blocked
  absl::Time lingers_until = absl::InfiniteFuture();
  absl::Time paused_until = absl::InfiniteFuture();  // while flood control holds its input
  absl::Time floods_until = absl::InfiniteFuture();  // the limit of that; no deadline of its own

  // Whether all members have their initial values, so that the object can be freed.
  bool done() const;
};

class Connection final : public StreamObserver {
 public:
  enum class Phase : std::uint8_t {
    kServing,    // reads and serves requests
    kLastWords,  // reads nothing; sends pending output, then half-closes
    kLingering,  // half-closed; discards input until the peer ends its side
    kReset,      // the stream was reset; closed in the next turn
  };

  enum class Flow : std::uint8_t {
    kOpen,        // output is written at the end of the turn
    kBlocked,     // the stream takes no more bytes until OnWritable
    kRecovering,  // like kOpen, but more than half of the log is unsent after a block
  };

  Connection(ConnectionId connection, std::unique_ptr<ByteStream> byte_stream, WakeList& wakes);

  void OnReadable() override;
  void OnWritable() override;

  // Has it served in the next turn, which ChatServer requests at the end of this one if it may serve
  // then.
  void ReadLater();

  // Returns the transient state; creates it if there is none.
  Transient& EnsureTransient();
  // The transient state, or null.
  Transient* transient() const { return transient_.get(); }
  // Frees the transient state if it is done.
  void FreeTransientIfDone();
  // Whether it is owed a response that cannot be given yet.
  bool owes() const { return transient_ != nullptr && !transient_->owed.empty(); }

  // Until when it must send a first request, an ADD that is accepted, or, once it is logged in, the
  // next sign of life that it has promised; InfiniteFuture if there is no limit.
  // Resolution: 1 ns.
  absl::Time request_wanted_by() const;
  void set_request_wanted_by(absl::Time deadline);
  void set_request_ends_by(absl::Time deadline);
  // How long it may be silent if it has promised signs of life.
  absl::Duration heartbeat_limit() const { return 2.5 * absl::Seconds(heartbeat); }

  // Holds its unserved input until `until`, and ends it if that goes on until `limit`. No effect on
  // the limit if it is being held already.
  void Pause(absl::Time until, absl::Time limit);

  std::string_view last_reason() const { return transient_ ? transient_->last_reason : ""; }

  // Whether its next request waits for commands of it to come back from the log.
  bool awaits_log() const {
    return transient_ != nullptr &&
           (transient_->login_changes > 0 || transient_->owed.size() >= kMaxOwed);
  }

  // Whether it must send replies before it is read again: it has unserved input, but neither is in
  // WakeList::readable nor waits for a time or for the log.
  bool throttled() const {
    return transient_ != nullptr && !transient_->unserved.empty() && !in_readable_list &&
           !paused() && !awaits_log();
  }

  // The earliest deadline; InfiniteFuture if none.
  absl::Time deadline() const;

  bool blocked() const { return flow == Flow::kBlocked; }
  bool paused() const {
    return transient_ != nullptr && transient_->paused_until < absl::InfiniteFuture();
  }

  // Bytes of unsent replies, those that wait for the log included, and of unserved input.
  std::size_t held_bytes() const;

  static constexpr std::size_t kMaxOwed = 64;  // responses, before its requests wait
  static constexpr std::uint32_t kNotFollowing = (std::uint32_t{1} << 30) - 1;

  const ConnectionId id;
  const std::unique_ptr<ByteStream> stream;
  std::int64_t paid_until = 0;  // nanoseconds since the scheduler's epoch; see FloodControl
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  Outbox outbox;
  // Index in Delivery::followers_: following, not blocked.
  std::uint32_t follower : 30 = kNotFollowing;
  bool returned : 1 = false;  // it has taken over the member of an earlier connection
  bool detached : 1 = false;  // its member is away, or has another connection
  Phase phase : 2 = Phase::kServing;
  bool turned_away : 1 = false;  // gets a 500, since the server is full
  bool unwanted : 1 = false;     // is to end: no request of it is served any more

  // Input.
  bool in_readable_list : 1 = false;  // is in WakeList::readable
  bool has_sent_request : 1 = false;  // a complete request
  bool peer_ended : 1 = false;        // end of stream was read
  bool exempt : 1 = false;            // from the limits for strangers
  bool anonymous : 1 = false;         // counted as not logged in; never if exempt
  std::uint32_t heartbeat : 12 = 0;   // seconds between requests that it has promised; 0: none
  std::uint32_t refusals : 6 = 0;     // requests refused before a login, unless exempt

  // Output.
  Flow flow : 2 = Flow::kOpen;
  bool in_writable_list : 1 = false;  // is in WakeList::writable
  bool queued : 1 = false;            // is in Delivery::queue_
  bool brakes : 1 = false;            // a blocked member that counts towards the brake

 private:
  WakeList& wakes_;
  std::unique_ptr<Transient> transient_;
  std::int64_t request_wanted_by_ = kNever;  // nanoseconds; absl::Time is twice as large

  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_SERVER_CONNECTION_H_
