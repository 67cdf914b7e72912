// G, the list of broadcasts that the witness received, and the resulting model of the room: its
// members at each point, their names, and their messages. Part of the oracle.
//
// A position is a number of items: position 3 lies behind the third item. A session is one login;
// its window holds the positions at which its member gets what comes next.
#ifndef CHATHTTP_SIM_ORACLE_LOG_H_
#define CHATHTTP_SIM_ORACLE_LOG_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "chathttp/sim/oracle/evidence.h"
#include "chathttp/sim/oracle/rules.h"
#include "chathttp/sim/oracle/transcript.h"

namespace chathttp::sim {

struct Session {
  std::string_view name;  // as given at login
  std::size_t begin = 0;  // position behind its "entered"
  std::size_t end = 0;    // position before its "left"; the last one if there is none
  bool left = false;
  std::vector<std::size_t> said = {};  // items
};

class RoomLog {
 public:
  // Takes the broadcasts out of what the witness heard. Reports what no room may broadcast:
  // "unique-names", "enter-say-leave", "one-left", "invention", "memory", "order".
  RoomLog(Evidence& evidence, const Transcript& witness);

  const Broadcasts& broadcasts() const { return broadcasts_; }
  const std::vector<Heard>& items() const { return broadcasts_.items(); }

  // The sessions in order of login, that of the witness first.
  const std::vector<Session>& sessions() const { return sessions_; }
  absl::Duration EnteredAt(const Session& session) const;
  // InfiniteDuration() if it never left.
  absl::Duration LeftAt(const Session& session) const;

  // Bytes of the items before `position`.
  std::uint64_t BytesBefore(std::size_t position) const { return bytes_before_[position]; }

  // The list of members at a position, as the entity of a GET has it behind its heading.
  std::string ListAt(std::size_t position) const;
  std::size_t MembersAtEnd() const { return open_.size(); }

  // Who had a name at some time between `from` and `to`, as far as times at the witness tell.
  enum class Held { kNever, kBefore, kThen };
  Held NameHeld(std::string_view name, absl::Duration from, absl::Duration to) const;
  bool WasFull(std::size_t limit, absl::Duration from, absl::Duration to) const;

 private:
  void Take(const Heard& heard);
  void Enter(const Heard& item);
  void Say(const Heard& item);
  void Leave(const Heard& item);
  Session* Open(std::string_view name);

  Evidence& evidence_;
  Broadcasts broadcasts_;
  std::vector<Session> sessions_;
  std::vector<std::size_t> members_;  // at each position, how many
  std::vector<std::uint64_t> bytes_before_;
  std::map<std::string, std::size_t> open_;  // sessions by folded name
  std::map<std::string, std::vector<std::size_t>> by_name_;
  std::string_view datetime_;
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_LOG_H_
