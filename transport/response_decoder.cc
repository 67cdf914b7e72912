#include "transport/response_decoder.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "transport/byte_class.h"
#include "transport/canonical_message.h"
#include "transport/decode_reason.h"
#include "transport/decode_result.h"
#include "transport/field_name.h"
#include "transport/message.h"
#include "transport/message_reader.h"
#include "transport/start_line.h"

namespace chathttp {
namespace {

enum Slot : std::size_t { kReason, kServer, kDatetime };

constexpr std::size_t kCodeDigits = 3;
constexpr std::size_t kEntityBytes = std::size_t{1} << 20;

}  // namespace

DecodeLimits ResponseDecodeLimits() {
  DecodeLimits limits;
  limits.entity_bytes = kEntityBytes;
  return limits;
}

ResponseDecoder::ResponseDecoder(const DecodeLimits& limits) : reader_(ByteClass::kValue, limits) {}

DecodeResult ResponseDecoder::Decode(std::string_view input) {
  if (!reader_.mid_message()) {
    const CanonicalRead read = ReadCanonicalResponse(input, reader_.limits(), response_);
    reader_.Pass(read.message_bytes, read.examined_bytes);
    if (read.message_bytes > 0) return {DecodeStatus::kMessage, read.message_bytes};
  }
  std::string_view rest = input;
  const DecodeStatus status = Read(rest);
  return {status, input.size() - rest.size()};
}

void ResponseDecoder::Restart(std::uint64_t stream_offset) {
  reader_.Restart(stream_offset);
  response_ = {};
}

DecodeStatus ResponseDecoder::Read(std::string_view& input) {
  using Event = MessageReader::Event;
  bool ok = true;
  while (ok) {
    switch (reader_.Next(input)) {
      case Event::kStartLine:
        ok = TakeStatusLine();
        break;
      case Event::kField:
        TakeField();
        break;
      case Event::kHeadEnd:
        reader_.KeepEntity();
        ok = reader_.CheckEntityBytes(reader_.limits().entity_bytes);
        break;
      case Event::kMessage:
        TakeMessage();
        return DecodeStatus::kMessage;
      case Event::kNeedMore:
        return DecodeStatus::kNeedMore;
      case Event::kError:
        ok = false;
        break;
    }
  }
  return DecodeStatus::kError;
}

bool ResponseDecoder::TakeStatusLine() {
  response_ = {};
  const std::string_view line = reader_.line();
  const StartLine parts = SplitStartLine(line, ThirdPart::kPhrase);
  if (!parts.ok) {
    return Fail(DecodeRule::kStartLine, parts.error_position,
                "status line: version, code and reason with one space between expected", line);
  }
  if (parts.first != kHttpVersion) {
    return Fail(DecodeRule::kVersion, VersionMismatch(parts.first), "version: HTTP/1.1 expected",
                parts.first);
  }
  const std::size_t digits = CountLeading(parts.second.substr(0, kCodeDigits), ByteClass::kDigit);
  if (digits < kCodeDigits || digits < parts.second.size()) {
    return Fail(DecodeRule::kStatusCode, parts.first.size() + 1 + digits,
                "status code: three digits expected", parts.second);
  }
  for (const char digit : parts.second) response_.code = response_.code * 10 + (digit - '0');
  reader_.Hold(kReason, parts.third);
  return true;
}

void ResponseDecoder::TakeField() {
  const Field field = reader_.field();
  if (field != Field::kServer && field != Field::kDatetime) return;
  const Slot slot = field == Field::kServer ? kServer : kDatetime;
  if (!reader_.held(slot)) reader_.Hold(slot, reader_.value());
}

void ResponseDecoder::TakeMessage() {
  response_.reason = reader_.held(kReason).value_or(std::string_view());
  response_.server = reader_.held(kServer).value_or(std::string_view());
  response_.datetime = reader_.held(kDatetime).value_or(std::string_view());
  response_.entity = reader_.entity();
}

bool ResponseDecoder::Fail(DecodeRule rule, std::size_t position, std::string_view rule_text,
                           std::string_view seen) {
  reader_.Fail(rule, reader_.OffsetOf(position), DecodeReason(rule_text, seen));
  return false;
}

}  // namespace chathttp
