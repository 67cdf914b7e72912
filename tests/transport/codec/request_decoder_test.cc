// The rows of "Reading strictly" (docs/protocol.md) for requests, and a decoder that serves many
// streams.
#include "chathttp/transport/codec/request_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "chathttp/transport/codec/decode_result.h"
#include "chathttp/transport/codec/message.h"
#include "tests/transport/codec/decode_trace.h"
#include "tests/transport/codec/golden.h"

namespace chathttp {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::optional<DecodeRule> RuleBroken(const std::string& stream) {
  return TraceRequests(stream).rule;
}

std::string Post(std::size_t entity_bytes) {
  return "POST / HTTP/1.1\nUser_Agent: Al\nContent_Length: " + std::to_string(entity_bytes) +
         "\n\n" + std::string(entity_bytes, 'x');
}

TEST(RequestDecoderTest, CapturedRequestsAreRead) {
  EXPECT_THAT(TraceRequests(Golden("request-add.bin") + Golden("request-post.bin") +
                            Golden("request-get.bin") + Golden("request-delete.bin"))
                  .messages,
              ElementsAre("ADD|ADD|Alice|0|", "POST|POST|Alice|17|Hello, everyone!\n",
                          "GET|GET|Alice|0|", "DELETE|DELETE|Alice|0|"));
}

TEST(RequestDecoderTest, RequestLineHasExactlyThreePartsWithOneSpaceBetween) {
  for (const char* line : {"", "GET", "GET /", "GET / HTTP/1.1 ", "GET  / HTTP/1.1",
                           "GET /  HTTP/1.1", " GET / HTTP/1.1", "GET / / HTTP/1.1", "  "}) {
    EXPECT_EQ(RuleBroken(std::string(line) + "\n\n"), DecodeRule::kStartLine) << line;
  }
}

TEST(RequestDecoderTest, EmptyLineBeforeARequestIsFatal) {
  EXPECT_EQ(RuleBroken("\nGET / HTTP/1.1\n\n"), DecodeRule::kStartLine);
  EXPECT_EQ(RuleBroken("\r\nGET / HTTP/1.1\n\n"), DecodeRule::kStartLine);
}

TEST(RequestDecoderTest, OtherVersionIsFatal) {
  for (const char* version : {"HTTP/1.0", "HTTP/2", "http/1.1", "HTTP/1.10", "HTTP/1.", "x"}) {
    EXPECT_EQ(RuleBroken("GET / " + std::string(version) + "\n\n"), DecodeRule::kVersion)
        << version;
  }
}

TEST(RequestDecoderTest, MethodThatIsNoTokenIsFatal) {
  for (const char* method : {"G@T", "GET,", "[GET]", "G\xc3\x84T", "\"GET\""}) {
    EXPECT_EQ(RuleBroken(std::string(method) + " / HTTP/1.1\n\n"), DecodeRule::kMethod) << method;
  }
}

TEST(RequestDecoderTest, UnknownMethodIsAMessageAndItsEntityIsSkipped) {
  EXPECT_THAT(TraceRequests("Get / HTTP/1.1\nContent_Length: 2\n\nhiGET / HTTP/1.1\n\n").messages,
              ElementsAre("|Get|(none)|2 skipped|", "GET|GET|(none)|0|"));
}

TEST(RequestDecoderTest, UriOfLimitIsReadAndOneByteMoreIsFatal) {
  const std::string uri(256, 'u');
  EXPECT_EQ(TraceRequests("GET " + uri + " HTTP/1.1\n\n").messages.size(), 1U);
  const Trace trace = TraceRequests("GET " + uri + "u HTTP/1.1\n\n");
  EXPECT_EQ(trace.rule, DecodeRule::kUri);
  EXPECT_EQ(trace.offset, 4U + 256U);
  EXPECT_THAT(trace.reason, HasSubstr("256"));
}

TEST(RequestDecoderTest, UriOtherThanVisibleAsciiIsFatal) {
  EXPECT_EQ(RuleBroken("GET /\xc3\xa4 HTTP/1.1\n\n"), DecodeRule::kUri);
}

TEST(RequestDecoderTest, ControlByteInARequestLineIsFatalTabToo) {
  EXPECT_EQ(RuleBroken("GET\t/ HTTP/1.1\n\n"), DecodeRule::kControlByte);
  EXPECT_EQ(RuleBroken("GET /\x7f HTTP/1.1\n\n"), DecodeRule::kControlByte);
  EXPECT_EQ(RuleBroken("\x16\x03\x01"), DecodeRule::kControlByte);
}

TEST(RequestDecoderTest, EndlessRequestLineIsFatalAtTheLimitOfTheHead) {
  const Trace trace = TraceRequests(std::string(9000, 'G'));
  EXPECT_EQ(trace.rule, DecodeRule::kHeadTooLong);
  EXPECT_EQ(trace.offset, 8192U);
}

TEST(RequestDecoderTest, AbsentUserAgentIsTold) {
  EXPECT_THAT(TraceRequests("ADD / HTTP/1.1\n\n").messages, ElementsAre("ADD|ADD|(none)|0|"));
}

TEST(RequestDecoderTest, EmptyUserAgentIsThere) {
  EXPECT_THAT(TraceRequests("ADD / HTTP/1.1\nUser_Agent: \t\n\n").messages,
              ElementsAre("ADD|ADD||0|"));
}

TEST(RequestDecoderTest, ValuesAreTrimmedAndMayHoldSpacesAndBytesAboveAscii) {
  EXPECT_THAT(TraceRequests("ADD / HTTP/1.1\nuser-agent:\t A\xff b \t\n\n").messages,
              ElementsAre("ADD|ADD|A\xff b|0|"));
}

TEST(RequestDecoderTest, UserAgentTwiceIsFatal) {
  EXPECT_EQ(RuleBroken("ADD / HTTP/1.1\nUser_Agent: a\nUser-Agent: a\n\n"),
            DecodeRule::kUserAgentTwice);
}

TEST(RequestDecoderTest, FieldsOfSessionsAreGivenAsSent) {
  EXPECT_THAT(TraceRequests("ADD / HTTP/1.1\nSESSION:\tnew \nsince: 7.x\nHistory: -5\n\n").messages,
              ElementsAre("ADD|ADD|(none)|0| session=new since=7.x history=-5"));
  EXPECT_THAT(TraceRequests("ADD / HTTP/1.1\nSession:\n\n").messages,
              ElementsAre("ADD|ADD|(none)|0| session="));
}

TEST(RequestDecoderTest, FirstOfEachFieldOfSessionsCounts) {
  EXPECT_THAT(TraceRequests("ADD / HTTP/1.1\nSession: a\nSession: b\nSince: c\nSince: d\n"
                            "History: 1\nHistory: 2\n\n")
                  .messages,
              ElementsAre("ADD|ADD|(none)|0| session=a since=c history=1"));
}

TEST(RequestDecoderTest, FirstOfEachFieldOfSignsOfLifeCounts) {
  EXPECT_THAT(
      TraceRequests("ADD / HTTP/1.1\nHeartbeat: 10\nHeartbeat: 20\n\n"
                    "ADD / HTTP/1.1\nHeartbeat: 5\nHeartbeat: 30\n\n"
                    "GET / HTTP/1.1\nPing: 1\nPing: 0\n\n"
                    "GET / HTTP/1.1\nPing: 0\nPing: 1\n\n"
                    "ADD / HTTP/1.1\nHeartbeat: 40\nPing: 1\n\n")
          .messages,
      ElementsAre("ADD|ADD|(none)|0| heartbeat=10", "ADD|ADD|(none)|0|", "GET|GET|(none)|0| ping",
                  "GET|GET|(none)|0|", "ADD|ADD|(none)|0| heartbeat=40 ping"));
}

TEST(RequestDecoderTest, FieldsOfSessionsDoNotOutliveTheirRequest) {
  EXPECT_THAT(TraceRequests("ADD / HTTP/1.1\nSession: new\nSince: 1.2\nHistory: 3\n\n"
                            "GET / HTTP/1.1\n\n")
                  .messages,
              ElementsAre(HasSubstr("session=new since=1.2 history=3"), "GET|GET|(none)|0|"));
}

TEST(RequestDecoderTest, EntityOfPostOfTheLimitIsKept) {
  EXPECT_THAT(TraceRequests(Post(4096)).messages,
              ElementsAre("POST|POST|Al|4096|" + std::string(4096, 'x')));
}

TEST(RequestDecoderTest, EntityOfPostOverTheLimitIsSkippedAndReadingGoesOn) {
  EXPECT_THAT(
      TraceRequests(Post(4097) + Post(65536) + Post(1)).messages,
      ElementsAre("POST|POST|Al|4097 skipped|", "POST|POST|Al|65536 skipped|", "POST|POST|Al|1|x"));
}

TEST(RequestDecoderTest, EntityTooLongToSkipIsFatalAsSoonAsTheHeadIsComplete) {
  const std::string stream = Post(65537);
  const std::size_t head_bytes = stream.find("\n\n") + 2;
  EXPECT_EQ(TraceRequests(stream.substr(0, head_bytes - 1)).rule, std::nullopt);
  const Trace trace = TraceRequests(stream.substr(0, head_bytes));
  EXPECT_EQ(trace.rule, DecodeRule::kEntityTooLong);
  EXPECT_EQ(trace.offset, stream.find("65537"));
  EXPECT_EQ(trace.reason, "entity: at most 65536 bytes, got '65537'");
}

TEST(RequestDecoderTest, EntitiesOfOtherMethodsAreSkipped) {
  for (const std::string method : {"ADD", "GET", "DELETE", "OTHER"}) {
    const std::string head = method + " / HTTP/1.1\nContent_Length: ";
    EXPECT_EQ(TraceRequests(head + "3\n\nabc" + Post(1)).messages.size(), 2U) << method;
    EXPECT_EQ(RuleBroken(head + "65537\n\n"), DecodeRule::kEntityTooLong) << method;
  }
}

TEST(RequestDecoderTest, PipelinedRequestsAreReadOneByOne) {
  const std::string first = Post(5);
  const std::string stream = first + Post(6);
  RequestDecoder decoder;
  const DecodeResult result = decoder.Decode(stream);
  EXPECT_EQ(result.status, DecodeStatus::kMessage);
  EXPECT_EQ(result.consumed, first.size());
  EXPECT_EQ(decoder.request().content_length, 5U);
}

TEST(RequestDecoderTest, EmptyInputChangesNothing) {
  const std::string stream = Post(5);
  EXPECT_EQ(TraceOf<RequestDecoder>({"", stream.substr(0, 20), "", stream.substr(20), ""}, {}),
            TraceRequests(stream));
}

TEST(RequestDecoderTest, WholeRequestIsReadInPlace) {
  const std::string stream = Post(5);
  RequestDecoder decoder;
  ASSERT_EQ(decoder.Decode(stream).status, DecodeStatus::kMessage);
  EXPECT_EQ(decoder.request().entity.data(), stream.data() + stream.size() - 5);
}

TEST(RequestDecoderTest, RestartedDecoderCountsFromTheOffsetGiven) {
  RequestDecoder decoder;
  decoder.Restart(1000);
  const std::string stream = Post(5) + "BAD\n";
  const DecodeResult first = decoder.Decode(stream);
  ASSERT_EQ(first.status, DecodeStatus::kMessage);
  EXPECT_EQ(decoder.stream_offset(), 1000 + first.consumed);
  ASSERT_EQ(decoder.Decode(std::string_view(stream).substr(first.consumed)).status,
            DecodeStatus::kError);
  EXPECT_EQ(decoder.error().offset, 1000 + stream.size() - 1);
}

TEST(RequestDecoderTest, RestartForgetsAnUnfinishedRequestAndAnError) {
  RequestDecoder decoder;
  ASSERT_EQ(decoder.Decode("GET / HTTP/1.1\nUser_Agent: someone\nCont").status,
            DecodeStatus::kNeedMore);
  decoder.Restart(0);
  EXPECT_FALSE(decoder.mid_message());
  ASSERT_EQ(decoder.Decode("BAD\n").status, DecodeStatus::kError);
  decoder.Restart(0);
  ASSERT_EQ(decoder.Decode("ADD / HTTP/1.1\n\n").status, DecodeStatus::kMessage);
  EXPECT_EQ(decoder.request().user_agent, std::nullopt);
}

TEST(RequestDecoderTest, SharedDecoderServesOneStreamAfterAnUnfinishedRequestMovedOut) {
  const std::string first = Post(20);
  const std::string second = Golden("request-add.bin");
  RequestDecoder shared;
  ASSERT_EQ(shared.Decode(first.substr(0, 30)).status, DecodeStatus::kNeedMore);
  RequestDecoder parked = std::move(shared);
  shared = RequestDecoder();
  shared.Restart(0);
  ASSERT_EQ(shared.Decode(second).status, DecodeStatus::kMessage);
  EXPECT_EQ(Describe(shared.request()), "ADD|ADD|Alice|0|");
  ASSERT_EQ(parked.Decode(std::string_view(first).substr(30)).status, DecodeStatus::kMessage);
  EXPECT_EQ(Describe(parked.request()), "POST|POST|Al|20|" + std::string(20, 'x'));
}

TEST(RequestDecoderTest, MidMessageFromTheFirstByteToTheLast) {
  const std::string stream = Post(3);
  RequestDecoder decoder;
  EXPECT_FALSE(decoder.mid_message());
  for (std::size_t at = 0; at + 1 < stream.size(); ++at) {
    ASSERT_EQ(decoder.Decode(std::string_view(stream).substr(at, 1)).status,
              DecodeStatus::kNeedMore);
    ASSERT_TRUE(decoder.mid_message());
  }
  EXPECT_EQ(decoder.Decode("x").status, DecodeStatus::kMessage);
  EXPECT_FALSE(decoder.mid_message());
}

TEST(RequestDecoderTest, PartialBytesAreThoseOfThisRequestSoFar) {
  const std::string stream = Post(3) + Post(20);
  RequestDecoder decoder;
  EXPECT_EQ(decoder.partial_bytes(), 0u);
  ASSERT_EQ(decoder.Decode(stream).consumed, Post(3).size());
  EXPECT_EQ(decoder.partial_bytes(), 0u);
  const std::string_view rest = std::string_view(stream).substr(Post(3).size());
  for (std::size_t at = 0; at + 1 < rest.size(); ++at) {
    ASSERT_EQ(decoder.Decode(rest.substr(at, 1)).status, DecodeStatus::kNeedMore);
    ASSERT_EQ(decoder.partial_bytes(), at + 1);
  }
}

TEST(RequestDecoderTest, PartialBytesAreWithoutASkippedEntity) {
  const std::string head = "ADD h HTTP/1.1\nUser_Agent: Al\nContent_Length: 1000\n\n";
  RequestDecoder decoder;
  ASSERT_EQ(decoder.Decode(head).status, DecodeStatus::kNeedMore);
  ASSERT_EQ(decoder.Decode(std::string(999, 'x')).status, DecodeStatus::kNeedMore);
  EXPECT_EQ(decoder.partial_bytes(), head.size());
}

}  // namespace
}  // namespace chathttp
