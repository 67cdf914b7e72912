#include "transport/connection.h"

#include <algorithm>
#include <utility>

namespace chathttp {

static_assert(sizeof(Connection) <= 72, "an idle member owns one");

bool Unsettled::over() const {
  return last_reason.empty() && unfinished == nullptr && unserved.empty() && outbox.over() &&
         request_ends_by == absl::InfiniteFuture() && accepts_by == absl::InfiniteFuture() &&
         lingers_until == absl::InfiniteFuture();
}

Connection::Connection(ConnectionId connection, std::unique_ptr<ByteStream> byte_stream,
                       WakeList& wakes)
    : id(connection), stream(std::move(byte_stream)), wakes_(wakes) {
  stream->Observe(*this);
}

void Connection::OnReadable() {
  if (!noted_readable) wakes_.readable.push_back(id);
  noted_readable = true;
  wakes_.turn.Request();
}

void Connection::OnWritable() {
  if (!noted_writable) wakes_.writable.push_back(id);
  noted_writable = true;
  wakes_.turn.Request();
}

Unsettled& Connection::NeedUnsettled() {
  if (unsettled_ == nullptr) unsettled_ = std::make_unique<Unsettled>();
  return *unsettled_;
}

void Connection::Settle() {
  if (unsettled_ != nullptr && unsettled_->over()) unsettled_.reset();
}

absl::Time Connection::request_wanted_by() const {
  return request_wanted_by_ == kNever ? absl::InfiniteFuture()
                                      : absl::FromUnixNanos(request_wanted_by_);
}

// Infinite ones, and whatever lies centuries ahead, are as the greatest number.
void Connection::set_request_wanted_by(absl::Time deadline) {
  request_wanted_by_ = absl::ToUnixNanos(deadline);
}

void Connection::set_request_ends_by(absl::Time deadline) {
  if (deadline == absl::InfiniteFuture() && unsettled_ == nullptr) return;
  NeedUnsettled().request_ends_by = deadline;
}

absl::Time Connection::deadline() const {
  if (unsettled_ == nullptr) return request_wanted_by();
  return std::min({request_wanted_by(), unsettled_->request_ends_by, unsettled_->accepts_by,
                   brakes ? unsettled_->brakes_until : absl::InfiniteFuture(),
                   unsettled_->lingers_until});
}

std::size_t Connection::held_bytes() const {
  if (unsettled_ == nullptr) return 0;
  return unsettled_->outbox.held_bytes() + unsettled_->unserved.size();
}

}  // namespace chathttp
