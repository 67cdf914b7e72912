#include "chathttp/transport/codec/response_decoder.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "chathttp/transport/codec/byte_class.h"
#include "chathttp/transport/codec/canonical_message.h"
#include "chathttp/transport/codec/decode_result.h"
#include "chathttp/transport/codec/decoder.h"
#include "chathttp/transport/codec/field_name.h"
#include "chathttp/transport/codec/message.h"
#include "chathttp/transport/codec/message_decoder.h"
#include "chathttp/transport/codec/position.h"
#include "chathttp/transport/codec/session_token.h"
#include "chathttp/transport/codec/start_line.h"

namespace chathttp {
namespace {

enum ResponseSlot : std::size_t { kReason, kServer, kDatetime, kToken };

constexpr std::size_t kEntityBytes = std::size_t{1} << 20;
constexpr std::uint64_t kMaxSessionSeconds = 366 * 86'400;

std::optional<std::uint64_t> GapOf(std::string_view value) {
  return value == kUnknownGapValue ? kUnknownGap : ParseCount(value);
}

}  // namespace

DecodeLimits ResponseDecodeLimits() {
  DecodeLimits limits;
  limits.entity_bytes = kEntityBytes;
  return limits;
}

class ResponseDecoder::Impl final : public MessageDecoder {
 public:
  explicit Impl(const DecodeLimits& limits);

  const ResponseView& response() const { return response_; }

 private:
  CanonicalRead ReadCanonical(std::string_view input) override;
  void ClearMessage() override;
  bool TakeStartLine(std::string_view line) override;
  bool TakeField(Field field, std::string_view value) override;
  bool TakeHeadEnd() override;
  void TakeMessage(std::string_view entity) override;

  ResponseView response_;
};

ResponseDecoder::Impl::Impl(const DecodeLimits& limits)
    : MessageDecoder(ByteClass::kValue, limits) {}

CanonicalRead ResponseDecoder::Impl::ReadCanonical(std::string_view input) {
  return ReadCanonicalResponse(input, limits(), response_);
}

void ResponseDecoder::Impl::ClearMessage() { response_ = {}; }

bool ResponseDecoder::Impl::TakeStartLine(std::string_view line) {
  const StartLine parts = SplitStartLine(line, ThirdPart::kPhrase);
  if (!parts.ok) {
    return FailLine(DecodeRule::kStartLine, parts.error_position,
                    "status line: version, code and reason with one space between expected", line);
  }
  if (parts.first != kHttpVersion) {
    return FailLine(DecodeRule::kVersion, VersionMismatch(parts.first),
                    "version: HTTP/1.1 expected", parts.first);
  }
  const std::size_t digits = CountLeading(parts.second.substr(0, kCodeDigits), ByteClass::kDigit);
  if (digits < kCodeDigits || digits < parts.second.size()) {
    return FailLine(DecodeRule::kStatusCode, parts.first.size() + 1 + digits,
                    "status code: three digits expected", parts.second);
  }
  for (const char digit : parts.second) response_.code = response_.code * 10 + (digit - '0');
  Hold(kReason, parts.third);
  return true;
}

bool ResponseDecoder::Impl::TakeField(Field field, std::string_view value) {
  if (field == Field::kHeartbeat) response_.heartbeat = HeartbeatOf(value);
  const auto hold_first = [&](ResponseSlot slot) {
    if (!held(slot)) Hold(slot, value);
  };
  if (field == Field::kServer) hold_first(kServer);
  if (field == Field::kDatetime) hold_first(kDatetime);
  if (field == Field::kSession && IsToken(value)) hold_first(kToken);
  if (field == Field::kPosition) response_.position = ParsePosition(value);
  if (field == Field::kGap) response_.gap = GapOf(value);
  if (field == Field::kReplay) response_.replay = ParseCount(value).value_or(0);
  if (field == Field::kSessionSeconds) {
    response_.session_seconds = static_cast<std::uint32_t>(
        std::min<std::uint64_t>(ParseCount(value).value_or(0), kMaxSessionSeconds));
  }
  return true;
}

bool ResponseDecoder::Impl::TakeHeadEnd() { return KeepEntity(limits().entity_bytes); }

void ResponseDecoder::Impl::TakeMessage(std::string_view entity) {
  response_.reason = held(kReason).value_or(std::string_view());
  response_.server = held(kServer).value_or(std::string_view());
  response_.datetime = held(kDatetime).value_or(std::string_view());
  response_.session = held(kToken).value_or(std::string_view());
  response_.entity = entity;
}

ResponseDecoder::ResponseDecoder(const DecodeLimits& limits)
    : Decoder(std::make_unique<Impl>(limits)) {}

const ResponseView& ResponseDecoder::response() const {
  return static_cast<const Impl&>(decoder()).response();
}

}  // namespace chathttp
