// What the operator of a server changed in its life: the options in force, the bans, and the
// connections that it told to go. Part of the oracle.
//
//   OptionsLog options(server);
//   options.AtTurn(7).flood            // in force in turn 7
//   OperatorLog log(server, room);
//   log.IsBanned(address, accepted)    // whether the peer must be refused then
#ifndef CHATHTTP_SIM_ORACLE_OPERATOR_LOG_H_
#define CHATHTTP_SIM_ORACLE_OPERATOR_LOG_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "chathttp/sim/oracle/room_log.h"
#include "chathttp/sim/world/raw_address.h"
#include "chathttp/sim/world/server_record.h"

namespace chathttp::sim {

class OptionsLog {
 public:
  explicit OptionsLog(const ServerRecord& server);

  bool changes() const { return options_.size() > 1; }
  // At a moment, by its order.
  const ServerOptions& At(std::uint64_t order) const;
  // A change between two turns is in force from the later one on.
  const ServerOptions& AtTurn(std::size_t turn) const;
  // All that are in force in some of the turns from `first` to `last`.
  std::vector<const ServerOptions*> InTurns(std::size_t first, std::size_t last) const;

  // Whether the server must refuse these changes.
  static bool IsRefused(const std::vector<LimitSetting>& changes);

 private:
  std::vector<ServerOptions> options_;
  std::vector<Moment> since_;  // of each but the first
};

// Whether the limits for strangers apply to a peer: it has an address that is not exempt.
bool IsStranger(const ServerOptions& options, const ServerConnection& connection);
bool HasStrangers(const ServerOptions& options);

// A connection is told to go, if it is not going already.
struct Dismissal {
  Moment when;
  std::string reason;
  bool taken_over = false;  // its member came back before it took effect, and is told so there
};

// The same of a member that is away.
struct AwayDismissal {
  std::size_t session;  // see RoomLog::sessions
  Dismissal dismissal;
};

// "kick bob too loud" -> "kick", "bob too loud".
std::string_view TakeWord(std::string_view& line);

class OperatorLog {
 public:
  struct Ban {
    RawNetwork network;
    Moment from;
    absl::Duration end;                 // InfiniteDuration: none
    std::optional<Moment> lifted = {};  // or replaced
    bool IsInForce(std::uint64_t order, absl::Duration at) const {
      return from.order < order && (!lifted || lifted->order >= order) && end > at;
    }
  };

  OperatorLog(const ServerRecord& server, const RoomLog& room);

  const std::vector<Ban>& bans() const { return bans_; }
  bool IsBanned(const RawAddress& address, std::uint64_t order, absl::Duration at) const;
  // Of a connection, in order; those that came too late included.
  const std::vector<Dismissal>& DismissalsOf(std::size_t connection) const {
    return dismissals_[connection];
  }

  const std::vector<AwayDismissal>& away_dismissals() const { return away_; }

 private:
  bool IsAway(const Session& session, const ReportedCommand& command) const;
  void FollowReturns();
  void ForgetOfOtherServer(const Visit& last);
  void MoveTo(std::size_t connection, const Moment& came, const std::string& reason);
  const Visit& VisitAt(const Session& session, std::uint64_t order) const;
  void Kick(const ReportedCommand& command, std::string_view arguments);
  void AddBan(const ReportedCommand& command, std::string_view arguments);
  void LiftBan(const ReportedCommand& command, std::string_view arguments);

  const ServerRecord& server_;
  const RoomLog& room_;
  std::vector<Ban> bans_;
  std::vector<std::vector<Dismissal>> dismissals_;
  std::vector<AwayDismissal> away_;
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_OPERATOR_LOG_H_
