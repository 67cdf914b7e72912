// What one peer is still to be sent: its private replies, each at its place between the broadcasts.
//
//   outbox.Reply(log.end(), Bytes(login_ok));
//   outbox.Follow(log.end());                     // from here on, every broadcast too
//   ...
//   WriteBatch batch;
//   outbox.Gather(log, 64 << 10, batch);
//   outbox.Advance(bytes that the stream took);
//
// A private reply remembers the end of the log at which it was made, and the log up to there goes
// first. So each peer gets replies and broadcasts in the one order in which they came to be.
// Broadcasts are not copied here: the outbox is a cursor into the log, and replies are a pointer
// that is null for a peer that has none. Not thread-safe.
#ifndef CHATHTTP_TRANSPORT_SERVER_OUTBOX_H_
#define CHATHTTP_TRANSPORT_SERVER_OUTBOX_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "transport/ports/byte_stream.h"
#include "transport/server/fanout_log.h"

namespace chathttp {

// The pieces of one gather write.
class WriteBatch {
 public:
  void Clear() { count_ = 0, bytes_ = 0; }
  bool full() const { return count_ == pieces_.size(); }
  std::size_t bytes() const { return bytes_; }
  std::span<const std::string_view> pieces() const { return {pieces_.data(), count_}; }

  // Adds the front of `piece`, as much as keeps the batch within `max_bytes`; !full().
  // Returns whether all of it went in.
  bool Add(std::string_view piece, std::size_t max_bytes);

 private:
  std::array<std::string_view, kMaxWritePieces> pieces_;
  std::size_t count_ = 0;
  std::size_t bytes_ = 0;
};

class Outbox {
 public:
  // Adds a reply: `head`, then `shared` if there is one, a body that other outboxes hold too.
  // `log_end` is the end of the log now.
  void Reply(std::uint64_t log_end, std::string head,
             std::shared_ptr<const std::string> shared = nullptr);

  // After all replies so far, every byte of the log from `log_end` on. Not while following().
  void Follow(std::uint64_t log_end);

  // Nothing of the log from `log_end` on. Only while following().
  void Unfollow(std::uint64_t log_end);

  // Forgets all replies; nothing may be sent any more.
  void DropReplies() { replies_.reset(); }

  bool following() const { return tail_ == kNoEnd; }

  // Whether there is anything to send.
  bool pending(std::uint64_t log_end) const {
    return replies_ != nullptr || cursor_ < LogTarget(log_end);
  }

  // Bytes of replies of its own, shared bodies not counted, that were not sent yet.
  std::size_t private_bytes() const { return replies_ ? replies_->private_bytes : 0; }

  // Memory that it owns, shared bodies not counted.
  std::size_t held_bytes() const;

  // How many replies were not sent in full yet.
  std::size_t replies() const { return replies_ ? replies_->queue.size() - replies_->first : 0; }

  // The oldest byte of the log that is still to be sent, or will be as soon as it exists; the
  // largest number if there will be none. Once this is less than the begin() of the log, bytes are
  // lost. Grows only, but for Follow.
  std::uint64_t oldest_needed() const {
    if (replies_ != nullptr) return OldestBeforeReplies();
    return cursor_ < tail_ ? cursor_ : std::numeric_limits<std::uint64_t>::max();
  }

  // Whether a shared body other than `current` waits to be sent.
  bool HoldsOther(const std::shared_ptr<const std::string>& current) const;

  // Fills `batch` (emptied first) with what comes next, up to `max_bytes`. Valid until the log or
  // the outbox changes.
  void Gather(const FanoutLog& log, std::size_t max_bytes, WriteBatch& batch) const;

  // The first `bytes` bytes of what Gather gave were sent.
  void Advance(std::uint64_t log_end, std::size_t bytes);

 private:
  struct PrivateReply {
    std::uint64_t log_until;   // the log up to here goes first
    std::uint64_t log_resume;  // and goes on from here
    std::string head;
    std::shared_ptr<const std::string> shared;

    std::size_t size() const { return head.size() + (shared ? shared->size() : 0); }
  };

  // Not empty: given back with the last reply.
  struct Replies {
    std::vector<PrivateReply> queue;  // [first, size) are to be sent
    std::size_t first = 0;
    std::size_t sent_of_first = 0;
    std::size_t private_bytes = 0;

    std::span<const PrivateReply> unsent() const { return std::span(queue).subspan(first); }
  };

  static constexpr std::uint64_t kNoEnd = std::numeric_limits<std::uint64_t>::max();

  std::uint64_t OldestBeforeReplies() const;
  // The front reply was sent; goes on behind it.
  void DropFront();
  std::size_t AdvanceReplies(std::size_t bytes);
  std::uint64_t LogTarget(std::uint64_t log_end) const { return following() ? log_end : tail_; }

  std::uint64_t cursor_ = 0;  // next byte of the log
  std::uint64_t tail_ = 0;    // where the log ends for this peer; kNoEnd while it follows
  std::unique_ptr<Replies> replies_;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_SERVER_OUTBOX_H_
