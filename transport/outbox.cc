#include "transport/outbox.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <utility>

#include "transport/mark.h"

namespace chathttp {
namespace {

// The bytes [from, to) of the log; an empty slice may lie where the log has forgotten its bytes.
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

Outbox Outbox::Following(std::uint64_t cursor) {
  Outbox outbox;
  outbox.cursor_ = cursor;
  outbox.following_ = true;
  return outbox;
}

std::optional<std::uint64_t> Outbox::LogOnly() const {
  if (!following_ || replies() > 0) return std::nullopt;
  return cursor_;
}

void Outbox::Reply(std::uint64_t log_end, std::string head,
                   std::shared_ptr<const std::string> shared) {
  const std::uint64_t here = LogTarget(log_end);
  private_bytes_ += head.size();
  replies_.push_back({here, here, std::move(head), std::move(shared)});
}

void Outbox::Follow(std::uint64_t log_end) {
  assert(!following_);
  if (first_ < replies_.size()) {
    replies_.back().log_resume = log_end;
  } else {
    assert(cursor_ == tail_);
    cursor_ = log_end;
  }
  following_ = true;
}

void Outbox::Unfollow(std::uint64_t log_end) {
  assert(following_);
  tail_ = log_end;
  following_ = false;
}

void Outbox::DropReplies() {
  first_ = replies_.size();
  DropSent();
  private_bytes_ = 0;
  sent_of_first_ = 0;
}

std::uint64_t Outbox::oldest_needed() const {
  std::uint64_t cursor = cursor_;
  for (std::size_t i = first_; i < replies_.size(); ++i) {
    if (cursor < replies_[i].log_until) return cursor;
    cursor = replies_[i].log_resume;
  }
  if (following_ || cursor < tail_) return cursor;
  return std::numeric_limits<std::uint64_t>::max();
}

bool Outbox::HoldsOther(const std::shared_ptr<const std::string>& current) const {
  const auto first = replies_.begin() + static_cast<std::ptrdiff_t>(first_);
  return std::any_of(first, replies_.end(), [&](const PrivateReply& reply) {
    return reply.shared != nullptr && reply.shared != current;
  });
}

void Outbox::Gather(const FanoutLog& log, std::size_t max_bytes, WriteBatch& batch) const {
  batch.Clear();
  const auto add_all = [&](auto... pieces) {
    return (... && (!batch.full() && batch.Add(pieces, max_bytes)));
  };
  std::uint64_t cursor = cursor_;
  std::size_t skip = sent_of_first_;
  for (std::size_t i = first_; i < replies_.size(); ++i) {
    const PrivateReply& reply = replies_[i];
    const auto [first, second] = Slice(log, cursor, reply.log_until);
    const std::string_view head = reply.head;
    const std::string_view body = reply.shared ? std::string_view(*reply.shared) : "";
    const std::size_t of_head = std::min(skip, head.size());
    if (!add_all(first, second, head.substr(of_head), body.substr(skip - of_head))) return;
    cursor = reply.log_resume;
    skip = 0;
  }
  const auto [first, second] = Slice(log, cursor, LogTarget(log.end()));
  add_all(first, second);
}

// What was sent is dropped when it is the greater part: O(1) for each reply, amortised. An outbox
// that has sent everything owns nothing.
void Outbox::DropSent() {
  if (first_ == replies_.size()) {
    replies_.clear();
    replies_.shrink_to_fit();
    first_ = 0;
  } else if (2 * first_ > replies_.size()) {
    replies_.erase(replies_.begin(), replies_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
}

void Outbox::Advance([[maybe_unused]] std::uint64_t log_end, std::size_t bytes) {
  while (first_ < replies_.size()) {
    PrivateReply& reply = replies_[first_];
    const std::size_t of_log = std::min<std::uint64_t>(bytes, reply.log_until - cursor_);
    cursor_ += of_log;
    bytes -= of_log;
    if (cursor_ < reply.log_until) return;

    const std::size_t of_reply = std::min(bytes, reply.size() - sent_of_first_);
    sent_of_first_ += of_reply;
    bytes -= of_reply;
    if (sent_of_first_ < reply.size()) {
      if (sent_of_first_ > 0) CHATHTTP_MARK("reply-split");
      return;
    }

    cursor_ = reply.log_resume;
    private_bytes_ -= reply.head.size();
    std::string().swap(reply.head);
    reply.shared.reset();
    sent_of_first_ = 0;
    ++first_;
    DropSent();
  }
  assert(bytes <= LogTarget(log_end) - cursor_);
  cursor_ += bytes;
}

}  // namespace chathttp
