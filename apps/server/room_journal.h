// The journal of the room of chat_server: opened and recovered before the server listens, closed when it
// has stopped.
//
//   auto journal = RoomJournal::Open(loop, settings, backlog_bytes, logger);
//   if (!journal.ok()) return journal.status();
//   (*journal)->GiveTo(server);
//   ...
//   (*journal)->Close();      // the server has stopped
#ifndef CHATHTTP_APPS_SERVER_ROOM_JOURNAL_H_
#define CHATHTTP_APPS_SERVER_ROOM_JOURNAL_H_

#include <cstddef>
#include <memory>

#include "absl/status/statusor.h"
#include "apps/server/journal_settings.h"
#include "chathttp/adapters/event_loop.h"
#include "chathttp/adapters/file_journal.h"
#include "chathttp/adapters/log.h"
#include "chathttp/transport/journal/past_room.h"
#include "chathttp/transport/metrics/server_metrics.h"
#include "chathttp/transport/server/chat_server.h"

namespace chathttp {

class RoomJournal {
 public:
  // Recovers the room, of whose last broadcasts it keeps `backlog_bytes` for GiveTo. Logs what it has
  // found, and later a failure of the disk. Loop and logger must outlive the object. Errors: those of
  // PosixDisk::Open, Recover and FileJournal::Start.
  static absl::StatusOr<std::unique_ptr<RoomJournal>> Open(posix::EventLoop& loop,
                                                           const JournalSettings& settings,
                                                           std::size_t backlog_bytes,
                                                           posix::Logger& logger);

  // Has the server go on where the room stopped, and write to the journal. Once, before it listens.
  void GiveTo(ChatServer& server);

  // The server has stopped cleanly. Waits for the disk.
  void Close();

  JournalFigures figures() const;

 private:
  RoomJournal(PastRoom past, posix::Logger& logger) : past_(std::move(past)), logger_(logger) {}

  PastRoom past_;  // until GiveTo
  posix::Logger& logger_;
  std::unique_ptr<posix::FileJournal> journal_;
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_SERVER_ROOM_JOURNAL_H_
