// Hands tasks from other threads to the thread of an event loop.
//
//   std::shared_ptr<Mailbox> mailbox = loop.mailbox();
//   std::thread([mailbox] { mailbox->Post([] { ... }); }).detach();
//
// Shared, because a thread that waits for the world (name resolution) may outlive the loop: what
// it posts then is never run. Post may be called by any thread, TakeAll by one.
#ifndef CHATHTTP_ADAPTERS_MAILBOX_H_
#define CHATHTTP_ADAPTERS_MAILBOX_H_

#include <mutex>
#include <vector>

#include "adapters/file_descriptor.h"
#include "transport/ports/scheduler.h"

namespace chathttp::posix {

class Mailbox {
 public:
  // `event` is an eventfd, which becomes readable with each Post.
  explicit Mailbox(FileDescriptor event) : event_(std::move(event)) {}
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  void Post(Scheduler::Task task);

  // The tasks posted since the last call, in order.
  std::vector<Scheduler::Task> TakeAll();

  int descriptor() const { return event_.get(); }

 private:
  const FileDescriptor event_;
  std::mutex mutex_;
  std::vector<Scheduler::Task> tasks_;  // guarded by mutex_
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_MAILBOX_H_
