#include "transport/canonical_message.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "transport/byte_class.h"
#include "transport/expectation.h"
#include "transport/head_format.h"

namespace chathttp {
namespace {

// No canonical message is shorter: of less it is not worth looking at what there is.
constexpr std::size_t kLeastBytes = 128;
constexpr std::size_t kRequestLines = 10;
constexpr std::size_t kResponseLines = 7;

// The values of the header lines that mean something to us.
struct Fields {
  std::optional<std::string_view> user_agent;
  std::string_view server;
  std::string_view datetime;
  std::uint64_t length = 0;
};

enum Line : unsigned {
  kDatetime,
  kDeveloper,
  kServer,
  kUserAgent,
  kHost,
  kAcceptLanguage,
  kAccept,
  kAcceptEncoding,
  kContentLength,
  kContentLanguage,
  kContentEncoding,
  kContentType,
};

bool ReadUserAgent(Expectation& in, Fields& fields) {
  std::string_view name;
  if (!in.Run(ByteClass::kToken, name)) return false;
  fields.user_agent = name;
  return true;
}

bool ReadContentLine(Expectation& in, Fields& fields, Line& line) {
  constexpr std::size_t kBehindContent = 8;  // of "Content_"
  switch (in.Peek(kBehindContent)) {
    case 'E':
      line = kContentEncoding;
      return in.Literal("Content_Encoding: utf-8");
    case 'T':
      line = kContentType;
      return in.Literal("Content_Type: text");
    default:
      break;
  }
  if (in.Peek(kBehindContent + 1) == 'a') {
    line = kContentLanguage;
    return in.Literal("Content_Language: en");
  }
  line = kContentLength;
  return in.Literal("Content_Length: ") && in.Length(fields.length);
}

bool ReadAcceptLine(Expectation& in, Line& line) {
  constexpr std::size_t kBehindAccept = 7;  // of "Accept_"
  switch (in.Peek(kBehindAccept)) {
    case 'L':
      line = kAcceptLanguage;
      return in.Literal("Accept_Language: en");
    case 'E':
      line = kAcceptEncoding;
      return in.Literal("Accept_Encoding: utf-8");
    default:
      line = kAccept;
      return in.Literal("Accept: text");
  }
}

// A header line of either direction up to its line end, known by its first bytes.
bool ReadKnownLine(Expectation& in, Fields& fields, Line& line) {
  std::string_view ignored;
  switch (in.Peek()) {
    case 'A':
      return ReadAcceptLine(in, line);
    case 'C':
      return ReadContentLine(in, fields, line);
    case 'D':
      line = in.Peek(1) == 'a' ? kDatetime : kDeveloper;
      if (line == kDatetime) return in.Literal("Datetime: ") && in.Datetime(fields.datetime);
      return in.Literal("Developer: ") && in.Run(ByteClass::kText, ignored);
    case 'H':
      line = kHost;
      return in.Literal("Host: ") && in.Run(ByteClass::kVisible, ignored);
    case 'S':
      line = kServer;
      return in.Literal("Server: ") && in.Value(fields.server);
    case 'U':
      line = kUserAgent;
      return in.Literal("User_Agent: ") && ReadUserAgent(in, fields);
    default:
      return false;
  }
}

// From the end of the start line on, the empty line included. Each line comes at most once.
bool ReadInAnyOrder(Expectation& in, std::size_t most_lines, Fields& fields) {
  fields = {};
  unsigned seen = 0;
  if (!in.Literal("\n")) return false;
  for (std::size_t lines = 0; in.Peek() != '\n'; ++lines) {
    Line line{};
    if (lines == most_lines || !ReadKnownLine(in, fields, line) || !in.Literal("\n")) return false;
    if ((seen >> line & 1U) != 0) return false;
    seen |= 1U << line;
  }
  return in.Literal("\n");
}

bool ReadRequestFieldsInOrder(Expectation& in, std::string_view host, Fields& fields) {
  return in.Literal("\nDatetime: ") && in.Datetime(fields.datetime) &&
         in.Literal("\nUser_Agent: ") && ReadUserAgent(in, fields) && in.Literal("\nHost: ") &&
         in.Literal(host) && in.Literal(kRequestMiddle) && in.Length(fields.length) &&
         in.Literal(kHeadEnding);
}

bool ReadResponseFieldsInOrder(Expectation& in, Fields& fields) {
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

CanonicalRead Surprise(const Expectation& in) { return {0, in.taken()}; }

}  // namespace

CanonicalRead ReadCanonicalRequest(std::string_view input, const DecodeLimits& limits,
                                   RequestView& request) {
  Expectation in(input);
  if (input.size() < kLeastBytes) return Surprise(in);
  const Method method = ReadMethod(in);
  std::string_view uri;
  if (method == Method::kUnknown || !in.Run(ByteClass::kVisible, uri) ||
      uri.size() > limits.uri_bytes || !in.Literal(" HTTP/1.1")) {
    return Surprise(in);
  }
  const std::size_t start_line = in.taken();
  Fields fields;
  if (limits.head_lines < kRequestLines || !ReadRequestFieldsInOrder(in, uri, fields)) {
    in.Rewind(start_line);
    if (!ReadInAnyOrder(in, limits.head_lines, fields)) return Surprise(in);
  }
  const std::size_t head = in.taken();
  // Entities that are to be skipped are rare.
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
  if (input.size() < kLeastBytes || !in.Literal("HTTP/1.1 ") || !in.Run(ByteClass::kDigit, code) ||
      code.size() != 3 || !in.Literal(" ") || !in.Run(ByteClass::kText, reason)) {
    return Surprise(in);
  }
  const std::size_t start_line = in.taken();
  Fields fields;
  if (limits.head_lines < kResponseLines || !ReadResponseFieldsInOrder(in, fields)) {
    in.Rewind(start_line);
    if (!ReadInAnyOrder(in, limits.head_lines, fields)) return Surprise(in);
  }
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
