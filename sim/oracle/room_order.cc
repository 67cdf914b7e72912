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

std::uint32_t ServerOfMember(std::uint64_t member) {
  return static_cast<std::uint32_t>(ServerOf(MemberId{member}));
}

std::string EntityOf(Told told, const std::string& name, const std::string& text) {
  if (told == Told::kSaid) return absl::StrCat("[ ", name, " ] : ", text, "\n");
  return absl::StrCat(name, told == Told::kEntered ? " has just entered" : " has just left",
                      " the chat room...\n");
}

}  // namespace

RoomOrder::RoomOrder(const WorldRecord& record, const ServerOptions& options)
    : record_(record), options_(options), effects_(record.log.size()) {
  KeepMembers();
  state_at_.push_back(0);
  state_after_.push_back(0);
  for (std::size_t i = 0; i < record.log.size(); ++i) {
    effects_[i].begin = items_.size();
    Apply(i);
    effects_[i].end = items_.size();
    state_after_.push_back(states_.size() - 1);
  }
}

void RoomOrder::Apply(std::size_t index) {
  const LoggedCommand& command = record_.log[index];
  CommandEffect& effect = effects_[index];
  if (command.kind == Command::Kind::kRestart) {
    members_.clear();
    names_.clear();
    gone_.clear();
    KeepMembers();
    effect.result = CommandEffect::Result::kDone;
    return;
  }
  if (gone_.contains(command.server)) return;
  if (command.kind == Command::Kind::kServerGone) {
    effect.result = CommandEffect::Result::kDone;
    return Depart(command, index);
  }
  const auto member = std::find_if(members_.begin(), members_.end(),
                                   [&](const Member& m) { return m.id == command.member; });
  const bool is_in = member != members_.end();
  if (command.kind == Command::Kind::kLogin && !is_in) return Login(command, effect);
  if (!is_in || command.kind == Command::Kind::kLogin) return;
  effect.result = CommandEffect::Result::kDone;
  if (command.kind == Command::Kind::kSay) {
    return Add(Told::kSaid, *member, command.text, command.wall, index);
  }
  Logout(command.member, command.wall, index);
}

void RoomOrder::Login(const LoggedCommand& command, CommandEffect& effect) {
  if (names_.contains(Folded(command.text))) {
    effect.result = CommandEffect::Result::kTaken;
  } else if (members_.size() >= options_.room.members) {
    effect.result = CommandEffect::Result::kFull;
  } else {
    effect.result = CommandEffect::Result::kDone;
    members_.push_back({command.member, command.text});
    names_.insert(Folded(command.text));
    KeepMembers();
    Add(Told::kEntered, members_.back(), "", command.wall,
        static_cast<std::size_t>(&effect - effects_.data()));
  }
}

void RoomOrder::Logout(std::uint64_t id, absl::Time wall, std::size_t command) {
  const auto place = std::find_if(members_.begin(), members_.end(),
                                  [&](const Member& member) { return member.id == id; });
  const Member member = *place;
  members_.erase(place);
  names_.erase(Folded(member.name));
  KeepMembers();
  Add(Told::kLeft, member, "", wall, command);
}

void RoomOrder::Depart(const LoggedCommand& command, std::size_t index) {
  gone_.insert(command.server);
  std::vector<std::uint64_t> leaving;
  for (const Member& member : members_) {
    if (ServerOfMember(member.id) == command.server) leaving.push_back(member.id);
  }
  for (const std::uint64_t member : leaving) Logout(member, command.wall, index);
}

void RoomOrder::Add(Told told, const Member& member, const std::string& text, absl::Time wall,
                    std::size_t command) {
  std::string datetime = DatetimeOf(wall);
  std::string raw = ResponseBytes(options_, 200, EntityOf(told, member.name, text), datetime);
  items_.push_back(
      {told, member.id, member.name, text, std::move(raw), std::move(datetime), command});
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

std::size_t RoomOrder::EndOfLogin(std::size_t login) const {
  const LoggedCommand& entered = record_.log[login];
  std::size_t i = login + 1;
  for (; i < record_.log.size(); ++i) {
    const LoggedCommand& command = record_.log[i];
    if (command.kind == Command::Kind::kRestart) break;
    if (command.server != entered.server) continue;
    if (command.kind == Command::Kind::kServerGone) break;
    if (command.kind == Command::Kind::kLogout && command.member == entered.member) break;
  }
  return i;
}

}  // namespace chathttp::sim
