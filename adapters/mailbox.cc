#include "chathttp/adapters/mailbox.h"

#include <sys/eventfd.h>

#include <cassert>
#include <utility>

namespace chathttp::posix {

void Mailbox::Post(Scheduler::Task task) {
  assert(task);
  const std::scoped_lock lock(mutex_);
  tasks_.push_back(std::move(task));
  eventfd_write(event_.get(), 1);
}

std::vector<Scheduler::Task> Mailbox::TakeAll() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(tasks_, {});
}

}  // namespace chathttp::posix
