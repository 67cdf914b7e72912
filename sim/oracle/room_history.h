// What a room has broadcast over all lives of its server, as far as its journal kept it, and what each
// life begins with. Part of the oracle.
//
//   RoomHistory history(evidence);
//   RoomPast past = history.Begin(life);       // of each life, in order
//   RoomLog log(evidence, life, past);
//   history.Add(life, log);
//   history.CheckLeft();                       // behind the last one
//
// Reports what a server recovered from its journal and should not have, or the other way round:
// "journal" (it is not what was said), "durable" (what was heard is lost) and "epoch" (positions are used
// again).
#ifndef CHATHTTP_SIM_ORACLE_ROOM_HISTORY_H_
#define CHATHTTP_SIM_ORACLE_ROOM_HISTORY_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "chathttp/sim/oracle/evidence.h"
#include "chathttp/sim/oracle/rules.h"
#include "chathttp/sim/world/server_record.h"

namespace chathttp::sim {

// A broadcast of an earlier life.
struct KeptBroadcast {
  Told told = Told::kNonsense;
  std::string name;
  std::string text;
  std::string raw;
  std::string token = {};  // that its member was told, of an "entered"
  bool heard = false;      // by the witness
  absl::Duration at = {};  // when it was written to the witness
};

// A member of an earlier life that was in the room when its server ended.
struct KeptMember {
  std::string name;
  std::uint64_t entered = 0;  // the number of its "entered"
  std::string token = {};     // empty: it was not told one, or did not hear it
  bool may_return = false;
};

// What a life of a server begins with.
struct RoomPast {
  std::uint64_t count = 0;                     // broadcasts of the room so far
  std::vector<KeptBroadcast> broadcasts = {};  // the last ones of these, oldest first
  std::vector<KeptMember> members = {};        // in order of login
};

class RoomLog;

class RoomHistory {
 public:
  // `evidence` outlives the object.
  explicit RoomHistory(Evidence& evidence) : evidence_(evidence) {}

  // Of a server without a journal: nothing.
  RoomPast Begin(const ServerRecord& life);
  void Add(const ServerRecord& life, const RoomLog& log);
  // Compares what is left in the journal when the server is gone, and the starts that it refused.
  void CheckLeft();

 private:
  RoomPast Recover(const ServerOptions& options, const RecoveredRoom& recovered, absl::Duration at);
  // What is known without the lives before.
  RoomPast OnlyRecovered(const ServerOptions& options, const PastRoom& past) const;
  void CheckEpoch(const PastRoom& past, absl::Duration at);
  void CheckLoss(const PastRoom& past, absl::Duration at);
  void CheckBroadcasts(const RecoveredRoom& recovered);
  void CheckMembers(const PastRoom& past, const std::vector<KeptMember>& expected,
                    absl::Duration at);
  void TakeUnheard(const ServerOptions& options, const PastRoom& past);
  std::vector<KeptMember> MembersNow() const;
  bool MayLose(absl::Duration at, absl::Duration heard) const;
  bool HadFault(Verb verb, absl::Duration before,
                absl::Duration since = absl::ZeroDuration()) const;
  // Whether bytes of the journal changed that were on the disk for good.
  bool WasDamaged(absl::Duration before) const;

  Evidence& evidence_;
  std::vector<KeptBroadcast> all_;  // by their numbers, from 1 on
  bool known_ = true;               // all of them are
  std::map<std::uint64_t, std::uint64_t>
      epochs_;  // the last number that each has in common with all_
  std::uint64_t last_epoch_ = 0;
  const ServerRecord* last_ = nullptr;  // the life before
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_ROOM_HISTORY_H_
