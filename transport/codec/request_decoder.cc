#include "chathttp/transport/codec/request_decoder.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "chathttp/transport/codec/byte_class.h"
#include "chathttp/transport/codec/canonical_message.h"
#include "chathttp/transport/codec/decode_result.h"
#include "chathttp/transport/codec/decoder.h"
#include "chathttp/transport/codec/field_name.h"
#include "chathttp/transport/codec/message.h"
#include "chathttp/transport/codec/message_decoder.h"
#include "chathttp/transport/codec/start_line.h"

namespace chathttp {
namespace {

enum RequestSlot : std::size_t { kMethodToken, kUserAgent, kSession, kSince, kHistory };

Method MethodOf(std::string_view token) {
  for (const Method method : {Method::kPost, Method::kAdd, Method::kGet, Method::kDelete}) {
    if (token == MethodName(method)) return method;
  }
  return Method::kUnknown;
}

}  // namespace

class RequestDecoder::Impl final : public MessageDecoder {
 public:
  explicit Impl(const DecodeLimits& limits);

  const RequestView& request() const { return request_; }

 private:
  CanonicalRead ReadCanonical(std::string_view input) override;
  void ClearMessage() override;
  bool TakeStartLine(std::string_view line) override;
  bool TakeField(Field field, std::string_view value) override;
  bool TakeHeadEnd() override;
  void TakeMessage(std::string_view entity) override;

  RequestView request_;
  bool has_heartbeat_ = false;
  bool has_ping_ = false;
};

RequestDecoder::Impl::Impl(const DecodeLimits& limits) : MessageDecoder(ByteClass::kText, limits) {}

CanonicalRead RequestDecoder::Impl::ReadCanonical(std::string_view input) {
  return ReadCanonicalRequest(input, limits(), request_);
}

void RequestDecoder::Impl::ClearMessage() {
  request_ = {};
  has_heartbeat_ = has_ping_ = false;
}

bool RequestDecoder::Impl::TakeStartLine(std::string_view line) {
  const StartLine parts = SplitStartLine(line, ThirdPart::kOneWord);
  if (!parts.ok) {
    return FailLine(DecodeRule::kStartLine, parts.error_position,
                    "request line: three parts with one space between expected", line);
  }
  const std::string_view method = parts.first;
  const std::size_t token_bytes = CountLeading(method, ByteClass::kToken);
  if (token_bytes < method.size()) {
    return FailLine(DecodeRule::kMethod, token_bytes, "method: a token expected", method);
  }
  const std::size_t uri_limit = limits().uri_bytes;
  const std::size_t uri_bytes =
      CountLeading(parts.second.substr(0, uri_limit), ByteClass::kVisible);
  const std::size_t uri_at = method.size() + 1;
  if (uri_bytes < parts.second.size()) {
    return FailLine(DecodeRule::kUri, uri_at + uri_bytes,
                    "URI: 1 to " + std::to_string(uri_limit) + " visible ASCII bytes expected",
                    parts.second);
  }
  if (parts.third != kHttpVersion) {
    return FailLine(DecodeRule::kVersion, uri_at + uri_bytes + 1 + VersionMismatch(parts.third),
                    "version: HTTP/1.1 expected", parts.third);
  }
  request_.method = MethodOf(method);
  if (request_.method == Method::kUnknown) Hold(kMethodToken, method);
  return true;
}

bool RequestDecoder::Impl::TakeField(Field field, std::string_view value) {
  // Of fields that original servers do not know, the first one counts.
  if (field == Field::kHeartbeat && !std::exchange(has_heartbeat_, true)) {
    request_.heartbeat = HeartbeatOf(value);
  }
  if (field == Field::kPing && !std::exchange(has_ping_, true)) request_.ping = value == "1";
  if (field == Field::kSession && !held(kSession)) Hold(kSession, value);
  if (field == Field::kSince && !held(kSince)) Hold(kSince, value);
  if (field == Field::kHistory && !held(kHistory)) Hold(kHistory, value);
  if (field != Field::kUserAgent) return true;
  if (held(kUserAgent)) {
    return FailLine(DecodeRule::kUserAgentTwice, 0, "User_Agent: only once", value);
  }
  Hold(kUserAgent, value);
  return true;
}

bool RequestDecoder::Impl::TakeHeadEnd() {
  const std::uint64_t bytes = content_length();
  const std::size_t kept_bytes = limits().entity_bytes;
  if (request_.method == Method::kPost && bytes <= kept_bytes) return KeepEntity(kept_bytes);
  request_.entity_skipped = bytes > 0;
  return SkipEntity(limits().skip_bytes);
}

void RequestDecoder::Impl::TakeMessage(std::string_view entity) {
  request_.method_token = request_.method == Method::kUnknown
                              ? held(kMethodToken).value_or(std::string_view())
                              : MethodName(request_.method);
  request_.user_agent = held(kUserAgent);
  request_.session = held(kSession);
  request_.since = held(kSince);
  request_.history = held(kHistory);
  request_.content_length = content_length();
  request_.entity = entity;
}

RequestDecoder::RequestDecoder(const DecodeLimits& limits)
    : Decoder(std::make_unique<Impl>(limits)) {}

const RequestView& RequestDecoder::request() const {
  return static_cast<const Impl&>(decoder()).request();
}

}  // namespace chathttp
