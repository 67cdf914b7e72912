#include "chathttp/adapters/redis/snapshot.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "chathttp/adapters/redis/bytes.h"
#include "chathttp/adapters/redis/entry.h"

namespace chathttp::redis {
namespace {

constexpr std::uint8_t kSnapshotVersion = 2;  // version 1 had no sessions

constexpr std::uint8_t kHasNoSession = 0;
constexpr std::uint8_t kHasSession = 1;

void Write(ByteWriter& out, const PastRoom& room) {
  out.Varint(room.end.epoch);
  out.Varint(room.end.count);
  out.Varint(room.ended.size());
  for (const EpochEnd& end : room.ended) {
    out.Varint(end.epoch);
    out.Varint(end.count);
  }
  out.Varint(room.members.size());
  for (const PastMember& member : room.members) {
    out.Varint(static_cast<std::uint64_t>(member.id));
    out.Text(member.name);
    out.Byte(member.token ? kHasSession : kHasNoSession);
    if (!member.token) continue;
    out.Hash(*member.token);
    out.Varint(member.entered);
    out.Varint(static_cast<std::uint64_t>(member.host));
    out.Varint(member.returns);
  }
}

// False if a number is beyond its range.
bool ReadSession(ByteReader& in, PastMember& member) {
  const std::uint8_t has = in.Byte();
  if (has == kHasNoSession) return true;
  if (has != kHasSession) return false;
  member.token = in.Hash();
  member.entered = in.Varint();
  const std::uint64_t host = in.Varint();
  const std::uint64_t returns = in.Varint();
  member.host = ServerNumber{static_cast<std::uint32_t>(host)};
  member.returns = static_cast<std::uint32_t>(returns);
  return host > 0 && host < kServerEnd && member.returns == returns;
}

bool ReadRoom(ByteReader& in, const std::vector<KnownServer>& servers, PastRoom& room) {
  room.end.epoch = in.Varint();
  room.end.count = in.Varint();
  if (room.end.epoch == 0 || room.end.epoch >= kNumberingEnd) return false;
  for (std::uint64_t left = in.Varint(); left > 0 && in.ok(); --left) {
    const std::uint64_t epoch = in.Varint();
    room.ended.push_back({epoch, in.Varint()});
  }
  for (std::uint64_t left = in.Varint(); left > 0 && in.ok(); --left) {
    const MemberId id{in.Varint()};
    PastMember member{.id = id, .name = std::string(in.Text())};
    if (!ReadSession(in, member)) return false;
    member.away = member.token &&
                  std::none_of(servers.begin(), servers.end(), [&](const KnownServer& server) {
                    return server.number == member.host;
                  });
    room.members.push_back(std::move(member));
  }
  return true;
}

}  // namespace

std::string EncodeSnapshot(const Snapshot& snapshot) {
  std::string bytes;
  ByteWriter out(bytes);
  out.Byte(kSnapshotVersion);
  out.Fixed64(snapshot.hash);
  out.Varint(snapshot.server_count);
  out.Fixed64(static_cast<std::uint64_t>(absl::ToUnixNanos(snapshot.last_wall)));
  out.Varint(snapshot.servers.size());
  for (const KnownServer& server : snapshot.servers) {
    out.Varint(static_cast<std::uint64_t>(server.number));
    out.Fixed64(server.nonce);
    out.Varint(server.max_members);
    out.Varint(server.max_text_bytes);
    out.Text(server.name);
    out.Varint(server.n);
    out.Varint(server.heard.epoch);
    out.Varint(server.heard.index);
  }
  Write(out, snapshot.room);
  return bytes;
}

absl::StatusOr<Snapshot> DecodeSnapshot(std::string_view payload) {
  ByteReader in(payload);
  const std::uint8_t version = in.Byte();
  if (in.ok() && version != kSnapshotVersion) return OtherVersion(version, kSnapshotVersion);
  Snapshot snapshot;
  snapshot.hash = in.Fixed64();
  snapshot.server_count = in.Varint();
  snapshot.last_wall = absl::FromUnixNanos(static_cast<std::int64_t>(in.Fixed64()));
  // A count that is too large ends at the end of the bytes.
  for (std::uint64_t left = in.Varint(); left > 0 && in.ok(); --left) {
    KnownServer server;
    server.number = ServerNumber{static_cast<std::uint32_t>(in.Varint())};
    server.nonce = in.Fixed64();
    server.max_members = in.Varint();
    server.max_text_bytes = in.Varint();
    server.name = in.Text();
    server.n = in.Varint();
    server.heard.epoch = in.Varint();
    server.heard.index = in.Varint();
    snapshot.servers.push_back(std::move(server));
  }
  if (!ReadRoom(in, snapshot.servers, snapshot.room)) {
    return absl::DataLossError("it has a number beyond its range");
  }
  if (!in.ok() || !in.at_end()) return absl::DataLossError("it has another length than it says");
  return snapshot;
}

}  // namespace chathttp::redis
