#include "chathttp/sim/oracle/away_order.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/sim/oracle/room_order.h"

namespace chathttp::sim {
namespace {

class SpanFinder {
 public:
  SpanFinder(Evidence& evidence, const LifeOrder& life)
      : evidence_(evidence), life_(life), order_(life.order()) {}

  std::vector<AwaySpan> Find() {
    for (std::size_t visit = 0; visit < order_.visits().size(); ++visit) AddLoss(visit);
    for (const HostLoss& loss : order_.host_losses()) {
      if (const Moment* const taken = life_.TakenAt(loss.command)) {
        Add({loss.visit, AwaySpan::Cause::kHostGone, kNowhere, *taken, Next(loss.visit)});
      }
    }
    Sort();
    for (const Departure& departure : OwnDepartures()) {
      MatchEnds(departure.taken->order);
      KeepLostEnds(departure);
    }
    MatchEnds(static_cast<std::uint64_t>(-1));
    return std::move(spans_);
  }

 private:
  // This server was declared gone.
  struct Departure {
    std::size_t command;
    const Moment* taken;
  };

  void Add(AwaySpan span) {
    span.ended = life_.TakenAt(span.until);
    spans_.push_back(span);
  }

  void Sort() {
    std::stable_sort(spans_.begin(), spans_.end(), [](const AwaySpan& a, const AwaySpan& b) {
      return a.from.order < b.from.order;
    });
  }

  void AddLoss(std::size_t visit) {
    if (!order_.StayOf(visit).token) return;
    const std::size_t end = order_.visits()[visit].end;
    const Moment* const came = life_.TakenAt(order_.visits()[visit].login);
    if (came == nullptr || !life_.IsOwn(order_.HostOf(visit))) return;
    const std::optional<std::size_t> connection = life_.ConnectionOf(visit);
    if (!connection) return Add({visit, AwaySpan::Cause::kTooLate, kNowhere, *came, end});
    const ReportedEvent* const loss = life_.LossOf(*connection);
    const Moment* const ended = life_.TakenAt(end);
    if (loss == nullptr || loss->when.order < came->order) return;
    if (ended != nullptr && ended->order < loss->when.order) return;
    Add({visit, AwaySpan::Cause::kLoss, *connection, loss->when, end});
  }

  // The command behind which the visit is not the last one of its stay, or the stay is over.
  std::size_t Next(std::size_t visit) const {
    const OrderedStay& stay = order_.StayOf(visit);
    const auto at = std::find(stay.visits.begin(), stay.visits.end(), visit);
    return at + 1 == stay.visits.end() ? stay.end : order_.visits()[*(at + 1)].login;
  }

  std::vector<Departure> OwnDepartures() const {
    std::vector<Departure> departures;
    const std::vector<LoggedCommand>& log = evidence_.record.log;
    for (std::size_t i = life_.first_taken(); i < life_.taken(); ++i) {
      if (log[i].kind != Command::Kind::kServerGone || !life_.IsOwn(log[i].server)) continue;
      if (order_.effects()[i].result != CommandEffect::Result::kDone) continue;
      if (const Moment* const taken = life_.TakenAt(i)) departures.push_back({i, taken});
    }
    return departures;
  }

  // Matches the logouts before a moment with the members that they are for.
  void MatchEnds(std::uint64_t before) {
    const std::vector<LifeOrder::Own>& ends = life_.ends_of_away();
    for (; next_end_ < ends.size(); ++next_end_) {
      const LifeOrder::Own& end = ends[next_end_];
      const std::uint64_t order = end.appended->when.order;
      if (order > before) return;
      const auto is_it = [&](const AwaySpan& span) {
        const OrderedStay& stay = order_.StayOf(span.visit);
        const auto returns = std::find(stay.visits.begin(), stay.visits.end(), span.visit);
        return stay.member == end.appended->member && span.from.order < order &&
               !span.IsOver(order) && returns - stay.visits.begin() == end.appended->returns;
      };
      const auto span = std::find_if(spans_.begin(), spans_.end(), is_it);
      if (span != spans_.end()) {
        span->end = &end;
        continue;
      }
      evidence_.Report("quiet", absl::StrCat(life_.server().name, " appended",
                                             At(end.appended->when.at), " the logout of member ",
                                             end.appended->member, ", which was not away there"));
    }
  }

  // Nothing comes back of what a server has appended that is gone: those whose server is gone, too, and
  // that it was about to end, are away again.
  void KeepLostEnds(const Departure& departure) {
    const std::size_t count = spans_.size();
    for (std::size_t i = 0; i < count; ++i) {
      const AwaySpan span = spans_[i];
      const bool pending = span.end != nullptr &&
                           span.end->appended->when.order < departure.taken->order &&
                           Next(span.visit) > departure.command;
      const auto is_again = [&](const AwaySpan& other) {
        return other.visit == span.visit && other.from.order == departure.taken->order;
      };
      if (span.cause != AwaySpan::Cause::kHostGone || !pending) continue;
      if (std::any_of(spans_.begin(), spans_.end(), is_again)) continue;
      Add({span.visit, AwaySpan::Cause::kHostGone, kNowhere, *departure.taken, Next(span.visit)});
    }
    Sort();
  }

  Evidence& evidence_;
  const LifeOrder& life_;
  const RoomOrder& order_;
  std::vector<AwaySpan> spans_;
  std::size_t next_end_ = 0;
};

}  // namespace

std::vector<AwaySpan> AwaySpansOf(Evidence& evidence, const LifeOrder& life) {
  return SpanFinder(evidence, life).Find();
}

}  // namespace chathttp::sim
