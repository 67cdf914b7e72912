// G, the list of all broadcasts of a server's life, and the model of the room that follows from it:
// its members at each point, and their logins. Part of the oracle.
//
// G is what the server wrote to the witness. A position is a number of items: position 3 lies behind
// the third item. A session is one login; its window holds the positions at which its member gets
// what comes next. A member that may come back has its session on several connections, one after
// another: these are its visits. Broadcasts also have numbers, which count all of a room, from 1.
#ifndef CHATHTTP_SIM_ORACLE_ROOM_LOG_H_
#define CHATHTTP_SIM_ORACLE_ROOM_LOG_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chathttp/sim/oracle/evidence.h"
#include "chathttp/sim/oracle/room_history.h"
#include "chathttp/sim/oracle/rules.h"
#include "chathttp/sim/world/server_record.h"

namespace chathttp::sim {

inline constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);

struct Item {
  Told told = Told::kNonsense;
  std::string_view name = {};
  std::string_view text = {};
  std::string_view raw = {};
  std::string_view datetime = {};
  std::size_t written_turn = 0;    // in which its first byte was written to the witness
  std::size_t session = kNowhere;  // whose it is
};

struct Session {
  // Index in ServerRecord::connections: of its first visit. kNowhere: in an earlier life.
  std::size_t connection = 0;
  std::string_view name;     // as given at login
  std::uint64_t number = 0;  // of its "entered"; of one server
  std::size_t begin = 0;     // position behind its "entered"; 0 if that was in an earlier life
  std::size_t end = 0;       // position before its "left"; the last one if there is none
  Moment entered;
  const ReportedEvent* left = nullptr;
  std::vector<std::size_t> said = {};    // items
  std::vector<std::size_t> visits = {};  // see RoomLog::visits
  std::string_view token = {};           // as its login was told, if it has one
};

// The part of a session on one connection.
struct Visit {
  enum class End { kOpen, kLeft, kAway, kTakenOver };

  std::size_t session = 0;     // index
  std::size_t connection = 0;  // kNowhere: the time before the life, in which it is away
  std::size_t begin = 0;       // position at which it begins
  std::size_t end = 0;         // position at which its connection was lost or the session ended
  Moment came;                 // entered or returned
  End how = End::kOpen;
  const Moment* told = nullptr;  // of several servers: when the server told the log that it leaves
  bool lost_unseen =
      false;  // of several servers: its connection was gone before it came back there
  const ReportedEvent* gone = nullptr;  // left, away, or the return that took it over
};

// Whether the server ended while its journal held back what it had done: nobody has heard that.
bool WasHeldBack(const ServerRecord& server);

class LifeOrder;
struct AwaySpan;

class RoomLog {
 public:
  // Reports what no room may broadcast and what the operator was told wrongly of it: "invention",
  // "unique-names", "enter-say-leave", "one-left", "events".
  // `past`: what the life begins with.
  RoomLog(Evidence& evidence, const ServerRecord& server, RoomPast past = {});
  // Of a server of several, whose order is known: G of the room, as far as it goes here, and the
  // sessions as this server saw them: those on its connections, and those that were away there. One that
  // goes on at another server ends here. `spans`: see AwaySpansOf.
  RoomLog(Evidence& evidence, const ServerRecord& server, const LifeOrder& life,
          const std::vector<AwaySpan>& spans);

  const std::vector<Item>& items() const { return items_; }
  // In order of login: those of earlier lives, that of the witness, the others.
  const std::vector<Session>& sessions() const { return sessions_; }
  // Of one connection, in order.
  const std::vector<std::size_t>& SessionsOf(std::size_t connection) const;
  const std::vector<Visit>& visits() const { return visits_; }
  // The visits on one connection, in order: one for each of SessionsOf.
  const std::vector<std::size_t>& VisitsOf(std::size_t connection) const {
    return visits_by_connection_[connection];
  }
  // The events about one connection, in order.
  const std::vector<const ReportedEvent*>& EventsOf(std::size_t connection) const {
    return events_[connection];
  }

  // Bytes of the items before `position`.
  std::uint64_t BytesBefore(std::size_t position) const { return bytes_before_[position]; }
  std::uint64_t bytes() const { return bytes_before_.back(); }

  // The number of broadcasts at a position.
  std::uint64_t NumberAt(std::size_t position) const { return heard_from_ + position; }
  // The position of a number that is not before the first item.
  std::size_t PositionOf(std::uint64_t number) const {
    return static_cast<std::size_t>(number - heard_from_);
  }
  // The last broadcast that the witness did not hear.
  std::uint64_t heard_from() const { return heard_from_; }
  // The bytes of those that the witness did not hear and the server knows.
  std::uint64_t unheard_bytes() const;
  // How many left because the server was restarted.
  std::uint64_t left_at_start() const { return heard_from_ - past_.count - 1; }
  // The bytes of the broadcasts behind number `from` up to `to`; nullopt if some are not known.
  std::optional<std::uint64_t> BytesBetween(std::uint64_t from, std::uint64_t to) const;
  // The broadcast with this number, which is known.
  const Item& ItemOf(std::uint64_t number) const;

  // The session that a token holds at a moment, or null.
  const Session* HolderOf(std::string_view token, std::uint64_t order) const;
  // Whether one more member that connects from there may be away.
  bool MayBeAway(const ServerConnection& connection, std::uint64_t order) const;
  bool IsAway(const Session& session, std::uint64_t order) const;

  // The entity of a GET at a position.
  std::string ListAt(std::size_t position) const;

  // Whether the login lasts at a moment that `order` names.
  static bool IsOpen(const Session& session, std::uint64_t order);
  // The room at such a moment: whether somebody has the name, and how many members.
  bool HasName(std::string_view name, std::uint64_t order) const;
  std::size_t Members(std::uint64_t order) const;
  // Whether somebody had the name and left before.
  bool HadName(std::string_view name, std::uint64_t order) const;

  // Whether the items and events agree, so that sessions are known. Otherwise nothing that depends
  // on them is checked.
  bool sound() const { return sound_; }
  // Then: whether the life ended before anything was heard.
  bool silent() const { return silent_; }

 private:
  // A member that entered shortly before its server was killed.
  struct CutOff {
    std::string_view name;
    std::uint64_t entered;  // the order of the events
    std::uint64_t left = static_cast<std::uint64_t>(-1);
  };

  void TakeCutOff(const ReportedEvent& event);
  static bool IsOpen(const CutOff& member, std::uint64_t order);
  void SortEvents(std::vector<const ReportedEvent*>& changes);
  void ReadItems();
  void Take(const Item& item, const ReportedEvent* event);
  void Enter(const Item& item, const ReportedEvent& event);
  void GoAway(const ReportedEvent& event);
  void Return(const ReportedEvent& event);
  Visit* CurrentVisit(std::string_view name);
  std::optional<std::size_t> ConnectionOf(const ReportedEvent& event) const;
  void AddVisit(std::size_t session, std::size_t connection, std::size_t begin,
                const ReportedEvent& event);
  void NoteUnheard(Told told, std::string_view name, const ReportedEvent& event);
  void Restore(const KeptMember& member);
  bool TakeThoseWhoCannotReturn(std::vector<const ReportedEvent*>& changes);
  void FindTokens();
  void Leave(const Item& item, const ReportedEvent& event);
  void Say(const Item& item);
  void ReadVisits(const LifeOrder& life, const std::vector<AwaySpan>& spans);
  void Come(const LifeOrder& life, std::size_t visit, std::size_t connection, const Moment& came);
  void GoAway(const LifeOrder& life, const AwaySpan& span);
  Session& SessionBehind(const LifeOrder& life, std::size_t visit, std::size_t connection,
                         const Moment& came);
  const ReportedEvent* Note(ServerEvent::Kind kind, const Session& session, const Moment& when);
  void Unsound(std::string_view invariant, std::string message);

  Evidence& evidence_;
  const ServerRecord& server_;
  const RoomPast past_;
  bool sound_ = true;
  bool silent_ = false;
  std::vector<Item> items_;
  std::vector<std::uint64_t> bytes_before_;
  std::vector<Session> sessions_;
  std::deque<ReportedEvent> noted_;                  // of the sessions, if the order is known
  std::map<std::size_t, std::size_t> last_of_stay_;  // sessions, by OrderedVisit::stay
  std::vector<std::size_t> last_visit_;              // OrderedVisit, by session
  std::vector<CutOff> cut_off_;
  std::deque<ReportedEvent> away_;           // of those of earlier lives
  std::map<std::string, std::size_t> open_;  // sessions by folded name
  std::vector<std::vector<std::size_t>> by_connection_;
  std::vector<std::vector<const ReportedEvent*>> events_;
  std::vector<Visit> visits_;
  std::vector<std::vector<std::size_t>> visits_by_connection_;
  std::size_t behind_notice_ = 0;  // the position behind the last one that was taken
  std::uint64_t heard_from_ = 0;
  std::deque<std::string> unheard_bytes_;
  std::deque<Item> unheard_;                        // the last one has the number heard_from_
  std::map<std::string_view, std::size_t> tokens_;  // of sessions
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_ROOM_LOG_H_
