// The rows of "Reading strictly" (docs/protocol.md) for responses.
#include "chathttp/transport/codec/response_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <optional>
#include <string>

#include "chathttp/transport/codec/decode_result.h"
#include "tests/transport/codec/decode_trace.h"
#include "tests/transport/codec/golden.h"

namespace chathttp {
namespace {

using testing::ElementsAre;

std::optional<DecodeRule> RuleBroken(const std::string& stream) {
  return TraceResponses(stream).rule;
}

TEST(ResponseDecoderTest, CapturedResponsesAreRead) {
  const std::string server = "|Python Socket Server|";
  EXPECT_THAT(
      TraceResponses(Golden("response-202-greeting.bin") + Golden("response-401-taken.bin") +
                     Golden("response-400-unknown.bin") + Golden("response-200-query.bin"))
          .messages,
      ElementsAre("202|Accept" + server + "2015-11-29 10:17:34|test",
                  "401|User Name Exist" + server + "2015-11-29 10:44:14|Error...T.T",
                  "400|Bad Request" + server + "2015-11-29 10:44:14|Unknown...TAT",
                  "200|OK" + server + "2015-11-29 10:19:52|Online users:\nSoros\nAlice\n"));
}

TEST(ResponseDecoderTest, HeaderFieldsMayComeInAnyOrderAndSpelling) {
  EXPECT_THAT(TraceResponses("HTTP/1.1 200 OK\r\ncontent-length: 1\r\nX: y\r\nDATETIME: d\r\n"
                             "server: \ts e\t\r\n\r\nz")
                  .messages,
              ElementsAre("200|OK|s e|d|z"));
}

TEST(ResponseDecoderTest, FieldsOfSessionsAreRead) {
  EXPECT_THAT(TraceResponses("HTTP/1.1 200 \nsession: 0123456789abcdef0123456789abcdef\n"
                             "Session-Seconds: 120\nREPLAY: 3\nPosition: 7.120\nGap: 0\n\n"
                             "HTTP/1.1 200 \nGap: unknown\n\nHTTP/1.1 200 \n\n")
                  .messages,
              ElementsAre("200|||| session=0123456789abcdef0123456789abcdef seconds=120 replay=3 "
                          "position=7.120 gap=0",
                          "200|||| gap=" + std::to_string(kUnknownGap), "200||||"));
}

TEST(ResponseDecoderTest, MalformedFieldsOfSessionsAreIgnored) {
  for (const char* line :
       {"Session: new", "Session: 0123456789ABCDEF0123456789ABCDEF", "Session: 0123456789abcdef",
        "Session: 0123456789abcdef0123456789abcdef0", "Session_Seconds: 2m",
        "Session_Seconds:", "Session_Seconds: -1", "Replay: all", "Replay: 12345678901234567890",
        "Replay: 1 2", "Position: 7", "Position: 7.", "Position: .7", "Position: 1.2.3",
        "Position: 1.-2", "Gap: none", "Gap: Unknown", "Gap:"}) {
    EXPECT_THAT(TraceResponses("HTTP/1.1 200 \n" + std::string(line) + "\n\n").messages,
                ElementsAre("200||||"))
        << line;
  }
}

TEST(ResponseDecoderTest, SecondsOfASessionAreAtMostThoseOfAYear) {
  EXPECT_THAT(TraceResponses("HTTP/1.1 200 \nSession_Seconds: 9999999999999999999\n\n").messages,
              ElementsAre("200|||| seconds=31622400"));
}

TEST(ResponseDecoderTest, AbsentFieldsAreEmpty) {
  EXPECT_THAT(TraceResponses("HTTP/1.1 500 \n\n").messages, ElementsAre("500||||"));
}

TEST(ResponseDecoderTest, StatusLineWithoutItsSpacesIsFatal) {
  for (const char* line :
       {"", "HTTP/1.1", "HTTP/1.1 200", "HTTP/1.1  200 OK", " HTTP/1.1 200 OK"}) {
    EXPECT_EQ(RuleBroken(std::string(line) + "\n\n"), DecodeRule::kStartLine) << line;
  }
}

TEST(ResponseDecoderTest, OtherVersionIsFatal) {
  for (const char* version : {"HTTP/1.0", "HTTP/2", "http/1.1", "HTTP/1.10"}) {
    EXPECT_EQ(RuleBroken(std::string(version) + " 200 OK\n\n"), DecodeRule::kVersion) << version;
  }
}

TEST(ResponseDecoderTest, StatusCodeIsThreeDigits) {
  for (const char* code : {"20", "2000", "2x0", "+20", "-20", "20\xc2"}) {
    EXPECT_EQ(RuleBroken("HTTP/1.1 " + std::string(code) + " OK\n\n"), DecodeRule::kStatusCode)
        << code;
  }
  EXPECT_THAT(TraceResponses("HTTP/1.1 007 \n\n").messages, ElementsAre("7||||"));
}

TEST(ResponseDecoderTest, ReasonMayBeEmptyOrHoldSpacesTabsAndBytesAboveAscii) {
  EXPECT_THAT(TraceResponses("HTTP/1.1 200 \n\nHTTP/1.1 200  a\tb\xff \n\n").messages,
              ElementsAre("200||||", "200| a\tb\xff |||"));
}

TEST(ResponseDecoderTest, ControlByteInAReasonIsFatal) {
  EXPECT_EQ(RuleBroken("HTTP/1.1 200 O\x1bK\n\n"), DecodeRule::kControlByte);
}

TEST(ResponseDecoderTest, EntityOfOneMebibyteIsKeptAndOneByteMoreIsFatal) {
  const std::size_t limit = std::size_t{1} << 20U;
  const std::string head = "HTTP/1.1 200 OK\nContent_Length: ";
  const std::string entity(limit, 'e');
  EXPECT_THAT(TraceResponses(head + std::to_string(limit) + "\n\n" + entity).messages,
              ElementsAre("200|OK|||" + entity));
  const Trace trace = TraceResponses(head + std::to_string(limit + 1) + "\n\n");
  EXPECT_EQ(trace.rule, DecodeRule::kEntityTooLong);
  EXPECT_EQ(trace.offset, head.size());
}

TEST(ResponseDecoderTest, RestartedDecoderCountsFromTheOffsetGiven) {
  ResponseDecoder decoder;
  ASSERT_EQ(decoder.Decode("HTTP/1.1 200 OK\nServer: s").status, DecodeStatus::kNeedMore);
  decoder.Restart(7);
  EXPECT_FALSE(decoder.mid_message());
  EXPECT_EQ(decoder.stream_offset(), 7U);
  ASSERT_EQ(decoder.Decode("HTTP/1.1 x").status, DecodeStatus::kNeedMore);
  ASSERT_EQ(decoder.Decode("00 OK\n").status, DecodeStatus::kError);
  EXPECT_EQ(decoder.error().offset, 7U + 9U);
}

}  // namespace
}  // namespace chathttp
