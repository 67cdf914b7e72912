#include "chathttp/transport/server/connection.h"

#include <algorithm>
#include <utility>

namespace chathttp {

static_assert(sizeof(Connection) <= 104, "an idle member owns one");

bool Transient::done() const {
  return last_reason.empty() && unfinished == nullptr && unserved.empty() && owed.empty() &&
         request_ends_by == absl::InfiniteFuture() && accepts_by == absl::InfiniteFuture() &&
         lingers_until == absl::InfiniteFuture() && paused_until == absl::InfiniteFuture() &&
         floods_until == absl::InfiniteFuture();
}

Connection::Connection(ConnectionId connection, std::unique_ptr<ByteStream> byte_stream,
                       WakeList& wakes)
    : id(connection), stream(std::move(byte_stream)), wakes_(wakes) {
  stream->Observe(*this);
}

void Connection::OnReadable() {
  // What has come is read when the pause is over.
  if (transient_ != nullptr && transient_->paused_until != absl::InfiniteFuture()) return;
  ReadLater();
  wakes_.turn.Request();
}

void Connection::ReadLater() {
  if (!in_readable_list) wakes_.readable.push_back(id);
  in_readable_list = true;
}

void Connection::OnWritable() {
  if (!in_writable_list) wakes_.writable.push_back(id);
  in_writable_list = true;
  wakes_.turn.Request();
}

Transient& Connection::EnsureTransient() {
  if (transient_ == nullptr) transient_ = std::make_unique<Transient>();
  return *transient_;
}

void Connection::FreeTransientIfDone() {
  if (transient_ != nullptr && transient_->done()) transient_.reset();
}

absl::Time Connection::request_wanted_by() const {
  return request_wanted_by_ == kNever ? absl::InfiniteFuture()
                                      : absl::FromUnixNanos(request_wanted_by_);
}

// ToUnixNanos maps InfiniteFuture, and times after the year 2262, to kNever.
void Connection::set_request_wanted_by(absl::Time deadline) {
  request_wanted_by_ = absl::ToUnixNanos(deadline);
}

void Connection::set_request_ends_by(absl::Time deadline) {
  if (deadline == absl::InfiniteFuture() && transient_ == nullptr) return;
  EnsureTransient().request_ends_by = deadline;
}

void Connection::Pause(absl::Time until, absl::Time limit) {
  Transient& transient = EnsureTransient();
  transient.floods_until = std::min(transient.floods_until, limit);
  transient.paused_until = std::min(until, transient.floods_until);
}

absl::Time Connection::deadline() const {
  if (transient_ == nullptr) return request_wanted_by();
  // A peer whose request waits for the log is not late.
  const absl::Time request_by = owes() ? absl::InfiniteFuture() : request_wanted_by();
  return std::min({request_by, transient_->request_ends_by, transient_->accepts_by,
                   brakes ? transient_->brakes_until : absl::InfiniteFuture(),
                   transient_->lingers_until, transient_->paused_until});
}

std::size_t Connection::held_bytes() const {
  std::size_t bytes = outbox.held_bytes();
  if (transient_ == nullptr) return bytes;
  bytes += transient_->unserved.size() + transient_->owed.size() * sizeof(Owed);
  for (const Owed& owed : transient_->owed) bytes += owed.answer ? owed.answer->entity.size() : 0;
  return bytes;
}

}  // namespace chathttp
