// What one life of a server of several did with the log of the room: which commands it appended, where
// they came to be, and when it took each command of the log. Part of the oracle.
//
//   LifeOrder life(evidence, order, server);
//   for (const LifeOrder::Own& own : life.OwnOf(3)) ...    // of its fourth connection
//   life.TakenAt(own.log)                                  // when its answer was due
#ifndef CHATHTTP_SIM_ORACLE_LIFE_ORDER_H_
#define CHATHTTP_SIM_ORACLE_LIFE_ORDER_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "chathttp/sim/oracle/evidence.h"
#include "chathttp/sim/oracle/room_log.h"
#include "chathttp/sim/oracle/room_order.h"
#include "chathttp/sim/world/server_record.h"

namespace chathttp::sim {

class LifeOrder {
 public:
  // Answers that a connection may be owed before its requests wait.
  static constexpr std::size_t kMostOwed = 64;

  // A command that the server appended.
  struct Own {
    const AppendedCommand* appended;
    std::size_t log = kNowhere;     // its place in the log; kNowhere: it never came there
    const Moment* taken = nullptr;  // when the server took it from there
  };

  // Reports what no server may append: "invention", "drain"; and "datetime". The arguments outlive
  // the object.
  LifeOrder(Evidence& evidence, const RoomOrder& order, const ServerRecord& server);

  // The ends of away members that the server appended: those of no connection, in order.
  const std::vector<Own>& ends_of_away() const { return ends_of_away_; }
  // When the operator was told that the member of a connection is away; null: never.
  const ReportedEvent* LossOf(std::size_t connection) const { return losses_[connection]; }
  // The connection that a login of this server begins a visit on: its index in
  // ServerRecord::connections. nullopt if the login is another server's, or its member came back too late.
  std::optional<std::size_t> ConnectionOf(std::size_t visit) const;

  // Of the connection with this index, in order.
  const std::vector<Own>& OwnOf(std::size_t connection) const { return by_connection_[connection]; }

  // When the server took a command of the log; null: never.
  const Moment* TakenAt(std::size_t command) const;
  // The turn in which the server broadcast an item, ServerRecord::turns.size() if it did not. The
  // members of a server that is gone may leave in several turns.
  std::size_t TurnOf(std::size_t item) const;
  // The commands of the log that it has taken or left out, and the position behind them.
  std::size_t taken() const { return server_.first_taken + server_.taken.size(); }
  std::size_t position() const;
  std::size_t first_taken() const { return server_.first_taken; }
  // The same at a moment: the commands that it had taken by then.
  std::size_t TakenBy(std::uint64_t order) const;
  // Whether the server has, or had, this number.
  bool IsOwn(std::uint32_t number) const;
  const ServerRecord& server() const { return server_; }

  // When the server appended its own end; null: it did not.
  const Moment* EndAppended() const;

  // When the server, told to stop, ended its connections without the log, which had not told it of its
  // end within half of the limit: its own commands have no effect from then on. Null: it did not.
  const Moment* Alone() const { return alone_; }

  // Whether a command of a connection was on its way in this turn, or came back in it: a login or
  // logout, so that its next request waits, or so many commands that it does.
  bool Waits(std::size_t connection, std::size_t turn) const;
  // The time from `at` on at which none was; InfiniteDuration if one never came back.
  absl::Duration OwedUntil(std::size_t connection, absl::Duration at) const;
  // Whether any was in these turns: then answers that need no order wait behind it.
  bool AnswersWait(std::size_t connection, std::size_t first, std::size_t last) const;

  const RoomOrder& order() const { return order_; }

 private:
  void FindAlone();
  bool KnowsItsEnd(std::uint64_t order) const;
  void Match();
  void MatchNumber(std::uint32_t number, const std::vector<Own*>& own);
  void CheckAppended(const AppendedCommand& command);
  std::optional<std::size_t> ConnectionOf(const AppendedCommand& command) const;
  std::optional<std::size_t> ConnectionWithNumberOf(std::uint64_t member) const;
  void FindLosses();

  Evidence& evidence_;
  const RoomOrder& order_;
  const ServerRecord& server_;
  std::vector<std::vector<Own>> by_connection_;
  std::vector<Own> of_server_;
  std::vector<Own> ends_of_away_;
  std::map<std::uint64_t, std::size_t> by_id_;  // connections
  std::vector<const ReportedEvent*> losses_;    // by connection
  const Moment* alone_ = nullptr;
  std::size_t stopped_ = kNowhere;  // in ServerRecord::appended: its kServerGone
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_LIFE_ORDER_H_
