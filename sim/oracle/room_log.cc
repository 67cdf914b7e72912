#include "chathttp/sim/oracle/room_log.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/oracle/clock.h"
#include "chathttp/sim/oracle/life_order.h"
#include "chathttp/sim/oracle/reply.h"
#include "chathttp/sim/scenario/names.h"
#include "chathttp/sim/world/raw_codec.h"

namespace chathttp::sim {
namespace {

using Kind = ServerEvent::Kind;

constexpr std::size_t kWitness = 0;  // its connection

std::string Show(const Item& item) {
  return absl::StrCat(Describe(item.told), " of ", AbslView(item.name));
}

}  // namespace

RoomLog::RoomLog(Evidence& evidence, const ServerRecord& server)
    : evidence_(evidence),
      server_(server),
      by_connection_(server.connections.size()),
      events_(server.connections.size()) {
  std::vector<const ReportedEvent*> changes;  // of the members, in order
  SortEvents(changes);
  ReadItems();
  bytes_before_.push_back(0);
  auto change = changes.begin();
  if (changes.empty() && server.crash) {  // before anything was said
    sound_ = false;
    return;
  }
  if (change == changes.end() || (*change)->name != kWitnessName) {
    Unsound("events", "the login of the witness was not reported");
    return;
  }
  Enter({.told = Told::kEntered, .name = kWitnessName}, **change++);
  for (std::size_t i = 0; i < items_.size(); ++i) {
    bytes_before_.push_back(bytes_before_.back() + items_[i].raw.size());
    if (!sound_) continue;
    const bool notice = items_[i].told != Told::kSaid;
    Take(items_[i], notice && change != changes.end() ? *change++ : nullptr);
  }
  if (change != changes.end() && !server.crash) {
    Unsound("events",
            absl::StrCat("reported ", AbslView(ToString((*change)->kind)), " of ", (*change)->name,
                         At((*change)->when.at), ", which no member heard"));
  }
  for (Session& session : sessions_) {
    if (session.left == nullptr) session.end = items_.size();
  }
}

void RoomLog::SortEvents(std::vector<const ReportedEvent*>& changes) {
  std::map<std::uint64_t, std::size_t> by_id;
  for (std::size_t c = 0; c < server_.connections.size(); ++c) {
    if (server_.connections[c].id != 0) by_id.emplace(server_.connections[c].id, c);
  }
  std::size_t accepted = 0;  // by the time of the event
  for (const ReportedEvent& event : server_.events) {
    const auto connection = by_id.find(event.connection);
    if (connection != by_id.end()) events_[connection->second].push_back(&event);
    while (accepted < server_.connections.size() &&
           server_.connections[accepted].accepted.order < event.when.order) {
      ++accepted;
    }
    // Who is turned away at once has no number.
    const bool at_once = event.kind == Kind::kTurnedAway && event.connection == 0;
    if (at_once && accepted > 0) events_[accepted - 1].push_back(&event);
    if (event.kind == Kind::kEntered || event.kind == Kind::kLeft) changes.push_back(&event);
  }
}

RoomLog::RoomLog(Evidence& evidence, const ServerRecord& server, const LifeOrder& life)
    : evidence_(evidence),
      server_(server),
      by_connection_(server.connections.size()),
      events_(server.connections.size()) {
  std::vector<const ReportedEvent*> changes;
  SortEvents(changes);
  const RoomOrder& order = life.order();
  bytes_before_.push_back(0);
  for (std::size_t i = 0; i < life.position(); ++i) {
    const OrderedItem& item = order.items()[i];
    items_.push_back({item.told, item.name, item.text, item.raw, item.datetime, life.TurnOf(i)});
    bytes_before_.push_back(bytes_before_.back() + item.raw.size());
  }
  for (std::size_t c = 0; c < server.connections.size(); ++c) {
    for (const LifeOrder::Own& own : life.OwnOf(c)) {
      const bool login = own.appended->kind == Command::Kind::kLogin && own.taken != nullptr;
      if (!login || order.effects()[own.log].result != CommandEffect::Result::kDone) continue;
      by_connection_[c].push_back(sessions_.size());
      const std::size_t last = order.EndOfLogin(own.log);
      const Moment* const left = life.TakenAt(last);
      sessions_.push_back({.connection = c,
                           .name = own.appended->text,
                           .begin = order.effects()[own.log].end,
                           .end = left == nullptr ? items_.size() : order.effects()[last].begin,
                           .entered = *own.taken});
      if (left == nullptr) continue;
      left_.push_back({.kind = Kind::kLeft,
                       .connection = server.connections[c].id,
                       .peer = server.connections[c].peer,
                       .name = own.appended->text,
                       .reason = "",
                       .bytes_in = 0,
                       .bytes_out = 0,
                       .when = *left});
      sessions_.back().left = &left_.back();
    }
  }
}

// Of the bytes that were written to the witness, those behind its login.
void RoomLog::ReadItems() {
  const ServerConnection& witness = server_.connections[kWitness];
  Clock clock(witness.writes);
  std::size_t at = 0;
  while (const std::optional<RawResponse> response = CutResponse(witness.out, at)) {
    const Meaning meaning = MeaningOf(*response);
    if (IsBroadcast(meaning.told)) {
      items_.push_back({meaning.told, meaning.name, meaning.text, response->raw, response->datetime,
                        clock.At(at).turn});
    } else if (meaning.told == Told::kNonsense) {
      return Unsound("invention", absl::StrCat("the witness was sent what no server says: ",
                                               AbslView(response->problem)));
    }
    at = response->end;
    if (at >= witness.out.size()) return;
  }
}

void RoomLog::Unsound(std::string_view invariant, std::string message) {
  sound_ = false;
  evidence_.Report(invariant, std::move(message));
}

void RoomLog::Take(const Item& item, const ReportedEvent* event) {
  if (item.told == Told::kSaid) return Say(item);
  if (item.name == kWitnessName) {
    return Unsound("enter-say-leave", absl::StrCat("witness heard ", Show(item)));
  }
  const Kind kind = item.told == Told::kEntered ? Kind::kEntered : Kind::kLeft;
  if (event == nullptr || event->kind != kind || event->name != item.name) {
    return Unsound("events",
                   absl::StrCat("members heard ", Show(item), ", the operator ",
                                event == nullptr ? "nothing"
                                                 : absl::StrCat(AbslView(ToString(event->kind)),
                                                                " of ", event->name)));
  }
  kind == Kind::kEntered ? Enter(item, *event) : Leave(item, *event);
}

void RoomLog::Enter(const Item& item, const ReportedEvent& event) {
  const auto is_its = [&](const ServerConnection& c) { return c.id == event.connection; };
  const auto connection =
      std::find_if(server_.connections.begin(), server_.connections.end(), is_its);
  if (connection == server_.connections.end()) {
    return Unsound("events", absl::StrCat("entered: there is no connection ", event.connection));
  }
  const auto [entry, is_new] = open_.try_emplace(Folded(item.name), sessions_.size());
  if (!is_new) {
    return Unsound("unique-names", absl::StrCat(AbslView(item.name), " entered", At(event.when.at),
                                                " though a member has this name"));
  }
  const auto index = static_cast<std::size_t>(connection - server_.connections.begin());
  by_connection_[index].push_back(sessions_.size());
  sessions_.push_back({.connection = index,
                       .name = event.name,
                       .begin = bytes_before_.size() - 1,
                       .entered = event.when});
}

void RoomLog::Leave(const Item& item, const ReportedEvent& event) {
  const auto entry = open_.find(Folded(item.name));
  if (entry == open_.end()) {
    return Unsound("one-left", absl::StrCat(AbslView(item.name), " left", At(event.when.at),
                                            " without being in the room"));
  }
  Session& session = sessions_[entry->second];
  if (server_.connections[session.connection].id != event.connection) {
    return Unsound("events",
                   absl::StrCat("left: ", event.name, " is not on connection ", event.connection));
  }
  session.end = bytes_before_.size() - 2;
  session.left = &event;
  open_.erase(entry);
}

void RoomLog::Say(const Item& item) {
  const auto entry = open_.find(Folded(item.name));
  if (entry == open_.end()) {
    return Unsound("enter-say-leave",
                   absl::StrCat(AbslView(item.name), " says something without being in the room"));
  }
  const std::size_t index = bytes_before_.size() - 2;
  sessions_[entry->second].said.push_back(index);
  items_[index].session = entry->second;
}

const std::vector<std::size_t>& RoomLog::SessionsOf(std::size_t connection) const {
  return by_connection_[connection];
}

std::string RoomLog::ListAt(std::size_t position) const {
  std::string list = "Online users:\n";
  for (const Session& session : sessions_) {
    if (session.begin > position) break;
    if (session.left == nullptr || session.end >= position) {
      absl::StrAppend(&list, AbslView(session.name), "\n");
    }
  }
  return list;
}

bool RoomLog::IsOpen(const Session& session, std::uint64_t order) {
  return session.entered.order < order &&
         (session.left == nullptr || session.left->when.order > order);
}

bool RoomLog::HasName(std::string_view name, std::uint64_t order) const {
  return std::any_of(sessions_.begin(), sessions_.end(), [&](const Session& session) {
    return IsOpen(session, order) && Folded(session.name) == Folded(name);
  });
}

bool RoomLog::HadName(std::string_view name, std::uint64_t order) const {
  return std::any_of(sessions_.begin(), sessions_.end(), [&](const Session& session) {
    return session.left != nullptr && session.left->when.order < order &&
           Folded(session.name) == Folded(name);
  });
}

std::size_t RoomLog::Members(std::uint64_t order) const {
  return static_cast<std::size_t>(
      std::count_if(sessions_.begin(), sessions_.end(),
                    [&](const Session& session) { return IsOpen(session, order); }));
}

}  // namespace chathttp::sim
