// The deadlines of many connections, with one timer of the scheduler.
//
//   DeadlineSet deadlines(scheduler, [&](ConnectionId id) { ... });
//   deadlines.Set(id, scheduler.Now() + absl::Seconds(10));
//
// A deadline can only be moved earlier or removed. To move it later, wait until it expires and set
// the new one then. So a connection whose deadline moves with each byte has no cost per byte. Use
// it only on the loop's thread.
#ifndef CHATHTTP_TRANSPORT_SERVER_DEADLINE_SET_H_
#define CHATHTTP_TRANSPORT_SERVER_DEADLINE_SET_H_

#include <cstddef>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "chathttp/transport/ports/scheduler.h"
#include "chathttp/transport/server/server_event.h"

namespace chathttp {

class DeadlineSet {
 public:
  // `scheduler` must outlive the set; it calls `due` when a deadline expires. `due` must cause a
  // call of TakeExpired in the same turn.
  DeadlineSet(Scheduler& scheduler, Scheduler::Task due);
  ~DeadlineSet();
  DeadlineSet(const DeadlineSet&) = delete;
  DeadlineSet& operator=(const DeadlineSet&) = delete;

  // Sets the deadline of `id`, unless it has an earlier one. InfiniteFuture has no effect. O(log
  // n).
  void Set(ConnectionId id, absl::Time deadline);

  // Removes the deadline of `id`, if any. O(log n).
  void Remove(ConnectionId id);

  // Removes all deadlines up to now and returns their connections, the earliest first. O(log n) for
  // each.
  std::vector<ConnectionId> TakeExpired();

  std::size_t size() const { return by_time_.size(); }

  // The number of deadlines that the held memory has room for: O(size()), or a small constant.
  std::size_t capacity() const { return by_id_.capacity(); }

 private:
  void Arm();
  void ShrinkTable();

  Scheduler& scheduler_;
  Scheduler::Task due_;
  absl::btree_set<std::pair<absl::Time, ConnectionId>> by_time_;
  absl::flat_hash_map<ConnectionId, absl::Time> by_id_;  // used for look-ups, never iterated
  TimerId timer_ = kNoTimer;
  absl::Time armed_for_ = absl::InfiniteFuture();
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_SERVER_DEADLINE_SET_H_
