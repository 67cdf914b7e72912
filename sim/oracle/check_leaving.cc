// How logins end: with their connections, or, of members that may come back, when they have been away
// for too long.
#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "chathttp/sim/oracle/checks.h"

namespace chathttp::sim {
namespace {

// The ends of one login.
class LeavingCheck {
 public:
  LeavingCheck(Evidence& evidence, const Life& life, const Session& session)
      : evidence_(evidence),
        life_(life),
        session_(session),
        visit_(life.log.visits()[session.visits.back()]),
        c_(visit_.connection == kNowhere ? nullptr : &life.server.connections[visit_.connection]),
        conversation_(visit_.connection == kNowhere ? nullptr
                                                    : &life.conversations[visit_.connection]) {}

  void Check() {
    if (c_ == nullptr) return CheckAway();
    if (!conversation_->good) return;
    if (visit_.how == Visit::End::kAway) return CheckAway();
    const bool last = life_.log.VisitsOf(visit_.connection).back() == session_.visits.back();
    if (session_.left == nullptr) return CheckStays();
    if (!last || session_.left->reason == "logout") return;
    const std::size_t due = conversation_->concluded.turn;
    if (session_.left->when.turn < due ||
        (session_.left->when.turn > due + 1 && !life_.MayBeLate(session_.left->when.turn))) {
      Report("one-left", absl::StrCat("left", At(session_.left->when.at), ", its connection ended",
                                      At(conversation_->concluded.at)));
    }
  }

 private:
  void Report(std::string_view invariant, std::string what) {
    if (c_ == nullptr) {
      return evidence_.Report(
          {std::string(invariant), std::move(what), 0, std::string(session_.name)});
    }
    evidence_.Report(invariant, *c_, conversation_->concluded.at, std::move(what));
  }

  void CheckStays() {
    const bool gone = c_->read_end || c_->broken || c_->reset || c_->closed;
    const bool before_stop = !life_.server.stop || conversation_->ending != Ending::kShutDown;
    if (gone && before_stop && !life_.server.crash) {
      Report("one-left", "its connection ended, but nobody was told");
    }
  }

  // It leaves at its limit, or because it is told to go.
  void CheckAway() {
    const absl::Duration due = visit_.gone->when.at + life_.server.options.away_limit;
    if (session_.left == nullptr) {
      absl::Duration end = absl::InfiniteDuration();
      for (const auto& moment : {life_.server.stop, life_.server.crash}) {
        if (moment) end = std::min(end, moment->at);
      }
      const absl::Duration latest = due + evidence_.record.max_wake_delay;
      const bool held_up = !life_.server.turns.empty() && life_.MayBeLate(visit_.gone->when.turn);
      if (end <= latest || held_up) return;
      return Report("quiet", absl::StrCat("is away, expected it to leave", At(due)));
    }
    const ReportedEvent& left = *session_.left;
    if (left.reason != "away too long") return CheckToldToGo(left);
    const bool late =
        left.when.at > due + evidence_.record.max_wake_delay && !life_.MayBeLate(left.when.turn);
    if (left.when.at >= due && !late) return;
    Report("quiet",
           absl::StrCat("is away, expected it to leave", At(due), ", it left", At(left.when.at)));
  }

  void CheckToldToGo(const ReportedEvent& left) {
    const auto& all = life_.commands.away_dismissals();
    const bool told = std::any_of(all.begin(), all.end(), [&](const AwayDismissal& away) {
      return &life_.log.sessions()[away.session] == &session_ &&
             away.dismissal.reason == left.reason && away.dismissal.when.order < left.when.order;
    });
    if (!told) Report("quiet", absl::StrCat("left while it was away: ", left.reason));
  }

  Evidence& evidence_;
  const Life& life_;
  const Session& session_;
  const Visit& visit_;                      // the last one
  const ServerConnection* const c_;         // null: in an earlier life
  const Conversation* const conversation_;  // the same
};

}  // namespace

void CheckLeaving(Evidence& evidence, const Life& life) {
  for (const Session& session : life.log.sessions()) {
    LeavingCheck(evidence, life, session).Check();
  }
}

}  // namespace chathttp::sim
