// The effects of the entries of the log, and snapshots.
#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "chathttp/adapters/redis/redis_error.h"
#include "chathttp/adapters/redis/redis_log_impl.h"

namespace chathttp::redis {
namespace {

constexpr std::size_t kSnapshotPieceBytes = std::size_t{256} << 10;  // of one field

}  // namespace

bool RedisLog::Impl::Take(const StreamEntry& entry) {
  if (entry.position <= read_from_) {
    Drop(absl::StrCat("Redis gave the entry ", ToString(entry.position), " after ",
                      ToString(read_from_)));
    return false;
  }
  read_from_ = entry.position;
  if (entry.position.epoch < restart_epoch_) return true;
  const absl::StatusOr<Entry> decoded = DecodeEntry(entry.payload);
  if (!decoded.ok()) {
    Fail(Failure::Kind::kEntry, absl::StrCat("entry ", ToString(entry.position), " of ", log_key_,
                                             ": ", WithAdvice(decoded.status())));
    return false;
  }
  const std::string place = ToString(entry.position);
  switch (replica_.Judge(entry.position, *decoded)) {
    case Replica::Judgement::kNext:
      break;
    case Replica::Judgement::kMissing:
      // Perhaps they were trimmed, and there is a snapshot of a later place.
      missing_from_ = replica_.position();
      gap_epoch_ = entry.position.epoch;
      FindPlace();
      return false;
    case Replica::Judgement::kOtherPast:
      StartRestart(absl::StrCat("the server that wrote entry ", place, " had read other entries"),
                   entry.position.epoch);
      return true;
    case Replica::Judgement::kFull:
      StartRestart("the numbers of servers are used up");
      return true;
  }
  if (!has_caught_up()) MakeProgress();
  ++since_snapshot_;
  replica_.Apply(entry.position, entry.payload, *decoded, *this);
  if (decoded->kind == Entry::Kind::kBatch && replica_.Find(decoded->server) != nullptr) {
    liveness_.OnEntry(decoded->server, scheduler_.WallNow());
  }
  return true;
}

void RedisLog::Impl::OnRestart(const Entry& entry) {
  restart_epoch_ = 0;
  MakeProgress();
  if (was_fed_) {
    ++restarts_;
    Note(absl::StrCat("the room was restarted: ",
                      absl::string_view(entry.text.data(), entry.text.size())));
    Push({.kind = Command::Kind::kRestart, .wall = entry.wall});
  } else {
    queue_.Push({.kind = Command::Kind::kEpoch, .wall = entry.wall}, replica_.numbering());
  }
  LoseNumber();
}

void RedisLog::Impl::OnNumbering() { Push({.kind = Command::Kind::kEpoch}); }

void RedisLog::Impl::OnServerUp(ServerNumber number, std::uint64_t nonce) {
  liveness_.OnEntry(number, scheduler_.WallNow());
  if (nonce != nonce_) return;
  nonce_ = 0;
  writer_.Start(number);
  queue_.PushNumber(number, replica_.numbering());
  was_fed_ = true;
  next_tick_at_ = scheduler_.Now();
  backoff_.Reset();
  MakeProgress();
}

void RedisLog::Impl::OnBatch(ServerNumber server, std::uint64_t n) {
  if (server < writer_.server()) return CheckLimits(server);
  if (server != writer_.server()) return;
  if (!writer_.OnBack(n)) return StartRestart("another program appends as this server");
  backoff_.Reset();
  MakeProgress();
}

// Servers with other limits would apply commands with other effects, so their rooms would differ. The
// one that came later goes; one that does not live any more does not count.
void RedisLog::Impl::CheckLimits(ServerNumber earlier) {
  const KnownServer* const other = replica_.Find(earlier);
  const KnownServer* const own = replica_.Find(writer_.server());
  if (other == nullptr || own == nullptr) return;
  if (other->max_members == own->max_members && other->max_text_bytes == own->max_text_bytes)
    return;
  Fail(Failure::Kind::kConfiguration,
       absl::StrCat("all servers of a room need the same limits, but server ",
                    static_cast<std::uint32_t>(earlier), " of ", options_.room.room,
                    " has max_members=", other->max_members,
                    " and max_text_bytes=", other->max_text_bytes, ", this one has ",
                    own->max_members, " and ", own->max_text_bytes,
                    "; start this one with those limits, or all others with these"));
}

void RedisLog::Impl::OnDroppedBatch(ServerNumber server, std::uint64_t n) {
  if (server == writer_.server()) writer_.OnDropped(n);
}

void RedisLog::Impl::OnTick(ServerNumber server) {
  if (server != writer_.server()) return;
  const absl::Time now = scheduler_.Now();
  round_trip_ = now - tick_at_;
  tick_at_ = absl::InfiniteFuture();
  for (const KnownServer* const silent : liveness_.OnOwnTick(replica_.servers(), server)) {
    Note(absl::StrCat("server ", static_cast<std::uint32_t>(silent->number),
                      " has been silent for ", Liveness::kSilentTicks, " signs of life"));
    writer_.Append(
        {.kind = BatchCommand::Kind::kGone, .gone = silent->number, .heard = silent->heard},
        scheduler_.WallNow(), now);
  }
}

void RedisLog::Impl::OnCommand(const Command& command) {
  Push(command);
  if (command.kind != Command::Kind::kServerGone) return;
  liveness_.Forget(command.server);
  if (command.server != writer_.server()) return;
  if (!leaves_) Note("the other servers have missed this one: its members leave, it joins again");
  LoseNumber();
}

void RedisLog::Impl::Push(const Command& command) {
  queue_.Push(command, replica_.numbering());
  was_fed_ = true;
}

void RedisLog::Impl::LoseNumber() {
  writer_.Start(ServerNumber{0});
  nonce_ = 0;
  has_sent_up_ = false;
  tick_at_ = absl::InfiniteFuture();
  liveness_.Clear();
}

// All commands before the place of replica_ are applied to the room: queue_ is empty.
void RedisLog::Impl::MaySnapshot() {
  const bool is_due = since_snapshot_ >= options_.snapshot_every && !is_snapshot_on_way_;
  if (!is_due || !past_ || !connected() || !ready() || restart_epoch_ != 0) return;
  if (replica_.servers().front().number != writer_.server()) return;
  Snapshot snapshot = replica_.MakeSnapshot();
  snapshot.room = past_();
  const std::string payload = EncodeSnapshot(snapshot);
  const Position position = replica_.position();
  const std::string id = ToString(position);
  std::vector<std::string_view> arguments = {"XADD", snapshot_key_, "MAXLEN", "2", id};
  for (std::size_t at = 0; at < payload.size(); at += kSnapshotPieceBytes) {
    arguments.push_back("d");
    arguments.push_back(std::string_view(payload).substr(at, kSnapshotPieceBytes));
  }
  is_snapshot_on_way_ = true;
  turn_.Request();
  appender_->Send(arguments,
                  [this, position](RespValue& reply) { OnSnapshotTaken(reply, position); });
}

void RedisLog::Impl::OnSnapshotTaken(RespValue& reply, const Position& position) {
  is_snapshot_on_way_ = false;
  if (reply.is_error() && KindOfError(reply.text) == ErrorKind::kBehind) {
    since_snapshot_ = 0;  // there is a newer one
    return;
  }
  if (reply.type != RespValue::Type::kBulk) return OnWrongReply(reply, "XADD of a snapshot");
  since_snapshot_ = 0;
  ++snapshots_;
  const std::string before = absl::StrCat("(", ToString(position));
  appender_->Send({"XREVRANGE", snapshot_key_, before, "-", "COUNT", "1"},
                  [this](RespValue& older) { OnOlderSnapshot(older); });
  appender_->Flush();
}

// A server that joins may have read the older snapshot, and reads the log from there.
void RedisLog::Impl::OnOlderSnapshot(RespValue& reply) {
  const std::optional<std::vector<StreamEntry>> older = TakeEntries(reply);
  if (!older) return OnWrongReply(reply, "XREVRANGE of the older snapshot");
  if (older->empty()) return;
  const std::string id = ToString(older->front().position);
  appender_->Send({"XTRIM", log_key_, "MINID", id}, [this](RespValue& trimmed) {
    if (trimmed.type != RespValue::Type::kInteger) OnWrongReply(trimmed, "XTRIM");
  });
  appender_->Flush();
}

}  // namespace chathttp::redis
