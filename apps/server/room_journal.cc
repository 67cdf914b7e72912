#include "apps/server/room_journal.h"

#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/adapters/posix_disk.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/transport/codec/position.h"
#include "chathttp/transport/journal/recovery.h"

namespace chathttp {
namespace {

absl::Status WithFlag(const absl::Status& status) {
  return {status.code(), absl::StrCat("--history_dir: ", status.message())};
}

void LogFailure(posix::Logger& logger, const absl::Status& status) {
  logger.Log(posix::LogLevel::kError, "journal_failed",
             {{"reason", absl::StrCat(status.message(),
                                      ". The room goes on without a journal; repair the disk and "
                                      "start the server again")}});
}

}  // namespace

absl::StatusOr<std::unique_ptr<RoomJournal>> RoomJournal::Open(posix::EventLoop& loop,
                                                               const JournalSettings& settings,
                                                               std::size_t backlog_bytes,
                                                               posix::Logger& logger) {
  auto disk = posix::PosixDisk::Open(settings.directory);
  if (!disk.ok()) return WithFlag(disk.status());
  RecoveryOptions options;
  options.fresh_epoch = FreshEpoch(loop.WallNow());
  options.broadcast_bytes = backlog_bytes;
  options.repair = settings.repair;
  options.journal.keep_bytes = settings.keep.bytes;
  options.journal.keep_age = settings.keep.age;
  auto recovery = Recover(**disk, options);
  if (!recovery.ok()) return WithFlag(recovery.status());
  for (const std::string& note : recovery->notes) {
    logger.Log(posix::LogLevel::kWarning, "journal", {{"note", note}});
  }
  auto journal = posix::FileJournal::Start(
      loop, *std::move(disk), std::move(recovery->writer),
      {.sync = settings.sync,
       .on_failure = [&logger](const absl::Status& status) { LogFailure(logger, status); }});
  if (!journal.ok()) return WithFlag(journal.status());
  std::unique_ptr<RoomJournal> room(new RoomJournal(std::move(recovery->past), logger));
  room->journal_ = *std::move(journal);
  return room;
}

void RoomJournal::GiveTo(ChatServer& server) {
  logger_.Log(posix::LogLevel::kInfo, "journal_opened",
              {{"position", ToString(past_.end)},
               {"clean", past_.clean ? "yes" : "no"},
               {"broadcasts", std::uint64_t{past_.broadcasts.size()}},
               {"members", std::uint64_t{past_.members.size()}}});
  server.SetJournal(*journal_);
  server.Restore(std::exchange(past_, {}));
}

void RoomJournal::Close() {
  if (journal_->failed()) return;
  if (absl::Status status = journal_->Close(); !status.ok()) LogFailure(logger_, status);
}

JournalFigures RoomJournal::figures() const {
  return {.failed = journal_->failed(), .waiting_bytes = journal_->waiting_bytes()};
}

}  // namespace chathttp
