#include "chathttp/adapters/shared_log.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "chathttp/adapters/mailbox.h"
#include "chathttp/transport/codec/session_login.h"

namespace chathttp::posix {
namespace {

constexpr std::size_t kMinCapacityBytes = std::size_t{1} << 20;

// A command in the ring, before its text.
struct Record {
  MemberId member;
  std::int64_t wall;  // nanoseconds since the Unix epoch
  std::uint32_t text_bytes;
  ServerNumber server;
  std::uint32_t returns;
  Command::Kind kind;
  bool has_session;  // then a SessionLogin comes before the text

  std::size_t rest_bytes() const { return (has_session ? sizeof(SessionLogin) : 0) + text_bytes; }
};
static_assert(sizeof(Record) == 32);

std::string_view BytesOf(const Record& record) {
  return {reinterpret_cast<const char*>(&record), sizeof(record)};
}

Record RecordOf(const Command& command) {
  Record record;
  std::memset(static_cast<void*>(&record), 0, sizeof(record));  // the padding, too
  record.member = command.member;
  record.wall = absl::ToUnixNanos(command.wall);
  record.text_bytes = static_cast<std::uint32_t>(command.text.size());
  record.server = command.server;
  record.returns = command.returns;
  record.kind = command.kind;
  record.has_session = command.session != nullptr;
  return record;
}

std::string_view SessionBytesOf(const Command& command) {
  if (command.session == nullptr) return {};
  return {reinterpret_cast<const char*>(command.session), sizeof(SessionLogin)};
}

}  // namespace

// What the servers know of each other; guarded by mutex_ of the log.
struct SharedLog::Seat {
  std::uint64_t taken;      // all commands before it were copied out
  bool sleeps = true;       // it has been told that there is nothing, so it must be woken
  bool wants_room = false;  // it waits until the slowest server has taken more
  std::shared_ptr<Mailbox> mailbox;
  std::shared_ptr<Server*> server;  // null when it is gone; used on its thread only

  void Wake() const;
};

class SharedLog::Server final : public OrderedLog {
 public:
  Server(SharedLog& log, ServerNumber number, EventLoop& loop)
      : log_(log), number_(number), epoch_(log.epoch_), seat_(std::make_shared<Seat>()) {
    seat_->mailbox = loop.mailbox();
    seat_->server = std::make_shared<Server*>(this);
    const std::scoped_lock lock(log_.mutex_);
    seat_->taken = log_.ring_.end();
    log_.seats_.push_back(seat_);
  }

  ~Server() override {
    *seat_->server = nullptr;
    const std::scoped_lock lock(log_.mutex_);
    std::erase(log_.seats_, seat_);
    WakeThoseWhoWantRoom();
  }

  ServerNumber self() const override { return number_; }
  std::uint64_t epoch() const override { return epoch_; }
  bool MayAppend() const override { return !is_full_; }

  Order Append(const Command& command) override {
    Record record = RecordOf(command);
    const std::scoped_lock lock(log_.mutex_);
    if (log_.ends_together_ && command.kind == Command::Kind::kServerGone) {
      if (++log_.ended_ < log_.seats_.size()) return Order::kLater;
      record.kind = Command::Kind::kRestart;
    }
    const std::string_view session = SessionBytesOf(command);
    if (held_.empty() && Fits(sizeof(record) + record.rest_bytes())) {
      AppendToRing({BytesOf(record), session, command.text});
    } else {
      held_.append(BytesOf(record));
      held_.append(session);
      held_.append(command.text);
    }
    LookForRoom();
    return Order::kLater;
  }

  bool Next(Command& command) override {
    if (at_ == batch_.size()) TakeNew();
    if (batch_.empty()) return false;
    Record record;
    std::memcpy(&record, batch_.data() + at_, sizeof(record));
    at_ += sizeof(record);
    if (record.has_session) {
      std::memcpy(&session_, batch_.data() + at_, sizeof(session_));
      at_ += sizeof(session_);
    }
    command = {.kind = record.kind,
               .server = record.server,
               .member = record.member,
               .wall = absl::FromUnixNanos(record.wall),
               .returns = record.returns,
               .session = record.has_session ? &session_ : nullptr,
               .text = std::string_view(batch_).substr(at_, record.text_bytes)};
    at_ += record.text_bytes;
    if (record.kind == Command::Kind::kRestart) ++epoch_;
    return true;
  }

  void Observe(Scheduler::Task ready) override { ready_ = std::move(ready); }

  // On the thread of the loop, after a Wake.
  void OnWake() {
    {
      const std::scoped_lock lock(log_.mutex_);
      LookForRoom();
    }
    if (ready_) ready_();
  }

 private:
  // The functions below need the lock, TakeNew excepted.

  std::size_t Unread() const { return static_cast<std::size_t>(log_.ring_.end() - log_.Slowest()); }
  bool Fits(std::size_t bytes) const { return Unread() + bytes <= log_.ring_.capacity_bytes(); }

  void AppendToRing(std::initializer_list<std::string_view> pieces) {
    log_.ring_.Append(pieces);
    for (const auto& seat : log_.seats_) {
      if (std::exchange(seat->sleeps, false)) seat->Wake();
    }
  }

  // Appends the commands that are held back as far as they fit, and updates is_full_.
  void LookForRoom() {
    std::size_t moved = 0;
    while (moved < held_.size()) {
      Record record;
      std::memcpy(&record, held_.data() + moved, sizeof(record));
      const std::size_t bytes = sizeof(record) + record.rest_bytes();
      if (!Fits(bytes)) break;
      AppendToRing({std::string_view(held_).substr(moved, bytes)});
      moved += bytes;
    }
    held_.erase(0, moved);
    is_full_ = !held_.empty() || Unread() > log_.ring_.capacity_bytes() / 2;
    seat_->wants_room = is_full_;
  }

  void WakeThoseWhoWantRoom() {
    if (Unread() > log_.ring_.capacity_bytes() / 2) return;
    for (const auto& seat : log_.seats_) {
      if (std::exchange(seat->wants_room, false)) seat->Wake();
    }
  }

  void TakeNew() {
    at_ = 0;
    batch_.clear();
    const std::scoped_lock lock(log_.mutex_);
    const std::uint64_t end = log_.ring_.end();
    for (const std::string_view piece : log_.ring_.Read(seat_->taken, end)) batch_.append(piece);
    seat_->taken = end;
    seat_->sleeps = batch_.empty();
    WakeThoseWhoWantRoom();
  }

  SharedLog& log_;
  const ServerNumber number_;
  std::uint64_t epoch_;
  const std::shared_ptr<Seat> seat_;
  std::string held_;      // commands for which the ring had no room
  bool is_full_ = false;  // as of the last call that took the lock
  std::string batch_;     // commands that were copied out
  SessionLogin session_;  // of the command that Next gave
  std::size_t at_ = 0;    // of the next one in batch_
  Scheduler::Task ready_;
};

void SharedLog::Seat::Wake() const {
  mailbox->Post([to = server] {
    if (*to != nullptr) (*to)->OnWake();
  });
}

SharedLog::SharedLog(std::uint64_t epoch, std::size_t capacity_bytes)
    : epoch_(epoch), ring_(capacity_bytes) {
  assert(capacity_bytes >= kMinCapacityBytes);
}

SharedLog::~SharedLog() = default;

std::unique_ptr<OrderedLog> SharedLog::AddServer(ServerNumber number, EventLoop& loop) {
  return std::make_unique<Server>(*this, number, loop);
}

void SharedLog::EndTogether() {
  const std::scoped_lock lock(mutex_);
  ends_together_ = true;
}

std::uint64_t SharedLog::Slowest() const {
  std::uint64_t slowest = ring_.end();
  for (const auto& seat : seats_) slowest = std::min(slowest, seat->taken);
  return slowest;
}

}  // namespace chathttp::posix
