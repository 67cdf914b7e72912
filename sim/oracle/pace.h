// What could hold a server up, turn by turn: blocked streams, spent limits of a turn, and the brake.
// Work that is due in a turn is done in it unless one of these holds. Part of the oracle.
//
//   Pace pace(server, log);
//   pace.HeldUp(7)                  // requests may wait in turn 7
//   pace.MayWaitToWrite(c, 7, 9)    // bytes for connection c, due in turn 7, may be written in 9
#ifndef CHATHTTP_SIM_ORACLE_PACE_H_
#define CHATHTTP_SIM_ORACLE_PACE_H_

#include <cstddef>
#include <vector>

#include "chathttp/sim/oracle/room_log.h"
#include "chathttp/sim/world/server_record.h"

namespace chathttp::sim {

// So many bytes of old lists no scenario makes: a limit from here on is never reached.
inline constexpr std::size_t kManyListBytes = 1 << 20;

class Pace {
 public:
  // Both outlive the object.
  Pace(const ServerRecord& server, const RoomLog& log);

  // Whether the room as a whole may serve no further request in this turn: the limit of broadcasts
  // is reached, a member has more to be sent than one write takes, or most members are blocked.
  bool HeldUp(std::size_t turn) const { return turn < held_up_.size() && held_up_[turn]; }
  // Whether a stream, such as that of the witness, took as much in this turn or the one before as one
  // write may have: it may be behind.
  bool Behind(std::size_t turn) const { return turn < behind_.size() && behind_[turn]; }
  // Whether broadcasts waited at its end to be durable first.
  bool WaitsForJournal(std::size_t turn) const;
  // The first turn from `turn` on that is not held up, at most `end`. O(1).
  std::size_t NextFree(std::size_t turn, std::size_t end) const;

  // Whether in each turn from `due` to the one before `written` the stream was blocked or took as
  // much as one write may have.
  bool MayWaitToWrite(std::size_t connection, std::size_t due, std::size_t written) const;

  // The earliest turn from `due` on in which bytes that were written in `written` may have been due.
  std::size_t EarliestDue(std::size_t connection, std::size_t due, std::size_t written) const;

 private:
  struct Wait {
    std::size_t from;  // turns [from, to)
    std::size_t to;
    bool blocked;  // else the batch was full
  };

  void AddWaits(std::size_t connection);
  void CountMembers(std::vector<int>& members) const;
  void MarkLists(std::vector<bool>& held_up) const;
  std::size_t EndOfBrake(std::size_t turn) const;
  bool IsRecovering(std::size_t turn) const;
  std::vector<bool> TurnsOfReplays(const std::vector<std::size_t>& said) const;
  void FindHeldUp();
  const Wait* WaitAt(std::size_t connection, std::size_t turn) const;

  const ServerRecord& server_;
  const RoomLog& log_;
  std::vector<std::vector<Wait>> waits_;  // of each connection, in order
  std::vector<bool> behind_;
  std::vector<bool> held_up_;
  std::vector<std::size_t> next_free_;
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_PACE_H_
