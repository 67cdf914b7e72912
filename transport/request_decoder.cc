#include "transport/request_decoder.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
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

enum Slot : std::size_t { kMethodToken, kUserAgent };

Method MethodOf(std::string_view token) {
  for (const Method method : {Method::kPost, Method::kAdd, Method::kGet, Method::kDelete}) {
    if (token == MethodName(method)) return method;
  }
  return Method::kUnknown;
}

}  // namespace

RequestDecoder::RequestDecoder(const DecodeLimits& limits) : reader_(ByteClass::kText, limits) {}

DecodeResult RequestDecoder::Decode(std::string_view input) {
  if (!reader_.mid_message()) {
    const CanonicalRead read = ReadCanonicalRequest(input, reader_.limits(), request_);
    reader_.Pass(read.message_bytes, read.examined_bytes);
    if (read.message_bytes > 0) return {DecodeStatus::kMessage, read.message_bytes};
  }
  std::string_view rest = input;
  const DecodeStatus status = Read(rest);
  return {status, input.size() - rest.size()};
}

void RequestDecoder::Restart(std::uint64_t stream_offset) {
  reader_.Restart(stream_offset);
  request_ = {};
}

DecodeStatus RequestDecoder::Read(std::string_view& input) {
  using Event = MessageReader::Event;
  bool ok = true;
  while (ok) {
    switch (reader_.Next(input)) {
      case Event::kStartLine:
        ok = TakeRequestLine();
        break;
      case Event::kField:
        ok = TakeField();
        break;
      case Event::kHeadEnd:
        ok = TakeHeadEnd();
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

bool RequestDecoder::TakeRequestLine() {
  request_ = {};
  const std::string_view line = reader_.line();
  const StartLine parts = SplitStartLine(line, ThirdPart::kOneWord);
  if (!parts.ok) {
    return Fail(DecodeRule::kStartLine, parts.error_position,
                "request line: three parts with one space between expected", line);
  }
  const std::string_view method = parts.first;
  const std::size_t token_bytes = CountLeading(method, ByteClass::kToken);
  if (token_bytes < method.size()) {
    return Fail(DecodeRule::kMethod, token_bytes, "method: a token expected", method);
  }
  const std::size_t uri_limit = reader_.limits().uri_bytes;
  const std::size_t uri_bytes =
      CountLeading(parts.second.substr(0, uri_limit), ByteClass::kVisible);
  const std::size_t uri_at = method.size() + 1;
  if (uri_bytes < parts.second.size()) {
    return Fail(DecodeRule::kUri, uri_at + uri_bytes,
                "URI: 1 to " + std::to_string(uri_limit) + " visible ASCII bytes expected",
                parts.second);
  }
  if (parts.third != kHttpVersion) {
    return Fail(DecodeRule::kVersion, uri_at + uri_bytes + 1 + VersionMismatch(parts.third),
                "version: HTTP/1.1 expected", parts.third);
  }
  request_.method = MethodOf(method);
  if (request_.method == Method::kUnknown) reader_.Hold(kMethodToken, method);
  return true;
}

bool RequestDecoder::TakeField() {
  if (reader_.field() != Field::kUserAgent) return true;
  if (reader_.held(kUserAgent)) {
    return Fail(DecodeRule::kUserAgentTwice, 0, "User_Agent: only once", reader_.value());
  }
  reader_.Hold(kUserAgent, reader_.value());
  return true;
}

bool RequestDecoder::TakeHeadEnd() {
  const DecodeLimits& limits = reader_.limits();
  const std::uint64_t bytes = reader_.content_length();
  if (request_.method == Method::kPost && bytes <= limits.entity_bytes) {
    reader_.KeepEntity();
    return true;
  }
  request_.entity_skipped = bytes > 0;
  reader_.SkipEntity();
  return reader_.CheckEntityBytes(limits.skip_bytes);
}

void RequestDecoder::TakeMessage() {
  request_.method_token = request_.method == Method::kUnknown
                              ? reader_.held(kMethodToken).value_or(std::string_view())
                              : MethodName(request_.method);
  request_.user_agent = reader_.held(kUserAgent);
  request_.content_length = reader_.content_length();
  request_.entity = reader_.entity();
}

bool RequestDecoder::Fail(DecodeRule rule, std::size_t position, std::string_view rule_text,
                          std::string_view seen) {
  reader_.Fail(rule, reader_.OffsetOf(position), DecodeReason(rule_text, seen));
  return false;
}

}  // namespace chathttp
