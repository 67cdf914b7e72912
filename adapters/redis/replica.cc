#include "chathttp/adapters/redis/replica.h"

#include <algorithm>
#include <utility>

namespace chathttp::redis {
namespace {

std::uint64_t Mixed(std::uint64_t hash, std::uint64_t word) {
  hash = (hash ^ word) * 0x9e3779b97f4a7c15;
  return hash ^ (hash >> 32);
}

// The hash of all entries up to one, from that of all before it. The same on every machine.
std::uint64_t HashOf(std::uint64_t before, const Position& position, std::string_view payload) {
  std::uint64_t hash = Mixed(Mixed(Mixed(before, position.epoch), position.index), payload.size());
  for (std::size_t at = 0; at < payload.size(); at += 8) {
    std::uint64_t word = 0;
    const std::size_t bytes = std::min<std::size_t>(8, payload.size() - at);
    for (std::size_t i = 0; i < bytes; ++i) {
      word |= std::uint64_t{static_cast<unsigned char>(payload[at + i])} << (8 * i);
    }
    hash = Mixed(hash, word);
  }
  return hash;
}

}  // namespace

Replica::Replica(const Position& position, const Snapshot& snapshot)
    : position_(position),
      hash_(snapshot.hash),
      first_kept_(position),
      numbering_(snapshot.room.end.epoch),
      last_wall_(snapshot.last_wall),
      server_count_(snapshot.server_count),
      servers_(snapshot.servers) {
  hashes_[position.index % kKeptHashes] = hash_;
}

Replica::Judgement Replica::Judge(const Position& position, const Entry& entry) const {
  if (position.epoch > position_.epoch && position.index == 0 && BeginsEpoch(entry)) {
    return entry.numbering > numbering_ ? Judgement::kNext : Judgement::kOtherPast;
  }
  if (position.epoch != position_.epoch || position.index != position_.index + 1 ||
      BeginsEpoch(entry)) {
    return Judgement::kMissing;
  }
  const Position& known = entry.known;
  if (known.epoch != position.epoch || known > position_) return Judgement::kOtherPast;
  const bool is_kept = known >= first_kept_ && known.index + kKeptHashes > position_.index;
  if (is_kept && hashes_[known.index % kKeptHashes] != entry.hash) return Judgement::kOtherPast;
  if (entry.kind == Entry::Kind::kServerUp && server_count_ == kMaxServers) return Judgement::kFull;
  return Judgement::kNext;
}

void Replica::Apply(const Position& position, std::string_view payload, const Entry& entry,
                    EntryEffects& effects) {
  const bool begins = BeginsEpoch(entry);
  if (begins) {
    first_kept_ = position;
    hash_ = server_count_ = 0;
    servers_.clear();
    numbering_ = entry.numbering;
    last_wall_ = entry.wall;
  }
  position_ = position;
  hash_before_last_ = hash_;
  hash_ = HashOf(hash_, position, payload);
  hashes_[position.index % kKeptHashes] = hash_;
  if (begins) return effects.OnRestart(entry);
  const absl::Time wall_before = std::exchange(last_wall_, std::max(last_wall_, entry.wall));
  if (entry.kind == Entry::Kind::kBatch) return ApplyBatch(position, entry, effects);
  for (const KnownServer& server : servers_) {
    if (server.nonce == entry.nonce) return;  // it was sent twice
  }
  // Where no server is up, nobody knows of entries that Redis has lost since, though members may have
  // heard them: so what follows must not have their positions.
  const bool is_alone = servers_.empty() || entry.wall - wall_before > kSilentRoom;
  if (server_count_ > 0 && is_alone) {
    const std::int64_t now = absl::ToUnixMillis(entry.wall);
    numbering_ =
        std::max(numbering_ + 1, static_cast<std::uint64_t>(std::max<std::int64_t>(now, 0)));
    effects.OnNumbering();
  }
  const ServerNumber number{static_cast<std::uint32_t>(++server_count_)};
  servers_.push_back({.number = number,
                      .nonce = entry.nonce,
                      .max_members = entry.max_members,
                      .max_text_bytes = entry.max_text_bytes,
                      .name = std::string(entry.text),
                      .heard = position});
  effects.OnServerUp(number, entry.nonce);
}

bool Replica::IsLast(std::string_view payload) const {
  return !hash_before_last_ || HashOf(*hash_before_last_, position_, payload) == hash_;
}

void Replica::ApplyBatch(const Position& position, const Entry& entry, EntryEffects& effects) {
  const auto server = std::find_if(servers_.begin(), servers_.end(), [&](const KnownServer& each) {
    return each.number == entry.server;
  });
  if (server == servers_.end()) return effects.OnDroppedBatch(entry.server, entry.n);
  server->heard = position;
  if (entry.n != server->n + 1) return effects.OnDroppedBatch(entry.server, entry.n);
  server->n = entry.n;
  effects.OnBatch(entry.server, entry.n);
  for (const BatchCommand& each : entry.commands) {
    Command command{.server = entry.server,
                    .member = each.member,
                    .wall = entry.wall + each.delay,
                    .returns = each.returns,
                    .session = each.session ? &*each.session : nullptr,
                    .text = each.text};
    switch (each.kind) {
      case BatchCommand::Kind::kLogin:
        command.kind = Command::Kind::kLogin;
        break;
      case BatchCommand::Kind::kSay:
        command.kind = Command::Kind::kSay;
        break;
      case BatchCommand::Kind::kLogout:
        command.kind = Command::Kind::kLogout;
        break;
      case BatchCommand::Kind::kTick:
        effects.OnTick(entry.server);
        continue;
      case BatchCommand::Kind::kGone:
        if (!IsGone(each, entry.server)) continue;
        std::erase_if(servers_, [&](const KnownServer& gone) { return gone.number == each.gone; });
        command = {.kind = Command::Kind::kServerGone, .server = each.gone, .wall = command.wall};
        break;
    }
    effects.OnCommand(command);
    // What comes behind its own end has no effect.
    if (command.kind == Command::Kind::kServerGone && command.server == entry.server) return;
  }
}

bool Replica::IsGone(const BatchCommand& command, ServerNumber by) const {
  const KnownServer* const server = Find(command.gone);
  return server != nullptr && (command.gone == by || server->heard == command.heard);
}

const KnownServer* Replica::Find(ServerNumber number) const {
  for (const KnownServer& server : servers_) {
    if (server.number == number) return &server;
  }
  return nullptr;
}

Snapshot Replica::MakeSnapshot() const {
  return {
      .hash = hash_, .server_count = server_count_, .last_wall = last_wall_, .servers = servers_};
}

}  // namespace chathttp::redis
