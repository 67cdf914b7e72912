#include "chathttp/transport/server/sessions.h"

#include <cassert>
#include <cstring>

namespace chathttp {
namespace {

// An attacker does not know the hash of a guess that comes close, so the time of a look-up by a part
// of the hash tells nothing about the token.
std::uint64_t KeyOf(const TokenHash& token) {
  std::uint64_t key = 0;
  std::memcpy(&key, token.data(), sizeof(key));
  return key;
}

}  // namespace

bool Sessions::Begin(MemberId member, const MemberSession& session) {
  if (!by_token_.try_emplace(KeyOf(session.token), member).second) return false;
  const bool is_new = by_member_.try_emplace(member, session).second;
  assert(is_new);
  return is_new;
}

void Sessions::End(MemberId member) {
  const auto found = by_member_.find(member);
  if (found == by_member_.end()) return;
  ForgetAway(member, found->second);
  by_token_.erase(KeyOf(found->second.token));
  by_member_.erase(found);
}

void Sessions::EndAll() {
  by_member_.clear();
  by_token_.clear();
  away_of_.clear();
  away_.clear();
}

const MemberSession* Sessions::Of(MemberId member) const {
  const auto found = by_member_.find(member);
  return found == by_member_.end() ? nullptr : &found->second;
}

std::optional<MemberId> Sessions::Find(const TokenHash& token) const {
  const auto found = by_token_.find(KeyOf(token));
  if (found == by_token_.end()) return std::nullopt;
  const MemberSession& session = by_member_.find(found->second)->second;
  return EqualInConstantTime(session.token, token) ? std::optional(found->second) : std::nullopt;
}

void Sessions::SetAway(MemberId member, absl::Time until, const IpAddress& address) {
  MemberSession& session = by_member_.find(member)->second;
  ForgetAway(member, session);
  session.connection = ConnectionId{0};
  session.away_until = until;
  session.address = address;
  away_.emplace(until, member);
  if (address.known()) ++away_of_[CustomerOf(address)];
}

void Sessions::Return(MemberId member, ServerNumber host, ConnectionId connection) {
  MemberSession& session = by_member_.find(member)->second;
  ForgetAway(member, session);
  session.host = host;
  ++session.returns;
  session.connection = connection;
}

void Sessions::StopWaiting(MemberId member) { ForgetAway(member, by_member_.find(member)->second); }
void Sessions::ForgetAway(MemberId member, MemberSession& session) {
  if (away_.erase({session.away_until, member}) == 0) return;
  session.away_until = absl::InfiniteFuture();
  const auto of_address = away_of_.find(CustomerOf(session.address));
  if (of_address != away_of_.end() && --of_address->second == 0) away_of_.erase(of_address);
}

std::size_t Sessions::AwayOf(const IpAddress& address) const {
  const auto found = away_of_.find(CustomerOf(address));
  return found == away_of_.end() ? 0 : found->second;
}

std::vector<MemberId> Sessions::AwayMembers() const {
  std::vector<MemberId> members;
  members.reserve(away_.size());
  for (const auto& [until, member] : away_) members.push_back(member);
  return members;
}

absl::Time Sessions::first_limit() const {
  return away_.empty() ? absl::InfiniteFuture() : away_.begin()->first;
}

std::optional<MemberId> Sessions::Overdue(absl::Time now) const {
  if (first_limit() > now) return std::nullopt;
  return away_.begin()->second;
}

}  // namespace chathttp
