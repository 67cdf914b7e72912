// One connection of a chat server: its stream, what of its input is unfinished, what it is still
// to be sent, and its deadlines. An idle one owns no buffer.
//
// Passive state: chat_server serves its input, delivery its output. What the stream tells is noted
// in a WakeList, to be acted on at the end of the turn.
#ifndef CHATHTTP_TRANSPORT_CONNECTION_H_
#define CHATHTTP_TRANSPORT_CONNECTION_H_

#include <cstddef>
#include <cstdint>
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

class Connection final : public StreamObserver {
 public:
  enum class Phase {
    kServing,    // requests are read and answered
    kLastWords,  // nothing more is read; what waits is sent, then the stream ends
    kLingering,  // our side has ended; the peer's input is thrown away until it ends too
  };

  Connection(ConnectionId connection, std::unique_ptr<ByteStream> byte_stream, WakeList& wakes);

  void OnReadable() override;
  void OnWritable() override;

  // The earliest of its deadlines; InfiniteFuture if none.
  absl::Time deadline() const;

  const ConnectionId id;
  const std::unique_ptr<ByteStream> stream;
  Phase phase = Phase::kServing;
  bool turned_away = false;      // accepted only to be told that there is no room
  std::string_view last_reason;  // why kLastWords came; a literal

  // Input.
  bool noted_readable = false;                 // stands in WakeList::readable
  bool has_asked = false;                      // sent a complete request
  bool throttled = false;                      // left unread until its replies are sent
  bool peer_ended = false;                     // end of stream was read
  std::unique_ptr<RequestDecoder> unfinished;  // of a request that has begun
  std::string unserved;                        // read, but not decoded yet
  std::uint64_t bytes_in = 0;
  std::size_t lingered_bytes = 0;

  // Output.
  Outbox outbox;
  bool blocked = false;         // until OnWritable
  bool noted_writable = false;  // stands in WakeList::writable
  bool queued = false;          // stands in Delivery's queue
  // A stream need not tell of room before much of it is free (Linux: a third of the send buffer),
  // so before the limit in which it accepts nothing counts, it is written to once more.
  bool last_try = false;
  bool recovering = false;               // was blocked until more than half of the log was unsent
  std::size_t follower = kNotFollowing;  // place among Delivery's followers
  std::uint64_t blocked_at = 0;          // key among Delivery's blocked ones
  std::uint64_t bytes_out = 0;

  // Deadlines.
  absl::Time request_wanted_by = absl::InfiniteFuture();  // while not logged in
  absl::Time request_ends_by = absl::InfiniteFuture();    // while a request is unfinished
  absl::Time accepts_by = absl::InfiniteFuture();         // while blocked
  absl::Time lingers_until = absl::InfiniteFuture();

  static constexpr std::size_t kNotFollowing = static_cast<std::size_t>(-1);

 private:
  WakeList& wakes_;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_CONNECTION_H_
