#include "chathttp/adapters/redis/entry.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "chathttp/adapters/redis/bytes.h"

namespace chathttp::redis {
namespace {

constexpr std::uint64_t kNumberEnd = std::uint64_t{1} << 40;  // of a member at its server

void Write(ByteWriter& out, const Position& position) {
  out.Varint(position.epoch);
  out.Varint(position.index);
}

Position ReadPosition(ByteReader& in) {
  const std::uint64_t epoch = in.Varint();
  return {epoch, in.Varint()};
}

void WriteHead(ByteWriter& out, const Entry& entry) {
  out.Byte(kEntryVersion);
  out.Byte(static_cast<std::uint8_t>(entry.kind));
  out.Fixed64(static_cast<std::uint64_t>(absl::ToUnixNanos(entry.wall)));
}

absl::Status Malformed(std::string_view what) {
  return absl::DataLossError(
      absl::StrCat("it has no ", absl::string_view(what.data(), what.size())));
}

bool ReadServer(ByteReader& in, ServerNumber& server) {
  const std::uint64_t number = in.Varint();
  server = ServerNumber{static_cast<std::uint32_t>(number)};
  return number > 0 && number < kServerEnd;
}

// What a SessionLogin has, as bits of one byte; 0 is no session.
constexpr std::uint8_t kHasSession = 1;
constexpr std::uint8_t kBegins = 2;
constexpr std::uint8_t kReturns = 4;
constexpr std::uint8_t kSince = 8;

void Write(ByteWriter& out, const std::optional<SessionLogin>& session) {
  if (!session) return out.Byte(0);
  out.Byte(static_cast<std::uint8_t>(kHasSession | (session->begins ? kBegins : 0) |
                                     (session->returns ? kReturns : 0) |
                                     (session->since ? kSince : 0)));
  if (session->begins) out.Hash(*session->begins);
  if (session->returns) out.Hash(*session->returns);
  if (!session->since) return;
  out.Varint(session->since->epoch);
  out.Varint(session->since->count);
}

bool ReadSession(ByteReader& in, std::optional<SessionLogin>& session) {
  const std::uint8_t has = in.Byte();
  if (has == 0) return true;
  if ((has & kHasSession) == 0 || has > (kHasSession | kBegins | kReturns | kSince)) return false;
  session.emplace();
  if ((has & kBegins) != 0) session->begins = in.Hash();
  if ((has & kReturns) != 0) session->returns = in.Hash();
  if ((has & kSince) == 0) return true;
  const std::uint64_t epoch = in.Varint();
  session->since = {epoch, in.Varint()};
  return true;
}

bool ReadMember(ByteReader& in, ServerNumber server, MemberId& member) {
  const std::uint64_t number = in.Varint();
  if (number >= kNumberEnd) return false;
  member = MemberIdOf(server, number);
  return true;
}

// A member that may be that of another server, and its returns.
bool ReadReturned(ByteReader& in, BatchCommand& command) {
  ServerNumber server;
  if (!ReadServer(in, server) || !ReadMember(in, server, command.member)) return false;
  const std::uint64_t returns = in.Varint();
  command.returns = static_cast<std::uint32_t>(returns);
  return command.returns == returns;
}

bool ReadCommand(ByteReader& in, ServerNumber by, BatchCommand& command) {
  command.kind = BatchCommand::Kind{in.Byte()};
  command.delay = absl::Nanoseconds(in.Signed());
  switch (command.kind) {
    case BatchCommand::Kind::kLogin:
      if (!ReadMember(in, by, command.member)) return false;
      command.text = in.Text();
      return ReadSession(in, command.session);
    case BatchCommand::Kind::kSay:
      if (!ReadReturned(in, command)) return false;
      command.text = in.Text();
      return true;
    case BatchCommand::Kind::kLogout:
      return ReadReturned(in, command);
    case BatchCommand::Kind::kTick:
      return true;
    case BatchCommand::Kind::kGone:
      if (!ReadServer(in, command.gone)) return false;
      command.heard = ReadPosition(in);
      return true;
  }
  return false;
}

}  // namespace

std::string EncodeBatchHead(const Entry& entry, std::size_t count) {
  std::string bytes;
  ByteWriter out(bytes);
  WriteHead(out, entry);
  Write(out, entry.known);
  out.Fixed64(entry.hash);
  out.Varint(static_cast<std::uint64_t>(entry.server));
  out.Varint(entry.n);
  out.Varint(count);
  return bytes;
}

void AppendBatchCommand(const BatchCommand& command, std::string& bytes) {
  ByteWriter out(bytes);
  out.Byte(static_cast<std::uint8_t>(command.kind));
  out.Signed(absl::ToInt64Nanoseconds(command.delay));
  const auto write_returned = [&] {
    out.Varint(static_cast<std::uint64_t>(ServerOf(command.member)));
    out.Varint(NumberOf(command.member));
    out.Varint(command.returns);
  };
  switch (command.kind) {
    case BatchCommand::Kind::kLogin:
      out.Varint(NumberOf(command.member));
      out.Text(command.text);
      return Write(out, command.session);
    case BatchCommand::Kind::kSay:
      write_returned();
      return out.Text(command.text);
    case BatchCommand::Kind::kLogout:
      return write_returned();
    case BatchCommand::Kind::kTick:
      return;
    case BatchCommand::Kind::kGone:
      out.Varint(static_cast<std::uint64_t>(command.gone));
      return Write(out, command.heard);
  }
}

std::string EncodeEntry(const Entry& entry) {
  if (entry.kind == Entry::Kind::kBatch) {
    std::string bytes = EncodeBatchHead(entry, entry.commands.size());
    for (const BatchCommand& command : entry.commands) AppendBatchCommand(command, bytes);
    return bytes;
  }
  std::string bytes;
  ByteWriter out(bytes);
  WriteHead(out, entry);
  if (entry.kind == Entry::Kind::kServerUp) {
    Write(out, entry.known);
    out.Fixed64(entry.hash);
    out.Fixed64(entry.nonce);
    out.Varint(entry.max_members);
    out.Varint(entry.max_text_bytes);
  }
  if (BeginsEpoch(entry)) out.Varint(entry.numbering);
  if (entry.kind != Entry::Kind::kCreate) out.Text(entry.text);
  return bytes;
}

absl::Status OtherVersion(int version, int own) {
  return absl::UnimplementedError(absl::StrCat(
      "it has version ", version, ", this program reads version ", own,
      version < own ? "; stop all servers of the room, delete its keys and start one with --create"
                    : "; install the newest version on all servers of the room"));
}

std::string WithAdvice(const absl::Status& status) {
  return absl::StrCat(status.message(), absl::IsUnimplemented(status)
                                            ? ", and let only them write to this key"
                                            : "; let only chat servers write to this key");
}

absl::StatusOr<Entry> DecodeEntry(std::string_view payload) {
  ByteReader in(payload);
  const std::uint8_t version = in.Byte();
  if (!in.ok()) return Malformed("bytes in a field d");
  if (version != kEntryVersion) return OtherVersion(version, kEntryVersion);
  Entry entry{.kind = Entry::Kind{in.Byte()}};
  entry.wall = absl::FromUnixNanos(static_cast<std::int64_t>(in.Fixed64()));
  switch (entry.kind) {
    case Entry::Kind::kCreate:
    case Entry::Kind::kRestart:
      entry.numbering = in.Varint();
      if (entry.numbering == 0 || entry.numbering >= kNumberingEnd) {
        return Malformed("epoch from 1 to 2^62 - 1");
      }
      if (entry.kind == Entry::Kind::kRestart) entry.text = in.Text();
      break;
    case Entry::Kind::kServerUp:
      entry.known = ReadPosition(in);
      entry.hash = in.Fixed64();
      entry.nonce = in.Fixed64();
      entry.max_members = in.Varint();
      entry.max_text_bytes = in.Varint();
      entry.text = in.Text();
      break;
    case Entry::Kind::kBatch: {
      entry.known = ReadPosition(in);
      entry.hash = in.Fixed64();
      if (!ReadServer(in, entry.server)) return Malformed("server from 1 to 2^24 - 1");
      entry.n = in.Varint();
      const std::uint64_t count = in.Varint();
      if (count > kMaxBatchCommands) {
        return absl::DataLossError(absl::StrCat("it has ", count, " commands, at most ",
                                                kMaxBatchCommands, " are allowed"));
      }
      entry.commands.resize(static_cast<std::size_t>(count));
      for (BatchCommand& command : entry.commands) {
        if (!ReadCommand(in, entry.server, command))
          return Malformed("commands that this program knows");
      }
      break;
    }
    default:
      return Malformed("kind that this program knows");
  }
  if (!in.ok() || !in.at_end()) return Malformed("such length");
  return entry;
}

}  // namespace chathttp::redis
