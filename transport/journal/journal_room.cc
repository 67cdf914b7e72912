#include "chathttp/transport/journal/journal_room.h"

#include <iterator>
#include <utility>
#include <variant>

namespace chathttp {

void JournalRoom::Apply(const JournalRecord& record) {
  closed_ = std::holds_alternative<Closed>(record);
  if (const auto* broadcast = std::get_if<SaidOrNotice>(&record)) {
    ++end_.count;
    last_wall_ = broadcast->wall;
    if (broadcast->kind == Broadcast::Kind::kEntered) {
      Add({.name = std::string(broadcast->name), .entered = end_.count});
    } else if (broadcast->kind == Broadcast::Kind::kLeft) {
      Remove(broadcast->name);
    }
  } else if (const auto* session = std::get_if<SessionBegun>(&record)) {
    const auto found = by_name_.find(session->name);
    if (found == by_name_.end()) return;
    found->second->id = session->member;
    found->second->token = session->token;
  } else if (const auto* begun = std::get_if<EpochBegun>(&record)) {
    if (begun->epoch != end_.epoch) End({end_.epoch, end_.count});
    end_.epoch = begun->epoch;
  } else if (const auto* ended = std::get_if<EpochEnded>(&record)) {
    End({ended->epoch, ended->count});
  } else if (const auto* member = std::get_if<MemberPresent>(&record)) {
    Add({.id = member->member,
         .name = std::string(member->name),
         .token = member->token,
         .entered = member->entered});
  }
}

void JournalRoom::End(const EpochEnd& epoch) {
  ended_.push_back(epoch);
  if (ended_.size() > kMaxEnded) ended_.pop_front();
}

void JournalRoom::Add(PastMember member) {
  Remove(member.name);
  members_.push_back(std::move(member));
  by_name_[members_.back().name] = std::prev(members_.end());
}

void JournalRoom::Remove(std::string_view name) {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return;
  const auto member = found->second;
  by_name_.erase(found);
  members_.erase(member);
}

}  // namespace chathttp
