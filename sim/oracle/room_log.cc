#include "chathttp/sim/oracle/room_log.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/oracle/away_order.h"
#include "chathttp/sim/oracle/clock.h"
#include "chathttp/sim/oracle/life_order.h"
#include "chathttp/sim/oracle/operator_log.h"
#include "chathttp/sim/oracle/reply.h"
#include "chathttp/sim/scenario/names.h"
#include "chathttp/sim/world/raw_address.h"
#include "chathttp/sim/world/raw_codec.h"

namespace chathttp::sim {
namespace {

using Kind = ServerEvent::Kind;

constexpr std::size_t kWitness = 0;  // its connection
constexpr std::string_view kRestarted = "server was restarted";

std::string Show(const Item& item) {
  return absl::StrCat(Describe(item.told), " of ", AbslView(item.name));
}

}  // namespace

bool WasHeldBack(const ServerRecord& server) {
  if (!server.recovered) return false;
  const std::vector<ServerTurn>& turns = server.turns;
  if (turns.empty() || turns.back().waits_for_journal) return true;
  // The journal may have failed in the last turn of a stop.
  return server.stopped && turns.size() > 1 && turns[turns.size() - 2].waits_for_journal;
}

RoomLog::RoomLog(Evidence& evidence, const ServerRecord& server, RoomPast past)
    : evidence_(evidence),
      server_(server),
      past_(std::move(past)),
      by_connection_(server.connections.size()),
      events_(server.connections.size()),
      visits_by_connection_(server.connections.size()) {
  std::vector<const ReportedEvent*> changes;  // of the members, in order
  SortEvents(changes);
  ReadItems();
  bytes_before_.push_back(0);
  for (const KeptBroadcast& kept : past_.broadcasts) {
    unheard_.push_back({.told = kept.told, .name = kept.name, .text = kept.text, .raw = kept.raw});
  }
  heard_from_ = past_.count;
  if (!TakeThoseWhoCannotReturn(changes)) return;
  auto change = changes.begin();
  const bool stopped_first = server.stop && server.stop->turn == 0;
  if (changes.empty() && (server.crash || stopped_first)) {  // before anything was said
    sound_ = false;
    silent_ = true;
    return;
  }
  if (change == changes.end() || (*change)->name != kWitnessName) {
    Unsound("events", "the login of the witness was not reported");
    return;
  }
  NoteUnheard(Told::kEntered, kWitnessName, **change);
  Enter({.told = Told::kEntered, .name = kWitnessName}, **change++);
  // Those who are lost, or come back, are not heard of.
  const auto take_unheard = [&] {
    for (; change != changes.end() && sound_; ++change) {
      if ((*change)->kind == Kind::kAway) GoAway(**change);
      if ((*change)->kind == Kind::kReturned) Return(**change);
      if ((*change)->kind == Kind::kEntered || (*change)->kind == Kind::kLeft) return;
    }
  };
  for (std::size_t i = 0; i < items_.size(); ++i) {
    const bool notice = items_[i].told != Told::kSaid;
    if (notice) take_unheard();
    if (notice) behind_notice_ = i + 1;
    bytes_before_.push_back(bytes_before_.back() + items_[i].raw.size());
    if (!sound_) continue;
    Take(items_[i], notice && change != changes.end() ? *change++ : nullptr);
  }
  take_unheard();
  if (server.crash || WasHeldBack(server)) {
    for (; change != changes.end() && sound_; ++change) TakeCutOff(**change);
  } else if (change != changes.end()) {
    Unsound("events",
            absl::StrCat("reported ", AbslView(ToString((*change)->kind)), " of ", (*change)->name,
                         At((*change)->when.at), ", which no member heard"));
  }
  for (Session& session : sessions_) {
    if (session.left == nullptr) session.end = items_.size();
    for (const std::size_t visit : session.visits) {
      if (visits_[visit].how == Visit::End::kOpen) visits_[visit].end = session.end;
    }
  }
  if (server.options.away_limit > absl::ZeroDuration()) FindTokens();
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
    if (event.kind == Kind::kEntered || event.kind == Kind::kLeft || event.kind == Kind::kAway ||
        event.kind == Kind::kReturned) {
      changes.push_back(&event);
    }
  }
}

RoomLog::RoomLog(Evidence& evidence, const ServerRecord& server, const LifeOrder& life,
                 const std::vector<AwaySpan>& spans)
    : evidence_(evidence),
      server_(server),
      by_connection_(server.connections.size()),
      events_(server.connections.size()),
      visits_by_connection_(server.connections.size()) {
  std::vector<const ReportedEvent*> changes;
  SortEvents(changes);
  const RoomOrder& order = life.order();
  bytes_before_.push_back(0);
  for (std::size_t i = 0; i < life.position(); ++i) {
    const OrderedItem& item = order.items()[i];
    items_.push_back({item.told, item.name, item.text, item.raw, item.datetime, life.TurnOf(i)});
    bytes_before_.push_back(bytes_before_.back() + item.raw.size());
  }
  ReadVisits(life, spans);
}

void RoomLog::ReadVisits(const LifeOrder& life, const std::vector<AwaySpan>& spans) {
  const RoomOrder& order = life.order();
  auto span = spans.begin();
  for (std::size_t visit = 0; visit < order.visits().size(); ++visit) {
    const Moment* const came = life.TakenAt(order.visits()[visit].login);
    if (came == nullptr) continue;
    for (; span != spans.end() && span->from.order < came->order; ++span) GoAway(life, *span);
    if (const auto connection = life.ConnectionOf(visit)) Come(life, visit, *connection, *came);
  }
  for (; span != spans.end(); ++span) GoAway(life, *span);
}

const ReportedEvent* RoomLog::Note(ServerEvent::Kind kind, const Session& session,
                                   const Moment& when) {
  noted_.push_back({.kind = kind,
                    .connection = 0,
                    .peer = "",
                    .name = std::string(session.name),
                    .reason = "",
                    .bytes_in = 0,
                    .bytes_out = 0,
                    .when = when});
  return &noted_.back();
}

// The session that goes on with this visit, or a new one.
Session& RoomLog::SessionBehind(const LifeOrder& life, std::size_t visit, std::size_t connection,
                                const Moment& came) {
  const RoomOrder& order = life.order();
  const OrderedStay& stay = order.StayOf(visit);
  const std::size_t of_stay = order.visits()[visit].stay;
  const auto last = last_of_stay_.find(of_stay);
  const auto before = std::find(stay.visits.begin(), stay.visits.end(), visit);
  const bool goes_on = last != last_of_stay_.end() && before != stay.visits.begin() &&
                       last_visit_[last->second] == *(before - 1);
  const std::size_t begin = order.effects()[order.visits()[visit].login].end;
  if (goes_on) {
    sessions_[last->second].left = nullptr;
  } else {
    last_of_stay_.insert_or_assign(of_stay, sessions_.size());
    sessions_.push_back({.connection = connection,
                         .name = stay.name,
                         .number = stay.entered,
                         .begin = begin,
                         .entered = came});
    last_visit_.push_back(visit);
  }
  const std::size_t index = last_of_stay_[of_stay];
  last_visit_[index] = visit;
  sessions_[index].visits.push_back(visits_.size());
  visits_.push_back({.session = index,
                     .connection = connection,
                     .begin = begin,
                     .end = items_.size(),
                     .came = came});
  return sessions_[index];
}

void RoomLog::Come(const LifeOrder& life, std::size_t visit, std::size_t connection,
                   const Moment& came) {
  Session& session = SessionBehind(life, visit, connection, came);
  by_connection_[connection].push_back(visits_.back().session);
  visits_by_connection_[connection].push_back(visits_.size() - 1);
  const std::size_t end = life.order().visits()[visit].end;
  session.end = items_.size();
  const Moment* const ended = life.TakenAt(end);
  if (ended == nullptr) return;
  const bool returned = evidence_.record.log[end].kind == Command::Kind::kLogin;
  Visit& last = visits_.back();
  last.how = returned ? Visit::End::kTakenOver : Visit::End::kLeft;
  session.left = last.gone = Note(Kind::kLeft, session, *ended);
  session.end = last.end = life.order().effects()[end].begin;
}

void RoomLog::GoAway(const LifeOrder& life, const AwaySpan& span) {
  const auto last = last_of_stay_.find(life.order().visits()[span.visit].stay);
  const bool here = span.cause == AwaySpan::Cause::kLoss && last != last_of_stay_.end();
  // Of the same stay, but not the same time of it.
  if (!here && span.cause == AwaySpan::Cause::kHostGone && last != last_of_stay_.end()) {
    last_of_stay_.erase(last);
  }
  Session& session =
      here ? sessions_[last->second] : SessionBehind(life, span.visit, kNowhere, span.from);
  Visit& visit = visits_[session.visits.back()];
  visit.how = Visit::End::kAway;
  visit.lost_unseen = span.cause == AwaySpan::Cause::kTooLate;
  visit.gone = here ? life.LossOf(span.connection) : Note(Kind::kAway, session, span.from);
  const std::size_t taken = life.TakenBy(span.from.order);
  const std::size_t first = life.order().PositionAfter(taken) -
                            static_cast<std::size_t>(life.order().PlaceAfter(taken).count);
  if (here) visit.end = std::min(first + visit.gone->broadcasts, items_.size());
  session.left = nullptr;
  if (span.end != nullptr) visit.told = &span.end->appended->when;
  const Moment* end = span.ended;
  const bool by_itself =
      span.end != nullptr && (end == nullptr || span.end->appended->when.order < end->order);
  if (by_itself) end = &span.end->appended->when;
  if (end != nullptr) session.left = Note(Kind::kLeft, session, *end);
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
  const std::optional<std::size_t> index = ConnectionOf(event);
  if (!index) {
    return Unsound("events", absl::StrCat("entered: there is no connection ", event.connection));
  }
  const auto [entry, is_new] = open_.try_emplace(Folded(item.name), sessions_.size());
  if (!is_new) {
    return Unsound("unique-names", absl::StrCat(AbslView(item.name), " entered", At(event.when.at),
                                                " though a member has this name"));
  }
  const std::size_t begin = bytes_before_.size() - 1;
  if (event.broadcasts != NumberAt(begin)) {
    return Unsound("epoch", absl::StrCat(event.name, " entered as broadcast ", event.broadcasts,
                                         ", expected ", NumberAt(begin)));
  }
  sessions_.push_back({.connection = *index,
                       .name = event.name,
                       .number = NumberAt(begin),
                       .begin = begin,
                       .entered = event.when});
  AddVisit(sessions_.size() - 1, *index, begin, event);
}

std::optional<std::size_t> RoomLog::ConnectionOf(const ReportedEvent& event) const {
  const auto is_its = [&](const ServerConnection& c) { return c.id == event.connection; };
  const auto found = std::find_if(server_.connections.begin(), server_.connections.end(), is_its);
  if (found == server_.connections.end()) return std::nullopt;
  return static_cast<std::size_t>(found - server_.connections.begin());
}

void RoomLog::AddVisit(std::size_t session, std::size_t connection, std::size_t begin,
                       const ReportedEvent& event) {
  by_connection_[connection].push_back(session);
  visits_by_connection_[connection].push_back(visits_.size());
  sessions_[session].visits.push_back(visits_.size());
  visits_.push_back(
      {.session = session, .connection = connection, .begin = begin, .came = event.when});
}

// ---- Those who come back ----------------------------------------------------------------------

// What the server has done and nobody heard of, since it was killed.
void RoomLog::TakeCutOff(const ReportedEvent& event) {
  const auto entry = open_.find(Folded(event.name));
  if (event.kind == Kind::kEntered) {
    cut_off_.push_back({event.name, event.when.order});
  } else if (event.kind == Kind::kLeft && entry == open_.end()) {
    for (CutOff& other : cut_off_) {
      if (Folded(other.name) == Folded(event.name))
        other.left = std::min(other.left, event.when.order);
    }
  } else if (event.kind == Kind::kLeft) {
    Session& session = sessions_[entry->second];
    session.end = items_.size();
    session.left = &event;
    Visit& visit = visits_[session.visits.back()];
    if (visit.how != Visit::End::kAway) {
      visit.how = Visit::End::kLeft;
      visit.gone = &event;
      visit.end = session.end;
    }
    open_.erase(entry);
  } else if (entry != open_.end()) {
    event.kind == Kind::kAway ? GoAway(event) : Return(event);
  }
}

bool RoomLog::IsOpen(const CutOff& member, std::uint64_t order) {
  return member.entered < order && order < member.left;
}

// The last visit of the member with this name; null if nobody has it.
Visit* RoomLog::CurrentVisit(std::string_view name) {
  const auto entry = open_.find(Folded(name));
  if (entry == open_.end()) return nullptr;
  return &visits_[sessions_[entry->second].visits.back()];
}

void RoomLog::GoAway(const ReportedEvent& event) {
  Visit* const visit = CurrentVisit(event.name);
  if (visit == nullptr || visit->how != Visit::End::kOpen ||
      server_.connections[visit->connection].id != event.connection) {
    return Unsound("quiet", absl::StrCat(event.name, " went away", At(event.when.at),
                                         " without being on connection ", event.connection));
  }
  visit->how = Visit::End::kAway;
  visit->gone = &event;
  visit->end = std::min(PositionOf(event.broadcasts), items_.size());
}

void RoomLog::Return(const ReportedEvent& event) {
  Visit* const visit = CurrentVisit(event.name);
  const std::optional<std::size_t> connection = ConnectionOf(event);
  if (visit == nullptr || !connection) {
    return Unsound("resume", absl::StrCat(event.name, " came back", At(event.when.at),
                                          " without being in the room"));
  }
  std::size_t begin = PositionOf(event.broadcasts);
  if (server_.crash) begin = std::min(begin, items_.size());  // the witness may be behind
  // It is behind the notices before it, and before those behind it.
  if (begin < behind_notice_ || begin + 1 > bytes_before_.size()) {
    return Unsound("resume", absl::StrCat(event.name, " came back", At(event.when.at),
                                          " behind broadcast ", event.broadcasts, " of the room"));
  }
  if (visit->how == Visit::End::kOpen) {
    visit->how = Visit::End::kTakenOver;
    visit->gone = &event;
    visit->end = begin;
  }
  AddVisit(visit->session, *connection, begin, event);
}

// What nobody hears: who left because the server was restarted, and the login of the witness.
void RoomLog::NoteUnheard(Told told, std::string_view name, const ReportedEvent& event) {
  if (event.broadcasts != ++heard_from_) {
    Unsound("epoch", absl::StrCat(Describe(told), " of ", AbslView(name), " is broadcast ",
                                  event.broadcasts, ", expected ", heard_from_));
  }
  const bool before_turns = event.reason == kRestarted || server_.turns.empty();
  const std::size_t turn = std::min(event.when.turn, server_.turns.size() - 1);
  const std::string datetime = DatetimeOf(before_turns ? server_.began : server_.turns[turn].wall);
  const char* const what = told == Told::kLeft ? "left" : "entered";
  unheard_bytes_.push_back(ResponseBytes(
      server_.options, 200, absl::StrCat(AbslView(name), " has just ", what, " the chat room...\n"),
      datetime));
  unheard_.push_back({.told = told, .name = name, .raw = unheard_bytes_.back()});
}

// A member of an earlier life is away from the start of this one.
void RoomLog::Restore(const KeptMember& member) {
  away_.push_back({.kind = Kind::kAway,
                   .connection = 0,
                   .peer = "",
                   .name = member.name,
                   .reason = std::string(kRestarted),
                   .bytes_in = 0,
                   .bytes_out = 0,
                   .when = {.turn = 0, .order = 0, .at = server_.started}});
  const std::size_t index = sessions_.size();
  sessions_.push_back({.connection = kNowhere,
                       .name = member.name,
                       .number = member.entered,
                       .entered = away_.back().when,
                       .visits = {visits_.size()},
                       .token = member.token});
  visits_.push_back({.session = index,
                     .connection = kNowhere,
                     .came = away_.back().when,
                     .how = Visit::End::kAway,
                     .gone = &away_.back()});
  open_.emplace(Folded(member.name), index);
  if (!member.token.empty()) tokens_.emplace(sessions_.back().token, index);
}

// Takes their events from the front of `changes`.
bool RoomLog::TakeThoseWhoCannotReturn(std::vector<const ReportedEvent*>& changes) {
  std::size_t taken = 0;
  for (const KeptMember& member : past_.members) {
    if (member.may_return) {
      Restore(member);
      continue;
    }
    const ReportedEvent* const left = taken < changes.size() ? changes[taken++] : nullptr;
    if (left == nullptr || left->kind != Kind::kLeft || left->name != member.name ||
        left->reason != kRestarted || left->connection != 0) {
      Unsound("quiet", absl::StrCat("expected ", member.name, " to leave at the start, got ",
                                    left == nullptr ? "nothing" : left->name));
      return false;
    }
    NoteUnheard(Told::kLeft, member.name, *left);
  }
  // Those who were told to go before the witness was in.
  for (; taken < changes.size() && changes[taken]->kind == Kind::kLeft; ++taken) {
    const auto entry = open_.find(Folded(changes[taken]->name));
    if (entry == open_.end()) break;
    sessions_[entry->second].left = changes[taken];
    open_.erase(entry);
    NoteUnheard(Told::kLeft, changes[taken]->name, *changes[taken]);
  }
  changes.erase(changes.begin(), changes.begin() + static_cast<std::ptrdiff_t>(taken));
  return sound_;
}

std::optional<std::uint64_t> RoomLog::BytesBetween(std::uint64_t from, std::uint64_t to) const {
  std::uint64_t bytes = 0;
  for (std::uint64_t number = from + 1; number <= std::min(to, heard_from_); ++number) {
    if (heard_from_ - number >= unheard_.size()) return std::nullopt;
    bytes += ItemOf(number).raw.size();
  }
  if (to <= heard_from_) return bytes;
  const std::size_t first = from <= heard_from_ ? 0 : PositionOf(from);
  return bytes + BytesBefore(PositionOf(to)) - BytesBefore(first);
}

std::uint64_t RoomLog::unheard_bytes() const {
  return *BytesBetween(heard_from_ - unheard_.size(), heard_from_);
}

const Item& RoomLog::ItemOf(std::uint64_t number) const {
  if (number > heard_from_) return items_[PositionOf(number) - 1];
  return unheard_[unheard_.size() - 1 - static_cast<std::size_t>(heard_from_ - number)];
}

// The reply to a login that gave a token has its position, which no other login has.
void RoomLog::FindTokens() {
  for (std::size_t c = 0; c < server_.connections.size(); ++c) {
    if (visits_by_connection_[c].empty()) continue;
    for (const RawResponse& response : CutResponses(server_.connections[c].out)) {
      const std::optional<RawPosition> position = ReadPosition(response.position);
      if (response.session.empty() || !position) continue;
      for (const std::size_t v : visits_by_connection_[c]) {
        const Visit& visit = visits_[v];
        Session& session = sessions_[visit.session];
        if (v != session.visits.front() || NumberAt(visit.begin) != position->count) continue;
        session.token = response.session;
        if (!tokens_.emplace(session.token, visit.session).second) {
          evidence_.Report("resume", server_.connections[c], visit.came.at,
                           "got a token that was given before");
        }
      }
    }
  }
}

const Session* RoomLog::HolderOf(std::string_view token, std::uint64_t order) const {
  const auto found = tokens_.find(token);
  if (found == tokens_.end() || !IsOpen(sessions_[found->second], order)) return nullptr;
  return &sessions_[found->second];
}

bool RoomLog::IsAway(const Session& session, std::uint64_t order) const {
  if (!IsOpen(session, order)) return false;
  const auto later = std::find_if(session.visits.begin(), session.visits.end(),
                                  [&](std::size_t v) { return visits_[v].came.order >= order; });
  const Visit& visit = visits_[*std::prev(later)];
  return visit.how == Visit::End::kAway && visit.gone->when.order < order;
}

bool RoomLog::MayBeAway(const ServerConnection& connection, std::uint64_t order) const {
  constexpr std::size_t kMostOfOneAddress = 16;
  const auto customer_of = [&](const ServerConnection& c) -> std::optional<RawNetwork> {
    if (!IsStranger(server_.options, c)) return std::nullopt;
    return CustomerNetwork(*ReadPeer(c.peer));
  };
  const std::optional<RawNetwork> customer = customer_of(connection);
  std::size_t away = 0;
  std::size_t of_address = 0;
  for (const Session& session : sessions_) {
    if (!IsAway(session, order)) continue;
    const auto lost = std::find_if(session.visits.rbegin(), session.visits.rend(),
                                   [&](std::size_t v) { return visits_[v].came.order < order; });
    const Visit& visit = visits_[*lost];
    if (visit.connection == kNowhere && !visit.lost_unseen) continue;  // not by a loss
    ++away;
    if (visit.lost_unseen) continue;
    if (customer && customer_of(server_.connections[visit.connection]) == customer) {
      ++of_address;
    }
  }
  return away < (server_.options.room.members + 3) / 4 && of_address < kMostOfOneAddress;
}

void RoomLog::Leave(const Item& item, const ReportedEvent& event) {
  const auto entry = open_.find(Folded(item.name));
  if (entry == open_.end()) {
    return Unsound("one-left", absl::StrCat(AbslView(item.name), " left", At(event.when.at),
                                            " without being in the room"));
  }
  Session& session = sessions_[entry->second];
  Visit& visit = visits_[session.visits.back()];
  const bool away = visit.how == Visit::End::kAway;
  const std::uint64_t expected = away ? 0 : server_.connections[visit.connection].id;
  if (event.connection != expected) {
    return Unsound("events", absl::StrCat("left: ", event.name, " is on connection ", expected,
                                          ", 0: on none, and was reported on ", event.connection));
  }
  session.end = bytes_before_.size() - 2;
  session.left = &event;
  if (!away) {
    visit.how = Visit::End::kLeft;
    visit.gone = &event;
    visit.end = session.end;
  }
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
  const auto has = [&](const auto& member) {
    return IsOpen(member, order) && Folded(member.name) == Folded(name);
  };
  return std::any_of(sessions_.begin(), sessions_.end(), has) ||
         std::any_of(cut_off_.begin(), cut_off_.end(), has);
}

bool RoomLog::HadName(std::string_view name, std::uint64_t order) const {
  return std::any_of(sessions_.begin(), sessions_.end(), [&](const Session& session) {
    return session.left != nullptr && session.left->when.order < order &&
           Folded(session.name) == Folded(name);
  });
}

std::size_t RoomLog::Members(std::uint64_t order) const {
  const auto is_open = [&](const auto& member) { return IsOpen(member, order); };
  return static_cast<std::size_t>(std::count_if(sessions_.begin(), sessions_.end(), is_open) +
                                  std::count_if(cut_off_.begin(), cut_off_.end(), is_open));
}

}  // namespace chathttp::sim
