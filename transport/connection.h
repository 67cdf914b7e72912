// One connection of a chat server: its stream, and whatever it is in the middle of.
//
// There may be many that are idle, so what only some have at a time stands apart, in Unsettled, and
// is given back when it is over; where a follower's bytes go next stands with Delivery.
//
// Passive state: chat_server serves its input, delivery its output. What the stream tells is noted
// in a WakeList, to be acted on at the end of the turn.
#ifndef CHATHTTP_TRANSPORT_CONNECTION_H_
#define CHATHTTP_TRANSPORT_CONNECTION_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "transport/byte_stream.h"
#include "transport/outbox.h"
#include "transport/request_decoder.h"
#include "transport/server_event.h"
#include "transport/turn.h"

namespace chathttp {

// Which connections have something to do, each at most once in each list, in order of the notices.
struct WakeList {
  Turn& turn;
  std::vector<ConnectionId> readable;
  std::vector<ConnectionId> writable;
};

// What a connection has only while something of it is unfinished.
struct Unsettled {
  std::string_view last_reason;  // why it ends; a literal

  // Input.
  std::unique_ptr<RequestDecoder> unfinished;  // of a request that has begun
  std::string unserved;                        // read, but not decoded yet
  std::size_t lingered_bytes = 0;

  // Output.
  Outbox outbox;
  std::uint64_t blocked_at = 0;  // key among Delivery's blocked ones

  // Deadlines.
  absl::Time request_ends_by = absl::InfiniteFuture();  // while a request is unfinished
  absl::Time accepts_by = absl::InfiniteFuture();       // while blocked
  absl::Time brakes_until = absl::InfiniteFuture();     // while blocked
  absl::Time lingers_until = absl::InfiniteFuture();

  // Whether nothing is unfinished any more.
  bool over() const;
};

class Connection final : public StreamObserver {
 public:
  enum class Phase : std::uint8_t {
    kServing,    // requests are read and answered
    kLastWords,  // nothing more is read; what waits is sent, then the stream ends
    kLingering,  // our side has ended; the peer's input is thrown away until it ends too
  };

  Connection(ConnectionId connection, std::unique_ptr<ByteStream> byte_stream, WakeList& wakes);

  void OnReadable() override;
  void OnWritable() override;

  // What is unfinished; made if there is nothing yet.
  Unsettled& NeedUnsettled();
  // The same, or null.
  Unsettled* unsettled() const { return unsettled_.get(); }
  // Gives it back if it is over.
  void Settle();

  // While not logged in, when the next request must be complete; InfiniteFuture if never. Kept to
  // the nanosecond.
  absl::Time request_wanted_by() const;
  void set_request_wanted_by(absl::Time deadline);
  void set_request_ends_by(absl::Time deadline);

  std::string_view last_reason() const { return unsettled_ ? unsettled_->last_reason : ""; }

  // The earliest of its deadlines; InfiniteFuture if none.
  absl::Time deadline() const;

  // Bytes of replies of its own that wait to be sent.
  std::size_t private_bytes() const { return unsettled_ ? unsettled_->outbox.private_bytes() : 0; }
  // Memory that it owns for input and output that are unfinished.
  std::size_t held_bytes() const;

  static constexpr std::uint32_t kNotFollowing = std::numeric_limits<std::uint32_t>::max();

  const ConnectionId id;
  const std::unique_ptr<ByteStream> stream;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;             // less Delivery's cursor, if that has one
  std::uint32_t follower = kNotFollowing;  // place among Delivery's followers
  Phase phase : 2 = Phase::kServing;
  bool turned_away : 1 = false;  // accepted only to be told that there is no room

  // Input.
  bool noted_readable : 1 = false;  // stands in WakeList::readable
  bool has_asked : 1 = false;       // sent a complete request
  bool throttled : 1 = false;       // left unread until its replies are sent
  bool peer_ended : 1 = false;      // end of stream was read

  // Output.
  bool blocked : 1 = false;         // until OnWritable
  bool noted_writable : 1 = false;  // stands in WakeList::writable
  bool queued : 1 = false;          // stands in Delivery's queue
  // A stream need not tell of room before much of it is free (Linux: a third of the send buffer),
  // so before the limit in which it accepts nothing counts, it is written to once more.
  bool last_try : 1 = false;
  bool recovering : 1 = false;  // was blocked until more than half of the log was unsent
  bool brakes : 1 = false;      // a blocked member that Delivery's brake counts

 private:
  WakeList& wakes_;
  std::unique_ptr<Unsettled> unsettled_;
  std::int64_t request_wanted_by_ = kNever;  // nanoseconds; absl::Time is twice as large

  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_CONNECTION_H_
