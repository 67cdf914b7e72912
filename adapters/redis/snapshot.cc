#include "chathttp/adapters/redis/snapshot.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "chathttp/adapters/redis/bytes.h"

namespace chathttp::redis {
namespace {

constexpr std::uint8_t kSnapshotVersion = 1;

}  // namespace

std::string EncodeSnapshot(const Snapshot& snapshot) {
  std::string bytes;
  ByteWriter out(bytes);
  out.Byte(kSnapshotVersion);
  out.Fixed64(snapshot.hash);
  out.Varint(snapshot.server_count);
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
  out.Varint(snapshot.members.size());
  for (const Snapshot::Member& member : snapshot.members) {
    out.Varint(static_cast<std::uint64_t>(member.id));
    out.Text(member.name);
  }
  return bytes;
}

absl::StatusOr<Snapshot> DecodeSnapshot(std::string_view payload) {
  ByteReader in(payload);
  const std::uint8_t version = in.Byte();
  if (in.ok() && version != kSnapshotVersion) {
    return absl::UnimplementedError(absl::StrCat(
        "it has version ", version, ", this program reads version ", kSnapshotVersion));
  }
  Snapshot snapshot;
  snapshot.hash = in.Fixed64();
  snapshot.server_count = in.Varint();
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
  for (std::uint64_t left = in.Varint(); left > 0 && in.ok(); --left) {
    const MemberId id{in.Varint()};
    snapshot.members.push_back({id, std::string(in.Text())});
  }
  if (!in.ok() || !in.at_end()) return absl::DataLossError("it has another length than it says");
  return snapshot;
}

}  // namespace chathttp::redis
