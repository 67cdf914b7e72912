#include "chathttp/domain/chat_room.h"

#include <utility>

#include "chathttp/domain/text.h"

namespace chathttp {
namespace {

Outcome OutcomeOf(TextProblem problem) {
  switch (problem) {
    case TextProblem::kNone:
      return Outcome::kOk;
    case TextProblem::kTooLong:
      return Outcome::kTextTooLong;
    case TextProblem::kBlank:
    case TextProblem::kLineBreak:
    case TextProblem::kControl:
    case TextProblem::kNotUtf8:
      break;
  }
  return Outcome::kTextInvalid;
}

}  // namespace

std::string_view Describe(Outcome outcome) {
  switch (outcome) {
    case Outcome::kOk:
      return "done";
    case Outcome::kNameTaken:
      return "a member has this name";
    case Outcome::kNameReserved:
      return "nobody may have this name";
    case Outcome::kNameInvalid:
      return "the name breaks the rules for names";
    case Outcome::kAlreadyLoggedIn:
      return "the member is already logged in";
    case Outcome::kNotLoggedIn:
      return "no such member is logged in";
    case Outcome::kTextInvalid:
      return "the text breaks the rules for texts";
    case Outcome::kTextTooLong:
      return "the text is too long";
    case Outcome::kRoomFull:
      return "the room is full";
  }
  return "";
}

Outcome ChatRoom::CheckLogin(MemberId id, std::string_view name) const {
  if (by_id_.contains(id)) return Outcome::kAlreadyLoggedIn;
  switch (CheckName(name, limits_)) {
    case NameProblem::kNone:
      break;
    case NameProblem::kMalformed:
      return Outcome::kNameInvalid;
    case NameProblem::kReserved:
      return Outcome::kNameReserved;
  }
  if (by_name_.contains(name)) return Outcome::kNameTaken;
  return members_.size() < limits_.members ? Outcome::kOk : Outcome::kRoomFull;
}

Result ChatRoom::Login(MemberId id, std::string_view name) {
  const Outcome outcome = CheckLogin(id, name);
  if (outcome != Outcome::kOk) return {outcome, std::nullopt};
  const Position member = members_.insert(members_.end(), Member{id, std::string(name)});
  by_id_.insert(member);
  by_name_.insert(member);
  ++membership_version_;
  return {Outcome::kOk, Broadcast{Broadcast::Kind::kEntered, id, member->name, {}}};
}

Outcome ChatRoom::CheckSay(MemberId id, std::string_view text) const {
  return by_id_.contains(id) ? OutcomeOf(CheckText(text, limits_.text_bytes).problem)
                             : Outcome::kNotLoggedIn;
}

Result ChatRoom::Say(MemberId id, std::string_view text) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return {Outcome::kNotLoggedIn, std::nullopt};
  const Outcome outcome = OutcomeOf(CheckText(text, limits_.text_bytes).problem);
  if (outcome != Outcome::kOk) return {outcome, std::nullopt};
  return {Outcome::kOk, Broadcast{Broadcast::Kind::kSaid, id, (*found)->name, text}};
}

Result ChatRoom::Query(MemberId id) const {
  return {by_id_.contains(id) ? Outcome::kOk : Outcome::kNotLoggedIn, std::nullopt};
}

Result ChatRoom::Logout(MemberId id) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return {Outcome::kNotLoggedIn, std::nullopt};
  const Position member = *found;
  by_id_.erase(found);
  by_name_.erase(member);
  departed_name_ = std::move(member->name);
  members_.erase(member);
  ++membership_version_;
  return {Outcome::kOk, Broadcast{Broadcast::Kind::kLeft, id, departed_name_, {}}};
}

std::optional<std::string_view> ChatRoom::NameOf(MemberId id) const {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return std::nullopt;
  return (*found)->name;
}

std::optional<MemberId> ChatRoom::IdOf(std::string_view name) const {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return std::nullopt;
  return (*found)->id;
}

}  // namespace chathttp
