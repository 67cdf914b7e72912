#include "chathttp/domain/chat_room.h"

#include <utility>

#include "chathttp/domain/text.h"

namespace chathttp {

Result ChatRoom::Login(MemberId id, std::string_view name) {
  if (by_id_.contains(id)) return {Outcome::kAlreadyLoggedIn, std::nullopt};
  switch (CheckName(name, limits_.name_bytes)) {
    case NameProblem::kNone:
      break;
    case NameProblem::kMalformed:
      return {Outcome::kNameInvalid, std::nullopt};
    case NameProblem::kReserved:
      return {Outcome::kNameReserved, std::nullopt};
  }
  if (by_name_.contains(name)) return {Outcome::kNameTaken, std::nullopt};
  if (members_.size() >= limits_.members) return {Outcome::kRoomFull, std::nullopt};

  const Position member = members_.insert(members_.end(), Member{id, std::string(name)});
  by_id_.insert(member);
  by_name_.insert(member);
  ++membership_version_;
  return {Outcome::kOk, Broadcast{Broadcast::Kind::kEntered, member->name, {}}};
}

Result ChatRoom::Say(MemberId id, std::string_view text) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return {Outcome::kNotLoggedIn, std::nullopt};
  switch (CheckText(text, limits_.text_bytes).problem) {
    case TextProblem::kNone:
      return {Outcome::kOk, Broadcast{Broadcast::Kind::kSaid, (*found)->name, text}};
    case TextProblem::kTooLong:
      return {Outcome::kTextTooLong, std::nullopt};
    case TextProblem::kBlank:
    case TextProblem::kLineBreak:
    case TextProblem::kControl:
    case TextProblem::kNotUtf8:
      break;
  }
  return {Outcome::kTextInvalid, std::nullopt};
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
  return {Outcome::kOk, Broadcast{Broadcast::Kind::kLeft, departed_name_, {}}};
}

std::optional<std::string_view> ChatRoom::NameOf(MemberId id) const {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return std::nullopt;
  return (*found)->name;
}

}  // namespace chathttp
