// The connections of a log, and how a server finds its place in it.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/adapters/redis/redis_error.h"
#include "chathttp/adapters/redis/redis_log_impl.h"
#include "chathttp/domain/absl_view.h"

namespace chathttp::redis {
namespace {

constexpr std::size_t kReasonBytes = 200;

}  // namespace

void RedisLog::Impl::Connect() {
  reconnect_ = kNoTimer;
  ++connects_;
  const auto make = [this] {
    return std::make_unique<RedisConnection>(network_, scheduler_, options_.room.endpoint,
                                             Credentials{options_.room.user, options_.password},
                                             [this](const absl::Status& reason) { Lost(reason); });
  };
  reader_ = make();
  appender_ = make();
  top_.reset();
  missing_from_.reset();
  read_from_ = replica_.position();
  is_reading_ = has_sent_up_ = is_snapshot_on_way_ = false;
  refusal_.clear();
  writer_.Resend();
  MakeProgress();
  FindPlace();
  if (restart_epoch_ != 0) SendRestart();
}

void RedisLog::Impl::Lost(const absl::Status& reason) {
  if (absl::IsUnauthenticated(reason)) {
    return Fail(Failure::Kind::kConfiguration,
                absl::StrCat(reason.message(), " by ", ToString(options_.room.endpoint),
                             "; correct the user in the URL of the room, or --log_password_file"));
  }
  Drop(StdView(reason.message()));
}

void RedisLog::Impl::Drop(std::string_view reason) {
  if (failure_ || reconnect_ != kNoTimer) return;
  reader_->Close();
  appender_->Close();
  const absl::Duration wait = backoff_.Next();
  Note(absl::StrCat(AbslView(reason), "; connecting again in ",
                    absl::FormatDuration(absl::Ceil(wait, absl::Milliseconds(1)))));
  reconnect_ = scheduler_.RunAt(scheduler_.Now() + wait, [this] { Connect(); });
}

void RedisLog::Impl::Fail(Failure::Kind kind, std::string message) {
  if (failure_) return;
  failure_ = {kind, std::move(message)};
  reader_->Close();
  appender_->Close();
  scheduler_.Cancel(std::exchange(reconnect_, kNoTimer));
  turn_.Request();
}

void RedisLog::Impl::FailRoomGone() {
  Fail(Failure::Kind::kRoomGone,
       absl::StrCat("room is gone: start one server with --create for a new one, since ",
                    ToString(options_.room.endpoint), " has no stream ", log_key_));
}

void RedisLog::Impl::OnWrongReply(const RespValue& reply, std::string_view command) {
  const std::string what =
      absl::StrCat(ToString(options_.room.endpoint), " answered ", AbslView(command), " of ",
                   options_.room.room, " with ", Describe(reply));
  if (reply.is_error() && KindOfError(reply.text) == ErrorKind::kConfiguration) {
    return Fail(Failure::Kind::kConfiguration,
                absl::StrCat(what, "; ", AbslView(AdviceFor(reply.text))));
  }
  Drop(what);
}

// Asks for the last entry of the log and for that at the place of this server or, if it has no place,
// for a snapshot.
void RedisLog::Impl::FindPlace() {
  if (options_.create && !has_created_) {
    const std::string payload = EncodeEntry(
        {.kind = Entry::Kind::kCreate, .wall = scheduler_.WallNow(), .numbering = NextNumbering()});
    reader_->Send({"XADD", log_key_, "1-0", "d", payload}, [this](RespValue& reply) {
      const bool exists = reply.is_error() && KindOfError(reply.text) == ErrorKind::kBehind;
      if (!exists && reply.type != RespValue::Type::kBulk) return OnWrongReply(reply, "XADD");
      has_created_ = true;
    });
  }
  reader_->Send({"XREVRANGE", log_key_, "+", "-", "COUNT", "1"},
                [this](RespValue& reply) { OnTop(reply); });
  if (has_place_ && !missing_from_) {
    const Position position = replica_.position();
    const std::string id = ToString(position);
    reader_->Send({"XRANGE", log_key_, id, id},
                  [this, position](RespValue& reply) { OnLast(reply, position); });
  } else {
    reader_->Send({"XREVRANGE", snapshot_key_, "+", "-", "COUNT", "1"},
                  [this](RespValue& reply) { OnNewestSnapshot(reply); });
  }
  reader_->Flush();
}

void RedisLog::Impl::OnTop(RespValue& reply) {
  MakeProgress();
  const std::optional<std::vector<StreamEntry>> top = TakeEntries(reply);
  if (!top || top->size() > 1) return OnWrongReply(reply, "XREVRANGE");
  if (top->empty()) return FailRoomGone();
  top_ = top->front().position;
  if (!has_place_ || missing_from_) return;
  if (*top_ < replica_.position()) {
    StartRestart(absl::StrCat("Redis has lost entries: its last one is ", ToString(*top_), ", but ",
                              ToString(replica_.position()), " was read"));
  }
  turn_.Request();
}

// The log may have been lost and have grown again, so the place alone tells little.
void RedisLog::Impl::OnLast(RespValue& reply, const Position& position) {
  const std::optional<std::vector<StreamEntry>> last = TakeEntries(reply);
  if (!last || last->size() > 1) return OnWrongReply(reply, "XRANGE");
  if (!last->empty() && position == replica_.position() &&
      !replica_.IsLast(last->front().payload)) {
    StartRestart(absl::StrCat("Redis has another entry ", ToString(position), " than was read"));
  }
  Read();
}

void RedisLog::Impl::OnNewestSnapshot(RespValue& reply) {
  MakeProgress();
  const std::optional<std::vector<StreamEntry>> newest = TakeEntries(reply);
  if (!newest || newest->size() > 1) return OnWrongReply(reply, "XREVRANGE of a snapshot");
  const std::optional<Position> gap = std::exchange(missing_from_, std::nullopt);
  if (gap && (newest->empty() || newest->front().position <= *gap)) {
    restart_epoch_ = 0;
    StartRestart(absl::StrCat("entries after ", ToString(*gap), " are missing"), gap_epoch_);
  } else if (!newest->empty()) {
    GoOnFrom(newest->front().position, newest->front().payload);
  }
  has_place_ = true;
  turn_.Request();
  Read();
}

void RedisLog::Impl::GoOnFrom(const Position& position, std::string_view payload) {
  const absl::StatusOr<Snapshot> snapshot = DecodeSnapshot(payload);
  if (!snapshot.ok()) {
    return Fail(Failure::Kind::kEntry,
                absl::StrCat("snapshot ", ToString(position), " of ", snapshot_key_, ": ",
                             WithAdvice(snapshot.status())));
  }
  replica_ = Replica(position, *snapshot);
  if (was_fed_) {
    Note("the log was trimmed while this server was away: its members leave, it joins again");
    Push({.kind = Command::Kind::kRestart, .wall = scheduler_.WallNow()});
  }
  LoseNumber();
  restart_epoch_ = 0;
  since_snapshot_ = 0;
  read_from_ = position;
  Push({.kind = Command::Kind::kPast, .wall = scheduler_.WallNow(), .past = &snapshot->room});
  if (position > *top_) {
    StartRestart(absl::StrCat("Redis has lost entries: its last one is ", ToString(*top_),
                              ", but there is a snapshot of ", ToString(position)));
  }
}

bool RedisLog::Impl::MayRead() const {
  return has_place_ && top_ && !missing_from_ && connected() && !is_reading_ &&
         queue_.bytes() <= options_.unread_bytes;
}

void RedisLog::Impl::Read() {
  if (!MayRead()) return;
  is_reading_ = true;
  const std::string from = ToString(read_from_);
  reader_->Send({"XREAD", "COUNT", "512", "BLOCK", "1000", "STREAMS", log_key_, from},
                [this](RespValue& reply) { OnRead(reply); });
  reader_->Flush();
}

void RedisLog::Impl::OnRead(RespValue& reply) {
  is_reading_ = false;
  const std::optional<std::vector<StreamEntry>> entries = TakeReadEntries(reply);
  if (!entries) return OnWrongReply(reply, "XREAD");
  turn_.Request();
  for (const StreamEntry& entry : *entries) {
    if (!Take(entry)) return;
  }
  Read();
}

void RedisLog::Impl::Join() {
  const bool may_join = writer_.server() == ServerNumber{0} && !leaves_ && restart_epoch_ == 0 &&
                        has_place_ && !missing_from_ && has_caught_up() && !has_sent_up_;
  if (!may_join || !connected()) return;
  has_sent_up_ = true;
  if (nonce_ == 0) nonce_ = options_.random() | 1;
  const RoomLimits limits = room_ == nullptr ? RoomLimits() : room_->limits();
  const std::string payload = EncodeEntry({.kind = Entry::Kind::kServerUp,
                                           .wall = scheduler_.WallNow(),
                                           .known = replica_.position(),
                                           .hash = replica_.hash(),
                                           .nonce = nonce_,
                                           .max_members = limits.members,
                                           .max_text_bytes = limits.text_bytes,
                                           .text = options_.server_name});
  MakeProgress();
  appender_->Send(
      {"XADD", log_key_, "NOMKSTREAM", NextId(), "d", payload},
      [this, known = replica_.position()](RespValue& reply) { OnAppended(reply, known); });
}

void RedisLog::Impl::StartRestart(std::string why, std::uint64_t seen_epoch) {
  if (restart_epoch_ != 0) return;
  restart_epoch_ = std::max(replica_.position().epoch, seen_epoch) + 1;
  restart_reason_ = std::move(why);
  if (restart_reason_.size() > kReasonBytes) restart_reason_.resize(kReasonBytes);
  Note(restart_reason_);
  MakeProgress();
  SendRestart();
}

// One of the servers that try wins, since an id is given once; all read its entry.
void RedisLog::Impl::SendRestart() {
  const std::string id = ToString(Position{restart_epoch_, 0});
  const std::string payload = EncodeEntry({.kind = Entry::Kind::kRestart,
                                           .wall = scheduler_.WallNow(),
                                           .numbering = NextNumbering(),
                                           .text = restart_reason_});
  appender_->Send({"XADD", log_key_, "NOMKSTREAM", id, "d", payload},
                  [this](RespValue& reply) { OnAppended(reply, {}); });
  appender_->Flush();
}

std::uint64_t RedisLog::Impl::NextNumbering() const {
  const std::int64_t now = absl::ToUnixMillis(scheduler_.WallNow());
  return std::max(replica_.numbering() + 1,
                  static_cast<std::uint64_t>(std::max<std::int64_t>(now, 0)));
}

void RedisLog::Impl::SendBatches() {
  if (!connected() || restart_epoch_ != 0 || !top_ || missing_from_) return;
  const Position known = replica_.position();
  if (writer_.on_the_way() == 0 && writer_.batches() > 0) MakeProgress();
  while (const std::string* const payload = writer_.NextToSend(known, replica_.hash())) {
    appender_->Send({"XADD", log_key_, "NOMKSTREAM", NextId(), "d", *payload},
                    [this, known](RespValue& reply) { OnAppended(reply, known); });
  }
}

// `known` is the last entry that this server had read when it sent the XADD; an entry of the same
// epoch must come behind it. After a restart that no longer matters.
void RedisLog::Impl::OnAppended(RespValue& reply, const Position& known) {
  if (reply.type == RespValue::Type::kNull) return FailRoomGone();
  if (reply.is_error() && KindOfError(reply.text) == ErrorKind::kBehind) {
    // The room was restarted, which this server is about to read; or somebody else wrote an entry
    // and has deleted it.
    refusal_ =
        absl::StrCat(": the last id of ", log_key_, " is greater than that of any entry of its ",
                     "servers; if this goes on, set it back with XSETID ", log_key_, " ",
                     ToString(replica_.position()));
    return;
  }
  const std::optional<Position> at =
      reply.type == RespValue::Type::kBulk ? ParsePosition(reply.text) : std::nullopt;
  if (!at) return OnWrongReply(reply, "XADD");
  if (*at > known || known.epoch != replica_.position().epoch) return;
  StartRestart(absl::StrCat("Redis has lost entries: it gave ", ToString(*at), " after ",
                            ToString(known), " was read"));
}

std::string RedisLog::Impl::NextId() const { return absl::StrCat(replica_.position().epoch, "-*"); }

}  // namespace chathttp::redis
