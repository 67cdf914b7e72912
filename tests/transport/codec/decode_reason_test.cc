// The reason of a decode error: the rule with its limit, and separately the value found.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "chathttp/transport/codec/decode_result.h"
#include "chathttp/transport/codec/request_decoder.h"
#include "chathttp/transport/codec/response_decoder.h"
#include "tests/transport/codec/samples.h"

namespace chathttp {
namespace {

struct ReasonCase {
  std::string stream;
  std::string rule_text;
  std::string value_seen;
};

template <typename Decoder>
void ExpectReasons(const std::vector<ReasonCase>& cases) {
  for (const ReasonCase& expected : cases) {
    SCOPED_TRACE(testing::PrintToString(expected.stream));
    Decoder decoder;
    std::string_view rest = expected.stream;
    DecodeResult result{DecodeStatus::kMessage, 0};
    while (result.status == DecodeStatus::kMessage) {
      result = decoder.Decode(rest);
      rest.remove_prefix(result.consumed);
    }
    ASSERT_EQ(result.status, DecodeStatus::kError);
    EXPECT_EQ(decoder.error().rule_text, expected.rule_text);
    EXPECT_EQ(decoder.error().value_seen, expected.value_seen);
    EXPECT_EQ(decoder.error().reason(), expected.rule_text + ", got " + expected.value_seen);
  }
}

std::string Repeat(const std::string& text, int times) {
  std::string repeated;
  for (int i = 0; i < times; ++i) repeated += text;
  return repeated;
}

TEST(DecodeReasonTest, EachRuleOfHeadsIsNamedWithItsLimitAndTheValueSeen) {
  const std::string get = "GET / HTTP/1.1\n";
  ExpectReasons<RequestDecoder>({
      {get + "Host 127.0.0.1\n\n",
       "header line: a colon expected behind the name, no space before it", "'Host '"},
      {get + "Host\t: a\n\n", "header line: a colon expected behind the name, no space before it",
       "'Host\\x09'"},
      {get + "A: b\n folded\n\n", "header line: a name expected, no space in front of it", "' '"},
      {get + ": b\n\n", "header line: a name expected before the colon", "':'"},
      {get + "A(b): c\n\n", "header line: the name must be a token", "'A('"},
      {get + std::string(50, 'n') + "(\n", "header line: the name must be a token",
       "'..." + std::string(39, 'n') + "(' (51 bytes)"},
      {get + "Alice\r\n\n", "header line: NAME: VALUE expected, with a colon", "'Alice'"},
      {get + "A: \x1b[2J\n\n", "head: no control byte allowed", "'\\x1b'"},
      {get + "A: b\rc\n\n", "line end: a CR must be followed by LF", "'c'"},
      {get + "A: " + std::string(9000, 'x'), "head: at most 8192 bytes", "at least 8193"},
      {get + Repeat("A: b\n", 65), "head: at most 64 header lines", "at least 65"},
      {get + "Content_Length: 1, 1\n\n", "Content_Length: 1 to 10 digits expected", "'1, 1'"},
      {get + "Content_Length: 1\ncontent-length: 2\n", "Content_Length: only once", "'2'"},
      {get + "Content_Length: 65537\n\n", "entity: at most 65536 bytes", "'65537'"},
      {get + "Sec-Fetch-Mode: cors\n",
       "header: no Transfer_Encoding, Origin or Sec_Fetch_* allowed", "'Sec-Fetch-Mode'"},
  });
}

TEST(DecodeReasonTest, EachRuleOfRequestsIsNamedWithItsLimitAndTheValueSeen) {
  ExpectReasons<RequestDecoder>({
      {"GET /\n", "request line: three parts with one space between expected", "'GET /'"},
      {"\n", "request line: three parts with one space between expected", "''"},
      {"G@T / HTTP/1.1\n", "method: a token expected", "'G@T'"},
      {"GET /" + std::string(299, 'a') + " HTTP/1.1\n",
       "URI: 1 to 256 visible ASCII bytes expected",
       "'/" + std::string(39, 'a') + "...' (300 bytes)"},
      {"GET / HTTP/1.0\n", "version: HTTP/1.1 expected", "'HTTP/1.0'"},
      {"GET / HTTP/1.1\nUser_Agent: a\nUser_Agent: b\n", "User_Agent: only once", "'b'"},
  });
}

TEST(DecodeReasonTest, EachRuleOfResponsesIsNamedWithItsLimitAndTheValueSeen) {
  ExpectReasons<ResponseDecoder>({
      {"HTTP/1.1 200\n", "status line: version, code and reason with one space between expected",
       "'HTTP/1.1 200'"},
      {"HTTP/2 200 OK\n", "version: HTTP/1.1 expected", "'HTTP/2'"},
      {"HTTP/1.1 2000 OK\n", "status code: three digits expected", "'2000'"},
      {"HTTP/1.1 200 OK\nContent_Length: 1048577\n\n", "entity: at most 1048576 bytes",
       "'1048577'"},
  });
}

TEST(DecodeReasonTest, RuleIsWholeAndWithoutTheValueWhateverThePeerSent) {
  ExpectReasons<RequestDecoder>({
      {"GET / HTTP/1.1, got 'secret'\n",
       "request line: three parts with one space between expected",
       "'GET / HTTP/1.1, got 'secret''"},
  });
}

// For all broken samples: a readable list of rules and offending values.
template <typename Decoder>
void ExpectRuleAndValue(const std::vector<CodecSample>& samples) {
  for (const CodecSample& sample : samples) {
    if (!sample.rule) continue;
    SCOPED_TRACE(sample.name);
    Decoder decoder(SampleLimits());
    std::string_view rest = sample.stream;
    while (decoder.error().rule == DecodeRule::kNone && !rest.empty()) {
      rest.remove_prefix(decoder.Decode(rest).consumed);
    }
    EXPECT_FALSE(decoder.error().rule_text.empty());
    EXPECT_FALSE(decoder.error().value_seen.empty());
    EXPECT_LE(decoder.error().reason().size(), 300U);
  }
}

TEST(DecodeReasonTest, EverySampleOfABrokenStreamGivesRuleAndValue) {
  ExpectRuleAndValue<RequestDecoder>(RequestSamples());
  ExpectRuleAndValue<ResponseDecoder>(ResponseSamples());
}

template <typename Decoder>
void ExpectNoError(const Decoder& decoder) {
  EXPECT_EQ(decoder.error().rule, DecodeRule::kNone);
  EXPECT_EQ(decoder.error().offset, 0U);
  EXPECT_EQ(decoder.error().rule_text, "");
  EXPECT_EQ(decoder.error().value_seen, "");
  EXPECT_EQ(decoder.error().reason(), "");
}

TEST(DecodeReasonTest, ErrorIsNoneUntilThereIsOneAndAfterRestart) {
  RequestDecoder decoder;
  ExpectNoError(decoder);
  ASSERT_EQ(decoder.Decode("GET / HTTP/1.1\nUser_Agent: a").status, DecodeStatus::kNeedMore);
  ExpectNoError(decoder);
  ASSERT_EQ(decoder.Decode("\n\n").status, DecodeStatus::kMessage);
  ExpectNoError(decoder);
  ASSERT_EQ(decoder.Decode("BAD\n").status, DecodeStatus::kError);
  EXPECT_EQ(decoder.error().rule, DecodeRule::kStartLine);
  decoder.Restart(7);
  ExpectNoError(decoder);
  ExpectNoError(ResponseDecoder());
}

}  // namespace
}  // namespace chathttp
