#include "chathttp/adapters/redis/entry.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "chathttp/adapters/redis/bytes.h"

namespace chathttp::redis {
namespace {

constexpr std::uint64_t kNumberEnd = std::uint64_t{1} << 40;  // of a member at its server
constexpr std::uint64_t kServerEnd = std::uint64_t{1} << 24;

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

bool ReadCommand(ByteReader& in, BatchCommand& command) {
  command.kind = BatchCommand::Kind{in.Byte()};
  command.delay = absl::Nanoseconds(in.Signed());
  switch (command.kind) {
    case BatchCommand::Kind::kLogin:
    case BatchCommand::Kind::kSay:
      command.number = in.Varint();
      command.text = in.Text();
      return command.number < kNumberEnd;
    case BatchCommand::Kind::kLogout:
      command.number = in.Varint();
      return command.number < kNumberEnd;
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
  switch (command.kind) {
    case BatchCommand::Kind::kLogin:
    case BatchCommand::Kind::kSay:
      out.Varint(command.number);
      return out.Text(command.text);
    case BatchCommand::Kind::kLogout:
      return out.Varint(command.number);
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
  if (entry.kind != Entry::Kind::kCreate) out.Text(entry.text);
  return bytes;
}

absl::StatusOr<Entry> DecodeEntry(std::string_view payload) {
  ByteReader in(payload);
  const std::uint8_t version = in.Byte();
  if (!in.ok()) return Malformed("bytes in a field d");
  if (version != kEntryVersion) {
    return absl::UnimplementedError(
        absl::StrCat("it has version ", version, ", this program reads version ", kEntryVersion));
  }
  Entry entry{.kind = Entry::Kind{in.Byte()}};
  entry.wall = absl::FromUnixNanos(static_cast<std::int64_t>(in.Fixed64()));
  switch (entry.kind) {
    case Entry::Kind::kCreate:
      break;
    case Entry::Kind::kRestart:
      entry.text = in.Text();
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
        if (!ReadCommand(in, command)) return Malformed("commands that this program knows");
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
