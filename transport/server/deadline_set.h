// Deadlines of many connections on one timer of the scheduler.
//
//   DeadlineSet deadlines(scheduler, [&](ConnectionId id) { ... });
//   deadlines.Set(id, scheduler.Now() + absl::Seconds(10));
//
// A deadline may only be set earlier or removed; to let it become later, look again when it comes
// and set the new one then. So a connection whose deadline moves with each byte costs nothing for
// those bytes. One thread, that of the loop.
#ifndef CHATHTTP_TRANSPORT_SERVER_DEADLINE_SET_H_
#define CHATHTTP_TRANSPORT_SERVER_DEADLINE_SET_H_

#include <cstddef>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "transport/ports/scheduler.h"
#include "transport/server/server_event.h"

namespace chathttp {

class DeadlineSet {
 public:
  // `due` is called by `scheduler`, which outlives the set, when a deadline has come. It must see
  // to it that TakeExpired is called before the turn ends.
  DeadlineSet(Scheduler& scheduler, Scheduler::Task due);
  ~DeadlineSet();
  DeadlineSet(const DeadlineSet&) = delete;
  DeadlineSet& operator=(const DeadlineSet&) = delete;

  // Sets the deadline of `id`, unless it has an earlier one. InfiniteFuture: no effect. O(log n).
  void Set(ConnectionId id, absl::Time deadline);

  // Removes the deadline of `id`, if any. O(log n).
  void Remove(ConnectionId id);

  // Removes the deadlines that are not later than now and returns whose they were, the earliest
  // first.
  std::vector<ConnectionId> TakeExpired();

  std::size_t size() const { return by_time_.size(); }

  // For so many deadlines memory is held; in proportion to size(), but for a constant.
  std::size_t capacity() const { return by_id_.capacity(); }

 private:
  void Arm();
  void GiveBack();

  Scheduler& scheduler_;
  Scheduler::Task due_;
  absl::btree_set<std::pair<absl::Time, ConnectionId>> by_time_;
  absl::flat_hash_map<ConnectionId, absl::Time> by_id_;  // looked up in, never iterated
  TimerId timer_ = kNoTimer;
  absl::Time armed_for_ = absl::InfiniteFuture();
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_SERVER_DEADLINE_SET_H_
