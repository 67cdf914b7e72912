#include "chathttp/transport/server/outbox.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <utility>

#include "chathttp/transport/ports/mark.h"

namespace chathttp {
namespace {

// The bytes [from, to) of the log. An empty slice may lie before the log's begin().
std::array<std::string_view, 2> Slice(const FanoutLog& log, std::uint64_t from, std::uint64_t to) {
  if (from == to) return {};
  return log.Read(from, to);
}

}  // namespace

bool WriteBatch::Add(std::string_view piece, std::size_t max_bytes) {
  const std::string_view part = piece.substr(0, max_bytes - bytes_);
  if (!part.empty()) {
    pieces_[count_++] = part;
    bytes_ += part.size();
  }
  return part.size() == piece.size();
}

void Outbox::Reply(std::uint64_t log_end, std::string head,
                   std::shared_ptr<const std::string> shared) {
  if (replies_ == nullptr) replies_ = std::make_unique<Replies>();
  const std::uint64_t here = Here(log_end);
  replies_->private_bytes += head.size();
  replies_->queue.push_back({here, here, std::move(head), std::move(shared)});
}

void Outbox::Follow(std::uint64_t log_end) {
  assert(!following());
  assert(replies_ != nullptr || cursor_ == tail_);
  (replies_ ? replies_->queue.back().log_resume : cursor_) = log_end;
  tail_ = kNoEnd;
}

void Outbox::Rewind(std::uint64_t from) {
  assert(following() && replies_ != nullptr);
  replies_->queue.back().log_resume = from;
}

// A reply without bytes, behind which the log continues later.
void Outbox::Skip(std::uint64_t from, std::uint64_t to) {
  assert(following());
  if (replies_ == nullptr) replies_ = std::make_unique<Replies>();
  replies_->queue.push_back({from, to, {}, nullptr});
}

void Outbox::Unfollow(std::uint64_t log_end) {
  assert(following());
  tail_ = log_end;
}

std::size_t Outbox::held_bytes() const {
  if (replies_ == nullptr) return 0;
  return sizeof(Replies) + replies_->queue.capacity() * sizeof(PrivateReply) +
         replies_->private_bytes;
}

std::uint64_t Outbox::OldestBeforeReplies() const {
  std::uint64_t cursor = cursor_;
  for (const PrivateReply& reply : replies_->unsent()) {
    if (cursor < reply.log_until) return cursor;
    cursor = reply.log_resume;
  }
  return cursor < tail_ ? cursor : std::numeric_limits<std::uint64_t>::max();
}

bool Outbox::HoldsOther(const std::shared_ptr<const std::string>& current) const {
  if (replies_ == nullptr) return false;
  const std::span<const PrivateReply> unsent = replies_->unsent();
  return std::any_of(unsent.begin(), unsent.end(), [&](const PrivateReply& reply) {
    return reply.shared != nullptr && reply.shared != current;
  });
}

bool Outbox::ReplyPending(std::uint64_t end) const {
  const std::uint64_t before = replies_->unsent().front().log_until;
  return before <= end || cursor_ < end;
}

void Outbox::Gather(const FanoutLog& log, std::uint64_t end, std::size_t max_bytes,
                    WriteBatch& batch) const {
  batch.Clear();
  const auto add_all = [&](auto... pieces) {
    return (... && (!batch.full() && batch.Add(pieces, max_bytes)));
  };
  std::uint64_t cursor = cursor_;
  if (replies_ != nullptr) {
    std::size_t skip = replies_->sent_of_first;
    for (const PrivateReply& reply : replies_->unsent()) {
      const bool waits = reply.log_until > end;
      const std::uint64_t until = waits ? std::max(cursor, end) : reply.log_until;
      const auto [first, second] = Slice(log, cursor, until);
      if (waits) {
        add_all(first, second);
        return;
      }
      const std::string_view head = reply.head;
      const std::string_view body = reply.shared ? std::string_view(*reply.shared) : "";
      const std::size_t of_head = std::min(skip, head.size());
      if (!add_all(first, second, head.substr(of_head), body.substr(skip - of_head))) return;
      cursor = reply.log_resume;
      skip = 0;
    }
  }
  const auto [first, second] = Slice(log, cursor, std::max(cursor, LogTarget(end)));
  add_all(first, second);
}

// Erases sent replies when they are more than half of the queue: amortised O(1) each.
void Outbox::DropFront() {
  // Moved out, since the assignment of an empty reply would keep the memory of the head.
  const PrivateReply sent = std::move(replies_->queue[replies_->first]);
  cursor_ = sent.log_resume;
  replies_->private_bytes -= sent.head.size();
  replies_->sent_of_first = 0;
  ++replies_->first;
  if (replies() == 0) {
    replies_.reset();
  } else if (2 * replies_->first > replies_->queue.size()) {
    const auto begin = replies_->queue.begin();
    replies_->queue.erase(begin, begin + static_cast<std::ptrdiff_t>(replies_->first));
    replies_->first = 0;
  }
}

// Advances over replies and the log before them. Returns the bytes left after the last reply; 0 if
// a reply is still pending.
std::size_t Outbox::AdvanceReplies(std::size_t bytes) {
  while (replies_ != nullptr) {
    const PrivateReply& reply = replies_->unsent().front();
    const std::size_t of_log = std::min<std::uint64_t>(bytes, reply.log_until - cursor_);
    cursor_ += of_log;
    bytes -= of_log;
    if (cursor_ < reply.log_until) return 0;

    const std::size_t of_reply = std::min(bytes, reply.size() - replies_->sent_of_first);
    replies_->sent_of_first += of_reply;
    bytes -= of_reply;
    if (replies_->sent_of_first < reply.size()) {
      if (replies_->sent_of_first > 0) CHATHTTP_MARK("reply-split");
      return 0;
    }
    DropFront();
  }
  return bytes;
}

void Outbox::Advance([[maybe_unused]] std::uint64_t end, std::size_t bytes) {
  if (replies_ != nullptr) bytes = AdvanceReplies(bytes);
  assert(bytes == 0 || bytes <= LogTarget(end) - cursor_);
  cursor_ += bytes;
}

}  // namespace chathttp
