#include "chathttp/sim/oracle/room_order.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/oracle/reply.h"
#include "chathttp/transport/ports/ordered_log.h"

namespace chathttp::sim {
namespace {

std::string EntityOf(Told told, const std::string& name, const std::string& text) {
  if (told == Told::kSaid) return absl::StrCat("[ ", name, " ] : ", text, "\n");
  return absl::StrCat(name, told == Told::kEntered ? " has just entered" : " has just left",
                      " the chat room...\n");
}

}  // namespace

RoomOrder::RoomOrder(const WorldRecord& record, const ServerOptions& options)
    : record_(record),
      options_(options),
      epoch_(record.servers.front().epoch),
      effects_(record.log.size()) {
  KeepMembers();
  state_at_.push_back(0);
  state_after_.push_back(0);
  for (std::size_t i = 0; i < record.log.size(); ++i) {
    effects_[i].begin = items_.size();
    Apply(i);
    effects_[i].end = items_.size();
    effects_[i].epoch = epoch_;
    effects_[i].first = first_;
    state_after_.push_back(states_.size() - 1);
  }
}

void RoomOrder::Apply(std::size_t index) {
  const LoggedCommand& command = record_.log[index];
  CommandEffect& effect = effects_[index];
  if (command.kind == Command::Kind::kRestart) return Restart(index);
  if (gone_.contains(command.server)) return;
  if (command.kind == Command::Kind::kServerGone) {
    effect.result = CommandEffect::Result::kDone;
    return Depart(command, index);
  }
  if (command.kind == Command::Kind::kLogin && Return(index)) return;
  const auto member = std::find_if(members_.begin(), members_.end(),
                                   [&](const Member& m) { return m.id == command.member; });
  const bool is_in = member != members_.end();
  if (command.kind == Command::Kind::kLogin && !is_in) return Login(index);
  if (!is_in || command.kind == Command::Kind::kLogin) return;
  const OrderedStay& stay = stays_[member->stay];
  // The connection that made it has its member no more.
  if (stay.token && stay.visits.size() != command.returns + 1) return;
  effect.result = CommandEffect::Result::kDone;
  effect.visit = stay.visits.back();
  if (command.kind == Command::Kind::kSay) {
    return Add(Told::kSaid, *member, command.text, command.wall, index);
  }
  Logout(command.member, command.wall, index);
}

// The servers may have applied different commands that the log has lost: nobody can return.
void RoomOrder::Restart(std::size_t index) {
  for (const Member& member : members_) {
    EndVisit(member.stay, index);
    stays_[member.stay].end = index;
  }
  members_.clear();
  names_.clear();
  gone_.clear();
  tokens_.clear();
  ++epoch_;
  first_ = items_.size();
  KeepMembers();
  effects_[index].result = CommandEffect::Result::kDone;
}

// Whether it gave a token that holds.
bool RoomOrder::Return(std::size_t index) {
  const LoggedCommand& command = record_.log[index];
  if (!command.session || !command.session->returns) return false;
  const auto held = tokens_.find(*command.session->returns);
  if (held == tokens_.end()) return false;
  const OrderedStay& stay = stays_[held->second];
  CommandEffect& effect = effects_[index];
  const RawPosition now{epoch_, items_.size() - first_};
  std::optional<RawPosition> since;
  if (command.session->since)
    since = {command.session->since->epoch, command.session->since->count};
  if (!ProblemOfReturn(since, stay.name, command.text, now).empty()) {
    effect.result = CommandEffect::Result::kRefused;
    effect.visit = stay.visits.back();
    return true;
  }
  effect.result = CommandEffect::Result::kReturned;
  EndVisit(held->second, index);
  BeginVisit(held->second, index);
  return true;
}

void RoomOrder::BeginVisit(std::size_t stay, std::size_t login) {
  effects_[login].visit = visits_.size();
  stays_[stay].visits.push_back(visits_.size());
  visits_.push_back({stay, login, record_.log.size()});
}

void RoomOrder::EndVisit(std::size_t stay, std::size_t command) {
  OrderedVisit& visit = visits_[stays_[stay].visits.back()];
  visit.end = std::min(visit.end, command);
}

void RoomOrder::Login(std::size_t index) {
  const LoggedCommand& command = record_.log[index];
  CommandEffect& effect = effects_[index];
  if (names_.contains(Folded(command.text))) {
    effect.result = CommandEffect::Result::kTaken;
  } else if (members_.size() >= options_.room.members) {
    effect.result = CommandEffect::Result::kFull;
  } else {
    effect.result = CommandEffect::Result::kDone;
    OrderedStay stay{command.member, command.text, items_.size() - first_ + 1};
    if (command.session) stay.token = command.session->begins;
    if (stay.token) tokens_.emplace(*stay.token, stays_.size());
    stay.end = record_.log.size();
    members_.push_back({command.member, command.text, stays_.size()});
    stays_.push_back(std::move(stay));
    BeginVisit(members_.back().stay, index);
    names_.insert(Folded(command.text));
    KeepMembers();
    Add(Told::kEntered, members_.back(), "", command.wall, index);
  }
}

void RoomOrder::Logout(std::uint64_t id, absl::Time wall, std::size_t command) {
  const auto place = std::find_if(members_.begin(), members_.end(),
                                  [&](const Member& member) { return member.id == id; });
  const Member member = *place;
  members_.erase(place);
  names_.erase(Folded(member.name));
  OrderedStay& stay = stays_[member.stay];
  if (stay.token) tokens_.erase(*stay.token);
  EndVisit(member.stay, command);
  stay.end = command;
  KeepMembers();
  Add(Told::kLeft, member, "", wall, command);
}

void RoomOrder::Depart(const LoggedCommand& command, std::size_t index) {
  gone_.insert(command.server);
  std::vector<std::uint64_t> leaving;
  for (const Member& member : members_) {
    const OrderedStay& stay = stays_[member.stay];
    if (HostOf(stay.visits.back()) != command.server) continue;
    if (stay.token) {
      host_losses_.push_back({index, stay.visits.back()});
      EndVisit(member.stay, index);
    } else {
      leaving.push_back(member.id);
    }
  }
  for (const std::uint64_t member : leaving) Logout(member, command.wall, index);
}

void RoomOrder::Add(Told told, const Member& member, const std::string& text, absl::Time wall,
                    std::size_t command) {
  std::string datetime = DatetimeOf(wall);
  std::string raw = ResponseBytes(options_, 200, EntityOf(told, member.name, text), datetime);
  items_.push_back(
      {told, member.id, member.name, text, std::move(raw), std::move(datetime), command});
  bytes_before_.push_back(bytes_before_.back() + items_.back().raw.size());
  state_at_.push_back(states_.size() - 1);
}

void RoomOrder::KeepMembers() { states_.push_back(members_); }

std::string RoomOrder::ListAt(std::size_t position) const {
  std::string list = "Online users:\n";
  for (const Member& member : states_[state_at_[position]])
    absl::StrAppend(&list, member.name, "\n");
  return list;
}

const RoomOrder::Members& RoomOrder::MembersAfter(std::size_t commands) const {
  return states_[state_after_[commands]];
}

std::size_t RoomOrder::PositionAfter(std::size_t commands) const {
  return commands == 0 ? 0 : effects_[commands - 1].end;
}

std::optional<std::size_t> RoomOrder::VisitOf(std::uint64_t member, std::uint32_t returns) const {
  for (auto stay = stays_.rbegin(); stay != stays_.rend(); ++stay) {
    if (stay->member == member && stay->visits.size() > returns) return stay->visits[returns];
  }
  return std::nullopt;
}

std::uint32_t RoomOrder::HostOf(std::size_t visit) const {
  return record_.log[visits_[visit].login].server;
}

RawPosition RoomOrder::PlaceAfter(std::size_t commands) const {
  if (commands == 0) return {record_.servers.front().epoch, 0};
  const CommandEffect& effect = effects_[commands - 1];
  return {effect.epoch, effect.end - effect.first};
}

KnownPast RoomOrder::PastAfter(std::size_t commands) const {
  const RawPosition now = PlaceAfter(commands);
  const std::size_t first = PositionAfter(commands) - static_cast<std::size_t>(now.count);
  return {options_, now.epoch, {}, [this, first](std::uint64_t from, std::uint64_t to) {
            const auto at = [&](std::uint64_t n) { return first + static_cast<std::size_t>(n); };
            return std::optional(bytes_before_[at(to)] - bytes_before_[at(from)]);
          }};
}

}  // namespace chathttp::sim
