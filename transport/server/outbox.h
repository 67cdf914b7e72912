// The pending output of one peer: its private replies, each at its position among the broadcasts.
//
//   outbox.Reply(log.end(), Bytes(login_ok));
//   outbox.Follow(log.end());                     // from now on, every broadcast too
//   ...
//   WriteBatch batch;
//   outbox.Gather(log, 64 << 10, batch);
//   outbox.Advance(bytes that the stream took);
//
// A private reply stores the end of the log at its creation; the log up to there is sent before it.
// So each peer receives replies and broadcasts in the order of their creation. The outbox does not
// copy broadcasts: it has a cursor into the log. It allocates only while it has replies. Not
// thread-safe.
#ifndef CHATHTTP_TRANSPORT_SERVER_OUTBOX_H_
#define CHATHTTP_TRANSPORT_SERVER_OUTBOX_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "chathttp/transport/ports/byte_stream.h"
#include "chathttp/transport/server/fanout_log.h"

namespace chathttp {

// The pieces of one gather write.
class WriteBatch {
 public:
  void Clear() { count_ = 0, bytes_ = 0; }
  bool full() const { return count_ == pieces_.size(); }
  std::size_t bytes() const { return bytes_; }
  std::span<const std::string_view> pieces() const { return {pieces_.data(), count_}; }

  // Adds a prefix of `piece`, so that the batch has at most `max_bytes`. Requires !full(). Returns
  // whether the whole piece was added.
  bool Add(std::string_view piece, std::size_t max_bytes);

 private:
  std::array<std::string_view, kMaxWritePieces> pieces_;
  std::size_t count_ = 0;
  std::size_t bytes_ = 0;
};

class Outbox {
 public:
  // Adds a reply: `head`, then `shared` if not null, a body that outboxes share. `log_end` is the
  // current end of the log.
  void Reply(std::uint64_t log_end, std::string head,
             std::shared_ptr<const std::string> shared = nullptr);

  // After the queued replies, sends the log from `log_end` on. Requires !following().
  void Follow(std::uint64_t log_end);

  // After the last reply, sends the log from `from` on, which may lie before the end that the reply was
  // given. Requires following(), and a reply.
  void Rewind(std::uint64_t from);

  // Leaves the bytes [from, to) of the log out. They are not before those that are sent next. Requires
  // following().
  void Skip(std::uint64_t from, std::uint64_t to);

  // Sends the log only up to `log_end`. Requires following().
  void Unfollow(std::uint64_t log_end);

  // Drops all replies. Do not send anything afterwards.
  void DropReplies() { replies_.reset(); }

  bool following() const { return tail_ == kNoEnd; }

  // Below, `end` is how much of the log may be sent at the moment: its end, or an earlier offset. A
  // reply waits for the log before it.

  // Whether there is anything to send now.
  bool pending(std::uint64_t end) const {
    return replies_ != nullptr ? ReplyPending(end) : cursor_ < LogTarget(end);
  }

  // Whether there is anything to send, now or when more of the log may be sent; then Unfollow was
  // called, or there are replies.
  bool unsent() const { return replies_ != nullptr || (!following() && cursor_ < tail_); }

  // Bytes of the replies that were not sent in full, without shared bodies.
  std::size_t private_bytes() const { return replies_ ? replies_->private_bytes : 0; }

  // Bytes of heap memory for replies, without shared bodies.
  std::size_t held_bytes() const;

  // The number of replies that were not sent in full.
  std::size_t replies() const { return replies_ ? replies_->queue.size() - replies_->first : 0; }

  // The offset of the oldest byte of the log that is still to be sent, now or in the future; the
  // largest number if there is none. If it is less than the log's begin(), bytes are lost. Only
  // Follow can decrease it. O(1) without replies, otherwise O(replies()).
  std::uint64_t oldest_needed() const {
    if (replies_ != nullptr) return OldestBeforeReplies();
    return cursor_ < tail_ ? cursor_ : std::numeric_limits<std::uint64_t>::max();
  }

  // Whether a reply with a shared body other than `current` is pending. O(replies()).
  bool HoldsOther(const std::shared_ptr<const std::string>& current) const;

  // Fills `batch`, after clearing it, with up to `max_bytes` of pending output. The batch is valid
  // until the log or the outbox changes.
  void Gather(const FanoutLog& log, std::uint64_t end, std::size_t max_bytes,
              WriteBatch& batch) const;

  // Removes `bytes` bytes of output that were sent, from the front of the last Gather.
  void Advance(std::uint64_t end, std::size_t bytes);

 private:
  struct PrivateReply {
    std::uint64_t log_until;   // the log up to here is sent first
    std::uint64_t log_resume;  // and continues from here
    std::string head;
    std::shared_ptr<const std::string> shared;

    std::size_t size() const { return head.size() + (shared ? shared->size() : 0); }
  };

  // Never empty: freed with the last reply.
  struct Replies {
    std::vector<PrivateReply> queue;  // [first, size) are pending
    std::size_t first = 0;
    std::size_t sent_of_first = 0;
    std::size_t private_bytes = 0;

    std::span<const PrivateReply> unsent() const { return std::span(queue).subspan(first); }
  };

  static constexpr std::uint64_t kNoEnd = std::numeric_limits<std::uint64_t>::max();

  std::uint64_t OldestBeforeReplies() const;
  // Removes the front reply after it was sent, and moves the cursor to its log_resume.
  void DropFront();
  std::size_t AdvanceReplies(std::size_t bytes);
  bool ReplyPending(std::uint64_t end) const;
  // Up to where the log is sent without replies; the cursor may lie behind it.
  std::uint64_t LogTarget(std::uint64_t end) const { return std::min(tail_, end); }
  std::uint64_t Here(std::uint64_t log_end) const { return following() ? log_end : tail_; }

  std::uint64_t cursor_ = 0;  // next byte of the log
  std::uint64_t tail_ = 0;    // where the log ends for this peer; kNoEnd while it follows
  std::unique_ptr<Replies> replies_;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_SERVER_OUTBOX_H_
