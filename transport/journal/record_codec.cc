#include "chathttp/transport/journal/record_codec.h"

#include <algorithm>
#include <cassert>
#include <variant>

#include "chathttp/domain/limits.h"
#include "chathttp/domain/text.h"
#include "chathttp/domain/user_name.h"
#include "chathttp/transport/journal/crc32c.h"
#include "chathttp/transport/journal/little_endian.h"

namespace chathttp {
namespace {

// The first byte of a payload. The values are fixed.
enum class PayloadKind : std::uint8_t {
  kEntered = 1,
  kSaid = 2,
  kLeft = 3,
  kSession = 4,
  kEpoch = 5,
  kClosed = 6,
  kMemberPresent = 7,
  kEpochEnded = 8,
};

// ---- Write --------------------------------------------------------------------------------------

PayloadKind KindOf(Broadcast::Kind kind) {
  switch (kind) {
    case Broadcast::Kind::kEntered:
      return PayloadKind::kEntered;
    case Broadcast::Kind::kSaid:
      return PayloadKind::kSaid;
    case Broadcast::Kind::kLeft:
      return PayloadKind::kLeft;
  }
  return PayloadKind::kSaid;
}

void AppendByte(std::uint8_t byte, std::string& to) { to.push_back(static_cast<char>(byte)); }

void AppendKind(PayloadKind kind, std::string& to) {
  AppendByte(static_cast<std::uint8_t>(kind), to);
}

void AppendHash(const TokenHash& hash, std::string& to) { to.append(hash.begin(), hash.end()); }

struct PayloadWriter {
  void operator()(const SaidOrNotice& broadcast) const {
    AppendKind(KindOf(broadcast.kind), to);
    AppendLittleEndian(static_cast<std::uint64_t>(absl::ToUnixNanos(broadcast.wall)), to);
    AppendByte(static_cast<std::uint8_t>(broadcast.name.size()), to);
    to.append(broadcast.name).append(broadcast.text);
  }
  void operator()(const SessionBegun& session) const {
    AppendKind(PayloadKind::kSession, to);
    AppendLittleEndian(static_cast<std::uint64_t>(session.member), to);
    AppendHash(session.token, to);
    to.append(session.name);
  }
  void operator()(const EpochBegun& begun) const {
    AppendKind(PayloadKind::kEpoch, to);
    AppendLittleEndian(begun.epoch, to);
  }
  void operator()(const Closed&) const { AppendKind(PayloadKind::kClosed, to); }
  void operator()(const MemberPresent& member) const {
    AppendKind(PayloadKind::kMemberPresent, to);
    AppendLittleEndian(static_cast<std::uint64_t>(member.member), to);
    AppendLittleEndian(member.entered, to);
    AppendByte(member.token ? std::tuple_size_v<TokenHash> : 0, to);
    if (member.token) AppendHash(*member.token, to);
    to.append(member.name);
  }
  void operator()(const EpochEnded& ended) const {
    AppendKind(PayloadKind::kEpochEnded, to);
    AppendLittleEndian(ended.epoch, to);
    AppendLittleEndian(ended.count, to);
  }

  std::string& to;
};

[[maybe_unused]] std::string_view NameIn(const JournalRecord& record) {
  if (const auto* said = std::get_if<SaidOrNotice>(&record)) return said->name;
  if (const auto* session = std::get_if<SessionBegun>(&record)) return session->name;
  if (const auto* member = std::get_if<MemberPresent>(&record)) return member->name;
  return {};
}

// ---- Read ---------------------------------------------------------------------------------------

bool TakeBytes(std::string_view& payload, std::size_t count, std::string_view& taken) {
  if (payload.size() < count) return false;
  taken = payload.substr(0, count);
  payload.remove_prefix(count);
  return true;
}

bool TakeHash(std::string_view& payload, TokenHash& hash) {
  std::string_view bytes;
  if (!TakeBytes(payload, hash.size(), bytes)) return false;
  std::copy(bytes.begin(), bytes.end(), hash.begin());
  return true;
}

bool TakeMember(std::string_view& payload, MemberId& member) {
  std::uint64_t id = 0;
  if (!TakeLittleEndian(payload, id)) return false;
  member = MemberId{id};
  return true;
}

bool IsJournalName(std::string_view name) {
  return CheckName(name, {.name_bytes = kMaxJournalNameBytes}) == NameProblem::kNone;
}

std::optional<JournalRecord> ReadBroadcast(Broadcast::Kind kind, std::string_view payload) {
  std::uint64_t nanoseconds = 0;
  std::uint8_t name_bytes = 0;
  SaidOrNotice read{.kind = kind};
  if (!TakeLittleEndian(payload, nanoseconds) || !TakeLittleEndian(payload, name_bytes) ||
      !TakeBytes(payload, name_bytes, read.name) || !IsJournalName(read.name)) {
    return std::nullopt;
  }
  read.wall = absl::FromUnixNanos(static_cast<std::int64_t>(nanoseconds));
  read.text = payload;
  const bool text_ok = kind == Broadcast::Kind::kSaid
                           ? CheckText(payload, payload.size()).problem == TextProblem::kNone
                           : payload.empty();
  if (!text_ok) return std::nullopt;
  return read;
}

std::optional<JournalRecord> ReadSession(std::string_view payload) {
  SessionBegun read;
  if (!TakeMember(payload, read.member) || !TakeHash(payload, read.token)) return std::nullopt;
  read.name = payload;
  if (!IsJournalName(read.name)) return std::nullopt;
  return read;
}

std::optional<JournalRecord> ReadEpoch(std::string_view payload) {
  EpochBegun read;
  if (!TakeLittleEndian(payload, read.epoch) || !payload.empty()) return std::nullopt;
  if (read.epoch > kMaxJournalCount) return std::nullopt;
  return read;
}

std::optional<JournalRecord> ReadEpochEnded(std::string_view payload) {
  EpochEnded read;
  if (!TakeLittleEndian(payload, read.epoch) || !TakeLittleEndian(payload, read.count)) {
    return std::nullopt;
  }
  const bool too_large = read.epoch > kMaxJournalCount || read.count > kMaxJournalCount;
  if (too_large || !payload.empty()) return std::nullopt;
  return read;
}

std::optional<JournalRecord> ReadMemberPresent(std::string_view payload) {
  MemberPresent read;
  std::uint8_t hash_bytes = 0;
  if (!TakeMember(payload, read.member) || !TakeLittleEndian(payload, read.entered) ||
      !TakeLittleEndian(payload, hash_bytes)) {
    return std::nullopt;
  }
  if (hash_bytes == std::tuple_size_v<TokenHash>) {
    if (!TakeHash(payload, read.token.emplace())) return std::nullopt;
  } else if (hash_bytes != 0) {
    return std::nullopt;
  }
  read.name = payload;
  if (!IsJournalName(read.name)) return std::nullopt;
  return read;
}

std::optional<JournalRecord> ReadPayload(std::string_view payload) {
  std::uint8_t kind = 0;
  if (!TakeLittleEndian(payload, kind)) return std::nullopt;
  switch (static_cast<PayloadKind>(kind)) {
    case PayloadKind::kEntered:
      return ReadBroadcast(Broadcast::Kind::kEntered, payload);
    case PayloadKind::kSaid:
      return ReadBroadcast(Broadcast::Kind::kSaid, payload);
    case PayloadKind::kLeft:
      return ReadBroadcast(Broadcast::Kind::kLeft, payload);
    case PayloadKind::kSession:
      return ReadSession(payload);
    case PayloadKind::kEpoch:
      return ReadEpoch(payload);
    case PayloadKind::kClosed:
      if (payload.empty()) return Closed{};
      return std::nullopt;
    case PayloadKind::kMemberPresent:
      return ReadMemberPresent(payload);
    case PayloadKind::kEpochEnded:
      return ReadEpochEnded(payload);
  }
  return std::nullopt;
}

// That of a record without the CRC in it.
std::uint32_t CrcOfRecord(std::string_view record) {
  return Crc32c(record.substr(8), Crc32c(record.substr(0, 4)));
}

}  // namespace

void AppendRecord(std::uint64_t count, const JournalRecord& record, std::string& to) {
  assert(NameIn(record).size() <= kMaxJournalNameBytes);
  const std::size_t start = to.size();
  to.append(8, '\0');
  AppendLittleEndian(count, to);
  std::visit(PayloadWriter{to}, record);
  const std::size_t payload_bytes = to.size() - start - kRecordHeadBytes;
  assert(payload_bytes <= kMaxPayloadBytes);
  std::string head;
  AppendLittleEndian(static_cast<std::uint32_t>(payload_bytes), head);
  to.replace(start, 4, head);
  AppendLittleEndian(CrcOfRecord(std::string_view(to).substr(start)), head);
  to.replace(start, 8, head);
}

std::optional<StoredRecord> ReadRecord(std::string_view bytes, std::uint64_t min_count,
                                       std::uint64_t max_count) {
  if (bytes.size() <= kRecordHeadBytes) return std::nullopt;
  const std::size_t payload_bytes = LoadLittleEndian<std::uint32_t>(bytes);
  if (payload_bytes == 0 || payload_bytes > kMaxPayloadBytes) return std::nullopt;
  if (payload_bytes > bytes.size() - kRecordHeadBytes) return std::nullopt;
  StoredRecord read{.bytes = kRecordHeadBytes + payload_bytes};
  read.count = LoadLittleEndian<std::uint64_t>(bytes.substr(8));
  if (read.count < min_count || read.count > max_count) return std::nullopt;
  const std::string_view stored = bytes.substr(0, read.bytes);
  if (LoadLittleEndian<std::uint32_t>(stored.substr(4)) != CrcOfRecord(stored)) {
    return std::nullopt;
  }
  std::optional<JournalRecord> record = ReadPayload(stored.substr(kRecordHeadBytes));
  if (!record) return std::nullopt;
  read.record = *record;
  return read;
}

}  // namespace chathttp
