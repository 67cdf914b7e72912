#include "chathttp/transport/codec/canonical_message.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "chathttp/transport/codec/byte_class.h"
#include "chathttp/transport/codec/expectation.h"
#include "chathttp/transport/codec/head_format.h"

namespace chathttp {
namespace {

// No canonical message is shorter, so shorter input is not examined.
constexpr std::size_t kMinBytes = 128;
constexpr std::size_t kRequestLines = 10;
constexpr std::size_t kResponseLines = 7;

// The values of the header lines that the decoders use.
struct Fields {
  std::string_view user_agent;
  std::string_view server;
  std::string_view datetime;
  std::uint64_t length = 0;
};

bool ReadRequestFields(Expectation& in, std::string_view host, Fields& fields) {
  return in.Literal("\nDatetime: ") && in.Datetime(fields.datetime) &&
         in.Literal("\nUser_Agent: ") && in.Run(ByteClass::kToken, fields.user_agent) &&
         in.Literal("\nHost: ") && in.Literal(host) && in.Literal(kRequestMiddle) &&
         in.Length(fields.length) && in.Literal(kHeadEnding);
}

bool ReadResponseFields(Expectation& in, Fields& fields) {
  std::string_view developer;
  return in.Literal("\nDatetime: ") && in.Datetime(fields.datetime) &&
         in.Literal("\nDeveloper: ") && in.Run(ByteClass::kText, developer) &&
         in.Literal("\nServer: ") && in.Value(fields.server) && in.Literal("\nContent_Length: ") &&
         in.Length(fields.length) && in.Literal(kHeadEnding);
}

Method ReadMethod(Expectation& in) {
  switch (in.Peek()) {
    case 'A':
      return in.Literal("ADD ") ? Method::kAdd : Method::kUnknown;
    case 'D':
      return in.Literal("DELETE ") ? Method::kDelete : Method::kUnknown;
    case 'G':
      return in.Literal("GET ") ? Method::kGet : Method::kUnknown;
    case 'P':
      return in.Literal("POST ") ? Method::kPost : Method::kUnknown;
    default:
      return Method::kUnknown;
  }
}

CanonicalRead Mismatch(const Expectation& in) { return {0, in.taken()}; }

}  // namespace

CanonicalRead ReadCanonicalRequest(std::string_view input, const DecodeLimits& limits,
                                   RequestView& request) {
  Expectation in(input);
  if (input.size() < kMinBytes) return Mismatch(in);
  const Method method = ReadMethod(in);
  std::string_view uri;
  if (method == Method::kUnknown || !in.Run(ByteClass::kVisible, uri) ||
      uri.size() > limits.uri_bytes || !in.Literal(" HTTP/1.1")) {
    return Mismatch(in);
  }
  Fields fields;
  if (limits.head_lines < kRequestLines || !ReadRequestFields(in, uri, fields)) return Mismatch(in);
  const std::size_t head = in.taken();
  // Only a POST has its entity kept; other entities are rare and read line by line.
  const std::uint64_t most_bytes = method == Method::kPost ? limits.entity_bytes : 0;
  std::string_view entity;
  if (head > limits.head_bytes || fields.length > most_bytes || !in.Take(fields.length, entity)) {
    return {0, head};
  }
  request = {.method = method,
             .method_token = MethodName(method),
             .user_agent = fields.user_agent,
             .content_length = fields.length,
             .entity_skipped = false,
             .entity = entity};
  return {in.taken(), head};
}

CanonicalRead ReadCanonicalResponse(std::string_view input, const DecodeLimits& limits,
                                    ResponseView& response) {
  Expectation in(input);
  std::string_view code;
  std::string_view reason;
  if (input.size() < kMinBytes || !in.Literal("HTTP/1.1 ") || !in.Run(ByteClass::kDigit, code) ||
      code.size() != 3 || !in.Literal(" ") || !in.Run(ByteClass::kText, reason)) {
    return Mismatch(in);
  }
  Fields fields;
  if (limits.head_lines < kResponseLines || !ReadResponseFields(in, fields)) return Mismatch(in);
  const std::size_t head = in.taken();
  std::string_view entity;
  if (head > limits.head_bytes || fields.length > limits.entity_bytes ||
      !in.Take(fields.length, entity)) {
    return {0, head};
  }
  response = {.code = (code[0] - '0') * 100 + (code[1] - '0') * 10 + (code[2] - '0'),
              .reason = reason,
              .server = fields.server,
              .datetime = fields.datetime,
              .entity = entity};
  return {in.taken(), head};
}

}  // namespace chathttp
