// The limit of the bytes of unfinished requests, replayed from the reads of all connections.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "chathttp/sim/oracle/checks.h"

namespace chathttp::sim {
namespace {

// Bytes of unfinished requests, between two bounds: a connection may have spent its bytes of a turn
// when it was about to wait.
struct Held {
  std::size_t least = 0;
  std::size_t most = 0;
};

// What a connection has when the server has read from it in one turn, or has ended it.
struct Change {
  std::uint64_t order;
  std::size_t turn;
  std::size_t connection;
  Held held;
  bool ends;
};

// The changes of one connection.
class Part {
 public:
  Part(const Life& life, std::size_t index)
      : life_(life),
        c_(life.server.connections[index]),
        conversation_(life.conversations[index]),
        index_(index) {
    if (conversation_.unfinished) {
      unfinished_ = CutUnfinished(c_.in, conversation_.unfinished_at);
      unfinished_.end = c_.in.size() + 1;
    }
  }

  void AddTo(std::vector<Change>& changes) {
    const Moment* const end = End();
    const auto over = [&](const Moment& when) { return end != nullptr && when.order > end->order; };
    auto empty = c_.empty_reads.begin();
    std::size_t turn_begin = 0;  // what was read before this turn
    for (std::size_t r = 0; r < c_.reads.size() && !over(c_.reads[r].when); ++r) {
      const Transfer& read = c_.reads[r];
      const std::size_t turn = read.when.turn;
      if (r + 1 < c_.reads.size() && c_.reads[r + 1].when.turn == turn) continue;
      while (empty != c_.empty_reads.end() && empty->order < read.when.order) ++empty;
      const bool all = empty != c_.empty_reads.end() && empty->turn == turn && !over(*empty);
      const bool spent = read.end - turn_begin == life_.server.options.turn_read_bytes;
      const std::size_t bytes = KeptBytes(read.end);
      // Otherwise its requests wait, and the rest of its input with them.
      const Held held = {all ? bytes : 0, all || spent ? bytes : 0};
      changes.push_back({all ? empty->order : read.when.order, turn, index_, held, false});
      turn_begin = read.end;
    }
    AddLateServices(end, changes);
    if (end != nullptr) changes.push_back({end->order, end->turn, index_, {}, true});
  }

 private:
  // When the server ceased to serve it; null if it did not.
  const Moment* End() const {
    const Moment* end = nullptr;
    const auto earlier = [&](const Moment& moment) {
      if (end == nullptr || moment.order < end->order) end = &moment;
    };
    if (conversation_.ending != Ending::kNone) earlier(conversation_.concluded);
    for (const auto* moment : {&c_.read_end, &c_.broken, &c_.reset, &c_.closed}) {
      if (*moment) earlier(**moment);
    }
    return end;
  }

  // Input that waited is served in a turn in which a read finds nothing more.
  void AddLateServices(const Moment* end, std::vector<Change>& changes) const {
    std::size_t r = 0;
    for (const Moment& empty : c_.empty_reads) {
      if (end != nullptr && empty.order > end->order) return;
      while (r < c_.reads.size() && c_.reads[r].when.order < empty.order) ++r;
      if (r == 0 || c_.reads[r - 1].when.turn == empty.turn) continue;
      const std::size_t bytes = KeptBytes(c_.reads[r - 1].end);
      changes.push_back({empty.order, empty.turn, index_, {bytes, bytes}, false});
    }
  }

  // Of the request that is unfinished when `read` bytes were read.
  std::size_t KeptBytes(std::size_t read) const {
    const auto& asked = conversation_.asked;
    const auto found = std::partition_point(asked.begin(), asked.end(),
                                            [&](const Asked& a) { return a.request.end <= read; });
    const bool last = found == asked.end();
    if (last && !conversation_.unfinished) return 0;
    const RawRequestView& request = last ? unfinished_ : found->request;
    if (read <= request.begin) return 0;
    const bool kept =
        request.method == "POST" && request.declared_bytes <= life_.server.options.room.text_bytes;
    const bool skips = request.entity_at > 0 && !kept;
    return (skips ? std::min(read, request.entity_at) : read) - request.begin;
  }

  const Life& life_;
  const ServerConnection& c_;
  const Conversation& conversation_;
  std::size_t index_;
  RawRequestView unfinished_;
};

class PartialCheck {
 public:
  PartialCheck(Evidence& evidence, const Life& life) : evidence_(evidence), life_(life) {}

  void Check() {
    std::vector<Change> changes;
    for (std::size_t i = 0; i < life_.conversations.size(); ++i) {
      if (life_.conversations[i].ending != Ending::kTurnedAway) Part(life_, i).AddTo(changes);
    }
    std::stable_sort(changes.begin(), changes.end(),
                     [](const Change& a, const Change& b) { return a.order < b.order; });
    auto change = changes.begin();
    for (std::size_t t = 0; t < life_.server.turns.size(); ++t) {
      for (; change != changes.end() && change->turn <= t; ++change) Apply(*change);
      const std::size_t seen = life_.server.turns[t].partial_bytes;
      if (total_.least <= seen && seen <= total_.most) continue;
      return evidence_.Report(
          "memory", absl::StrCat("expected ", Text(total_), " bytes of unfinished requests, ",
                                 "the server counts ", seen, At(life_.server.turns[t].at)));
    }
  }

 private:
  void Apply(const Change& change) {
    Held& held = held_[change.connection];
    total_ = {total_.least - held.least, total_.most - held.most};
    held = {};
    if (change.ends) return;
    const Held with = {total_.least + change.held.least, total_.most + change.held.most};
    if (change.held.most > 0 && !MayKeep(change, with)) return;
    held = change.held;
    total_ = with;
  }

  // Whether the connection goes on, and must or may do so.
  bool MayKeep(const Change& change, const Held& with) {
    const Conversation& conversation = life_.conversations[change.connection];
    const bool ended = conversation.ending == Ending::kTooManyUnfinished &&
                       conversation.concluded.turn == change.turn;
    // Requests that were read in this turn may have been served before the last one was kept.
    const bool member =
        IsMember(change.connection, ended ? conversation.concluded.order : change.order);
    const std::size_t all = life_.server.options.partial_bytes;
    const std::size_t limit = member ? all : all / 2;
    const auto report = [&](const std::string& what) {
      const ServerConnection& c = life_.server.connections[change.connection];
      evidence_.Report("memory", c, life_.server.turns[change.turn].at, what);
    };
    // A connection that keeps nothing goes on, however much the others keep.
    if (!ended && change.held.least > 0 && with.least > limit) {
      report(absl::StrCat("may go on with ", Text(with), " bytes of unfinished requests, limit ",
                          limit));
    } else if (ended && with.most <= limit) {
      report(absl::StrCat("was ended for ", Text(with), " bytes of unfinished requests, limit ",
                          limit));
    } else if (ended && with.least == with.most) {
      const std::string expected =
          absl::StrCat("Too many unfinished requests: at most ", limit, " bytes",
                       member ? "" : " before a login", ", got ", with.most, ", try again later");
      const std::string seen = ReasonOfEnd(change);
      if (seen != expected) report(absl::StrCat("expected ", expected, "; got ", seen));
    }
    return !ended;
  }

  std::string ReasonOfEnd(const Change& change) const {
    const std::uint64_t order = life_.conversations[change.connection].concluded.order;
    for (const ReportedEvent* event : life_.log.EventsOf(change.connection)) {
      if (event->when.order == order) return event->reason;
    }
    return "";
  }

  bool IsMember(std::size_t connection, std::uint64_t order) const {
    const auto& visits = life_.conversations[connection].visits;
    return std::any_of(visits.begin(), visits.end(), [&](std::size_t index) {
      const Visit& visit = life_.log.visits()[index];
      const bool gone = visit.gone != nullptr && visit.gone->when.order < order;
      return visit.came.order < order && !gone;
    });
  }

  static std::string Text(const Held& held) {
    if (held.least == held.most) return absl::StrCat(held.most);
    return absl::StrCat(held.least, " to ", held.most);
  }

  Evidence& evidence_;
  const Life& life_;
  std::map<std::size_t, Held> held_;  // by connection
  Held total_;
};

}  // namespace

void CheckPartial(Evidence& evidence, const Life& life) {
  const auto good = [](const Conversation& conversation) { return conversation.good; };
  if (std::all_of(life.conversations.begin(), life.conversations.end(), good)) {
    PartialCheck(evidence, life).Check();
  }
}

}  // namespace chathttp::sim
