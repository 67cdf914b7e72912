// Hands tasks from other threads to the thread of an event loop.
//
//   std::shared_ptr<Mailbox> mailbox = loop.mailbox();
//   std::thread([mailbox] { mailbox->Post([] { ... }); }).detach();
//
// Shared, because a blocked thread (name resolution) may outlive the loop; tasks that it posts then
// never run. Post may be called from any thread, TakeAll only from the thread of the loop.
#ifndef CHATHTTP_ADAPTERS_MAILBOX_H_
#define CHATHTTP_ADAPTERS_MAILBOX_H_

#include <mutex>
#include <vector>

#include "chathttp/adapters/file_descriptor.h"
#include "chathttp/transport/ports/scheduler.h"

namespace chathttp::posix {

class Mailbox {
 public:
  // `event` is an eventfd. Each Post makes it readable.
  explicit Mailbox(FileDescriptor event) : event_(std::move(event)) {}
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  // `task` must not be empty (asserted).
  void Post(Scheduler::Task task);

  // Returns the tasks posted since the last call, in order.
  std::vector<Scheduler::Task> TakeAll();

  int descriptor() const { return event_.get(); }

 private:
  const FileDescriptor event_;
  std::mutex mutex_;
  std::vector<Scheduler::Task> tasks_;  // guarded by mutex_
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_MAILBOX_H_
