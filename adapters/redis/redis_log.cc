#include "chathttp/adapters/redis/redis_log.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/adapters/redis/redis_log_impl.h"

namespace chathttp::redis {
namespace {

constexpr absl::Duration kTickPeriod = absl::Seconds(1);
constexpr absl::Duration kTimerPeriod = absl::Milliseconds(250);
constexpr absl::Duration kAnswerLimit = absl::Seconds(5);
constexpr Backoff::Limits kWaits{.first = absl::Milliseconds(50), .most = absl::Seconds(2)};
constexpr std::size_t kServerNameBytes = 64;

RedisLog::Options WithShortName(RedisLog::Options options) {
  if (options.server_name.size() > kServerNameBytes) options.server_name.resize(kServerNameBytes);
  return options;
}

}  // namespace

RedisLog::Impl::Impl(Network& network, Scheduler& scheduler, const Options& options)
    : network_(network),
      scheduler_(scheduler),
      options_(WithShortName(options)),
      log_key_(absl::StrCat("{", options.room.room, "}:log")),
      snapshot_key_(absl::StrCat("{", options.room.room, "}:snap")),
      progress_at_(scheduler.Now()),
      backoff_(kWaits, options.random),
      next_tick_at_(scheduler.Now()),
      turn_(scheduler, [this] { RunTurn(); }) {
  assert(options.random && options.snapshot_every > 0);
  timer_.emplace(scheduler, kTimerPeriod, [this] { RunTimer(); });
  Connect();
}

RedisLog::Impl::~Impl() { scheduler_.Cancel(reconnect_); }

void RedisLog::Impl::SetRoom(const ChatRoom& room, absl::AnyInvocable<PastRoom()> past) {
  room_ = &room;
  past_ = std::move(past);
  if (room.limits().text_bytes <= kMaxTextBytes) return;
  Fail(Failure::Kind::kConfiguration,
       absl::StrCat("a room in Redis takes texts of at most ", kMaxTextBytes,
                    " bytes, but max_text_bytes is ", room.limits().text_bytes,
                    "; lower it on all servers of the room"));
}

bool RedisLog::Impl::MayAppend() const {
  const bool may = ready() && restart_epoch_ == 0 && !leaves_ && !writer_.full() && !IsSilent();
  was_refused_ |= !may;
  return may;
}

OrderedLog::Order RedisLog::Impl::Append(const Command& command) {
  turn_.Request();
  const bool is_end = command.kind == Command::Kind::kServerGone;
  leaves_ |= is_end;
  const bool has_number = writer_.server() != ServerNumber{0} && command.server == writer_.server();
  if (!has_number || failure_) {
    // A number that is gone has no commands; but a server that stops waits for its end.
    if (is_end) Push(command);
    return Order::kLater;
  }
  BatchCommand batched{.member = command.member, .returns = command.returns, .text = command.text};
  if (command.session != nullptr) batched.session = *command.session;
  switch (command.kind) {
    case Command::Kind::kLogin:
      batched.kind = BatchCommand::Kind::kLogin;
      break;
    case Command::Kind::kSay:
      batched.kind = BatchCommand::Kind::kSay;
      break;
    case Command::Kind::kLogout:
      batched.kind = BatchCommand::Kind::kLogout;
      break;
    case Command::Kind::kServerGone:
      batched = {.kind = BatchCommand::Kind::kGone, .gone = command.server};
      break;
    case Command::Kind::kRestart:
    case Command::Kind::kEpoch:
    case Command::Kind::kPast:
      return Order::kLater;  // the log makes them
  }
  writer_.Append(batched, command.wall, scheduler_.Now());
  return Order::kLater;
}

bool RedisLog::Impl::Next(Command& command) {
  if (std::exchange(loses_self_, false)) {
    self_ = ServerNumber{0};
    is_up_ = false;
  }
  while (!queue_.empty()) {
    if (!queue_.Pop(command)) {
      loses_self_ = command.kind == Command::Kind::kRestart ||
                    (command.kind == Command::Kind::kServerGone && command.server == self_);
      return true;
    }
    self_ = command.server;
    is_up_ = is_new_ready_ = true;
    turn_.Request();
  }
  is_idle_ = true;
  if (MayRead()) turn_.Request();  // there is room for more
  MaySnapshot();
  return false;
}

void RedisLog::Impl::RunTurn() {
  if (failure_) {
    if (std::exchange(told_failure_, true) || !on_failure_) return;
    const Failure failure = *failure_;
    auto failed = std::move(on_failure_);
    return failed(failure);  // may destroy this object
  }
  Join();
  SendBatches();
  if (appender_ != nullptr) appender_->Flush();
  Read();
  if (std::exchange(is_new_ready_, false) && ready() && on_ready_) on_ready_();
  const bool has_news = is_idle_ && !queue_.empty();
  const bool has_room = was_refused_ && MayAppend();
  if (!has_news && !has_room) return;
  is_idle_ = was_refused_ = false;
  if (on_change_) on_change_();
}

void RedisLog::Impl::RunTimer() {
  if (failure_) return;
  const absl::Time now = scheduler_.Now();
  const bool may_tick = writer_.server() != ServerNumber{0} && tick_at_ == absl::InfiniteFuture();
  if (may_tick && next_tick_at_ <= now) {
    writer_.Append({.kind = BatchCommand::Kind::kTick}, scheduler_.WallNow(), now);
    tick_at_ = now;
    next_tick_at_ = now + kTickPeriod;
    turn_.Request();
  }
  if (!connected()) return;
  if (!IsWaiting() || queue_.bytes() > options_.unread_bytes) return MakeProgress();
  if (now - progress_at_ < kAnswerLimit) return;
  Drop(absl::StrCat("nothing of this server came back from Redis for ",
                    absl::FormatDuration(kAnswerLimit), refusal_));
}

bool RedisLog::Impl::IsSilent() const { return scheduler_.Now() - tick_at_ >= kAnswerLimit; }

bool RedisLog::Impl::IsWaiting() const {
  if (!has_place_ || missing_from_ || restart_epoch_ != 0 || !has_caught_up()) return true;
  return writer_.server() == ServerNumber{0} ? !leaves_ : writer_.batches() > 0;
}

RedisLog::Figures RedisLog::Impl::figures() const {
  Figures figures{.reachable = connected() && has_place_ && !IsSilent() && !failure_,
                  .ready = ready(),
                  .round_trip = round_trip_,
                  .window = writer_.on_the_way(),
                  .unread_bytes = queue_.bytes(),
                  .resends = writer_.resends(),
                  .connects = connects_,
                  .restarts = restarts_,
                  .snapshots = snapshots_,
                  .epoch = replica_.position().epoch,
                  .index = replica_.position().index};
  if (writer_.batches() > 0) figures.lag = scheduler_.Now() - writer_.oldest();
  return figures;
}

std::vector<RedisLog::Server> RedisLog::Impl::servers() const {
  std::vector<Server> servers;
  for (const KnownServer& server : replica_.servers()) {
    servers.push_back({.number = server.number,
                       .name = server.name,
                       .self = server.number == writer_.server(),
                       .last_heard = liveness_.LastHeard(server.number)});
  }
  return servers;
}

RedisLog::RedisLog(Network& network, Scheduler& scheduler, const Options& options)
    : impl_(std::make_unique<Impl>(network, scheduler, options)) {}
RedisLog::~RedisLog() = default;

void RedisLog::SetRoom(const ChatRoom& room, absl::AnyInvocable<PastRoom()> past) {
  impl_->SetRoom(room, std::move(past));
}
void RedisLog::OnReady(Scheduler::Task ready) { impl_->OnReady(std::move(ready)); }
void RedisLog::OnFailure(absl::AnyInvocable<void(const Failure&)> failed) {
  impl_->OnFailure(std::move(failed));
}
void RedisLog::OnNote(absl::AnyInvocable<void(std::string_view)> note) {
  impl_->OnNote(std::move(note));
}
bool RedisLog::ready() const { return impl_->ready(); }
RedisLog::Figures RedisLog::figures() const { return impl_->figures(); }
std::vector<RedisLog::Server> RedisLog::servers() const { return impl_->servers(); }
ServerNumber RedisLog::self() const { return impl_->self(); }
std::uint64_t RedisLog::epoch() const { return impl_->epoch(); }
bool RedisLog::MayAppend() const { return impl_->MayAppend(); }
OrderedLog::Order RedisLog::Append(const Command& command) { return impl_->Append(command); }
bool RedisLog::Next(Command& command) { return impl_->Next(command); }
void RedisLog::Observe(Scheduler::Task ready) { impl_->Observe(std::move(ready)); }

}  // namespace chathttp::redis
