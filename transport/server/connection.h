// One connection of a chat server: its stream, its outbox, and its transient state.
//
// Most connections are idle, so state that only a few need at a time is kept apart, in Transient,
// and freed when it is done.
//
// Passive state: ChatServer serves its input, Delivery its output. Notices of the stream are
// recorded in a WakeList and handled at the end of the turn.
#ifndef CHATHTTP_TRANSPORT_SERVER_CONNECTION_H_
#define CHATHTTP_TRANSPORT_SERVER_CONNECTION_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "transport/codec/request_decoder.h"
#include "transport/ports/byte_stream.h"
#include "transport/ports/turn.h"
#include "transport/server/outbox.h"
#include "transport/server/server_event.h"

namespace chathttp {

// Which connections have something to do, each at most once in each list, in order of the notices.
struct WakeList {
  Turn& turn;
  std::vector<ConnectionId> readable;
  std::vector<ConnectionId> writable;
};

// State of a connection that has a partial request, input that is not served yet, a blocked write,
// or that is ending.
struct Transient {
  std::string_view last_reason;  // why the connection ends; a literal

  // Input.
  std::unique_ptr<RequestDecoder> unfinished;  // of a request that has begun
  std::string unserved;                        // read, but not decoded yet
  std::size_t lingered_bytes = 0;

  // Deadlines.
  absl::Time request_ends_by = absl::InfiniteFuture();  // while a request is unfinished
  absl::Time accepts_by = absl::InfiniteFuture();       // while blocked
  absl::Time brakes_until = absl::InfiniteFuture();     // while blocked
  absl::Time lingers_until = absl::InfiniteFuture();

  // Whether all of it has its initial value, so that it can be freed.
  bool done() const;
};

class Connection final : public StreamObserver {
 public:
  enum class Phase : std::uint8_t {
    kServing,    // requests are read and answered
    kLastWords,  // nothing more is read; what waits is sent, then the stream ends
    kLingering,  // our side has ended; the peer's input is thrown away until it ends too
  };

  enum class Flow : std::uint8_t {
    kOpen,        // is written to as soon as there is something to send
    kBlocked,     // its stream takes no more bytes until OnWritable
    kRecovering,  // as kOpen, but was blocked until more than half of the log was unsent
  };

  Connection(ConnectionId connection, std::unique_ptr<ByteStream> byte_stream, WakeList& wakes);

  void OnReadable() override;
  void OnWritable() override;

  // The transient state; created if there is none.
  Transient& EnsureTransient();
  // The transient state, or null.
  Transient* transient() const { return transient_.get(); }
  // Frees the transient state if it is done.
  void FreeTransientIfDone();

  // While not logged in, when the next request must be complete; InfiniteFuture if never. Kept to
  // the nanosecond.
  absl::Time request_wanted_by() const;
  void set_request_wanted_by(absl::Time deadline);
  void set_request_ends_by(absl::Time deadline);

  std::string_view last_reason() const { return transient_ ? transient_->last_reason : ""; }

  // Left unread until its replies are sent: it has input that is not served, and no notice of it.
  bool throttled() const {
    return transient_ != nullptr && !transient_->unserved.empty() && !noted_readable;
  }

  // The earliest of its deadlines; InfiniteFuture if none.
  absl::Time deadline() const;

  bool blocked() const { return flow == Flow::kBlocked; }

  // Memory that it owns for input and output that are unfinished.
  std::size_t held_bytes() const;

  static constexpr std::uint32_t kNotFollowing = std::numeric_limits<std::uint32_t>::max();

  const ConnectionId id;
  const std::unique_ptr<ByteStream> stream;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  Outbox outbox;
  std::uint32_t follower = kNotFollowing;  // index in Delivery's followers: following, not blocked
  Phase phase : 2 = Phase::kServing;
  bool turned_away : 1 = false;  // accepted only to be told that there is no room

  // Input.
  bool noted_readable : 1 = false;  // stands in WakeList::readable
  bool has_asked : 1 = false;       // sent a complete request
  bool peer_ended : 1 = false;      // end of stream was read

  // Output.
  Flow flow : 2 = Flow::kOpen;
  bool noted_writable : 1 = false;  // stands in WakeList::writable
  bool queued : 1 = false;          // stands in Delivery's queue
  bool brakes : 1 = false;          // a blocked member that Delivery's brake counts

 private:
  WakeList& wakes_;
  std::unique_ptr<Transient> transient_;
  std::int64_t request_wanted_by_ = kNever;  // nanoseconds; absl::Time is twice as large

  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_SERVER_CONNECTION_H_
