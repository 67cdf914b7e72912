// Feeds a stream to a decoder in pieces, and returns all results as one comparable value.
//
//   Trace whole = TraceOf<RequestDecoder>({stream});
//   EXPECT_EQ(TraceOf<RequestDecoder>({stream.substr(0, 3), stream.substr(3)}), whole);
#ifndef CHATHTTP_TESTS_TRANSPORT_CODEC_DECODE_TRACE_H_
#define CHATHTTP_TESTS_TRANSPORT_CODEC_DECODE_TRACE_H_

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <ostream>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "chathttp/transport/codec/decode_result.h"
#include "chathttp/transport/codec/message.h"
#include "chathttp/transport/codec/request_decoder.h"
#include "chathttp/transport/codec/response_decoder.h"
#include "tests/transport/codec/guarded_bytes.h"

namespace chathttp {

using Pieces = std::vector<std::string_view>;

struct Trace {
  std::vector<std::string> messages;
  std::optional<DecodeRule> rule;  // nullopt: no error
  std::uint64_t offset = 0;        // of the error
  std::string reason;
  std::uint64_t consumed_bytes = 0;
  bool mid_message = false;

  friend bool operator==(const Trace&, const Trace&) = default;
};

inline std::ostream& operator<<(std::ostream& out, const Trace& trace) {
  for (const std::string& message : trace.messages) out << "[" << message << "] ";
  if (trace.rule) {
    out << "rule " << static_cast<int>(*trace.rule) << " at " << trace.offset << ": "
        << trace.reason;
  }
  return out << " consumed " << trace.consumed_bytes << (trace.mid_message ? " unfinished" : "");
}

// " NAME=VALUE" for the optional fields that the message has, and nothing for the others.
template <typename Value>
void AppendOptional(std::string_view name, const std::optional<Value>& value, std::string& out) {
  std::ostringstream text;
  if (value) text << " " << name << "=" << *value;
  out += text.str();
}

inline std::string DescribeFields(const RequestView& request) {
  std::string out;
  if (request.heartbeat > 0) out += " heartbeat=" + std::to_string(request.heartbeat);
  if (request.ping) out += " ping";
  AppendOptional("session", request.session, out);
  AppendOptional("since", request.since, out);
  AppendOptional("history", request.history, out);
  return out;
}

inline std::string DescribeFields(const ResponseView& response) {
  std::string out;
  if (response.heartbeat > 0) out += " heartbeat=" + std::to_string(response.heartbeat);
  if (!response.session.empty()) out += " session=" + std::string(response.session);
  if (response.session_seconds > 0) out += " seconds=" + std::to_string(response.session_seconds);
  if (response.replay > 0) out += " replay=" + std::to_string(response.replay);
  if (response.position) out += " position=" + ToString(*response.position);
  AppendOptional("gap", response.gap, out);
  return out;
}

inline std::string Describe(const RequestView& request) {
  return std::string(MethodName(request.method)) + "|" + std::string(request.method_token) + "|" +
         std::string(request.user_agent.value_or("(none)")) + "|" +
         std::to_string(request.content_length) + (request.entity_skipped ? " skipped" : "") + "|" +
         std::string(request.entity) + DescribeFields(request);
}

inline std::string Describe(const ResponseView& response) {
  return std::to_string(response.code) + "|" + std::string(response.reason) + "|" +
         std::string(response.server) + "|" + std::string(response.datetime) + "|" +
         std::string(response.entity) + DescribeFields(response);
}

inline const RequestView& MessageOf(const RequestDecoder& decoder) { return decoder.request(); }
inline const ResponseView& MessageOf(const ResponseDecoder& decoder) { return decoder.response(); }

// Feeds one piece up to its end or an error.
template <typename Decoder>
void FeedPiece(Decoder& decoder, std::string_view piece, Trace& trace) {
  while (!piece.empty() && !trace.rule) {
    const DecodeResult result = decoder.Decode(piece);
    ASSERT_LE(result.consumed, piece.size());
    piece.remove_prefix(result.consumed);
    trace.consumed_bytes += result.consumed;
    if (result.status == DecodeStatus::kMessage) {
      ASSERT_GT(result.consumed, 0U);
      ASSERT_FALSE(decoder.mid_message());
      trace.messages.push_back(Describe(MessageOf(decoder)));
    } else if (result.status == DecodeStatus::kNeedMore) {
      ASSERT_TRUE(piece.empty());
      ASSERT_TRUE(decoder.mid_message());
    } else {
      trace.rule = decoder.error().rule;
      trace.offset = decoder.error().offset;
      trace.reason = decoder.error().reason();
    }
  }
}

// Feeds `pieces`, each at the end of readable memory and each to a decoder moved to a new place.
template <typename Decoder>
Trace TraceOf(const Pieces& pieces, const DecodeLimits& limits, GuardedBytes& memory) {
  Trace trace;
  auto decoder = std::make_unique<Decoder>(limits);
  for (const std::string_view piece : pieces) {
    FeedPiece(*decoder, memory.Place(piece), trace);
    decoder = std::make_unique<Decoder>(std::move(*decoder));
  }
  trace.mid_message = !trace.rule && decoder->mid_message();
  return trace;
}

template <typename Decoder>
Trace TraceOf(const Pieces& pieces, const DecodeLimits& limits) {
  std::size_t bytes = 0;
  for (const std::string_view piece : pieces) bytes += piece.size();
  GuardedBytes memory(bytes);
  return TraceOf<Decoder>(pieces, limits, memory);
}

inline Pieces ByteByByte(std::string_view stream) {
  Pieces pieces;
  for (std::size_t at = 0; at < stream.size(); ++at) pieces.push_back(stream.substr(at, 1));
  return pieces;
}

inline Trace TraceRequests(std::string_view stream, const DecodeLimits& limits = {}) {
  return TraceOf<RequestDecoder>({stream}, limits);
}

inline Trace TraceResponses(std::string_view stream,
                            const DecodeLimits& limits = ResponseDecodeLimits()) {
  return TraceOf<ResponseDecoder>({stream}, limits);
}

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_TRANSPORT_CODEC_DECODE_TRACE_H_
