// The rows of "Reading strictly" (docs/protocol.md) for both requests and responses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <optional>
#include <string>

#include "chathttp/transport/codec/decode_result.h"
#include "chathttp/transport/codec/request_decoder.h"
#include "chathttp/transport/codec/response_decoder.h"
#include "tests/transport/codec/decode_trace.h"

namespace chathttp {
namespace {

using namespace std::string_literals;

struct Request {
  using Decoder = RequestDecoder;
  static constexpr const char* kStart = "POST / HTTP/1.1\n";
};

struct Response {
  using Decoder = ResponseDecoder;
  static constexpr const char* kStart = "HTTP/1.1 200 OK\n";
};

template <typename Direction>
class HeadRulesTest : public testing::Test {
 protected:
  // Decodes a start line followed by `rest`.
  static Trace Read(const std::string& rest, const DecodeLimits& limits = {}) {
    return TraceOf<typename Direction::Decoder>({Direction::kStart + rest}, limits);
  }
  static std::optional<DecodeRule> RuleBroken(const std::string& rest) { return Read(rest).rule; }
  static std::size_t Messages(const std::string& rest) { return Read(rest).messages.size(); }
  // A head of `bytes` bytes and `lines` header lines, its start line included.
  static std::string Head(std::size_t bytes, std::size_t lines) {
    std::string head;
    for (std::size_t line = 1; line < lines; ++line) head += "A:\n";
    head += "B: ";
    head += std::string(bytes - std::string(Direction::kStart).size() - head.size() - 2, 'x');
    return head + "\n\n";
  }
};

using Directions = testing::Types<Request, Response>;
TYPED_TEST_SUITE(HeadRulesTest, Directions);

TYPED_TEST(HeadRulesTest, LinesMayEndInLfOrCrLfEachOnItsOwn) {
  EXPECT_EQ(this->Messages("A: 1\r\nB: 2\nC: 3\r\n\n"), 1U);
  EXPECT_EQ(this->Messages("A: 1\nB: 2\r\n\r\n"), 1U);
}

TYPED_TEST(HeadRulesTest, CrWithoutLfIsFatal) {
  EXPECT_EQ(this->RuleBroken("A: 1\r2\n\n"), DecodeRule::kLineEnd);
}

TYPED_TEST(HeadRulesTest, NulInAHeadIsFatal) {
  EXPECT_EQ(this->RuleBroken("A: \0\n\n"s), DecodeRule::kControlByte);
}

TYPED_TEST(HeadRulesTest, EveryControlByteInAValueIsFatalButTab) {
  for (int byte = 0; byte < 0x80; ++byte) {
    if (byte == '\t' || byte == '\n' || byte == '\r' || (byte >= 0x20 && byte < 0x7f)) continue;
    EXPECT_EQ(this->RuleBroken("A: "s + static_cast<char>(byte)), DecodeRule::kControlByte) << byte;
  }
  EXPECT_EQ(this->Messages("A: b\tc\n\n"), 1U);
}

TYPED_TEST(HeadRulesTest, ControlByteIsToldInsideAnUnfinishedLine) {
  const Trace trace = this->Read("A: bc\x1b");
  EXPECT_EQ(trace.rule, DecodeRule::kControlByte);
  EXPECT_EQ(trace.offset, std::string(TypeParam::kStart).size() + 5);
  EXPECT_THAT(trace.reason, testing::HasSubstr("\\x1b"));
}

TYPED_TEST(HeadRulesTest, SpaceBeforeTheColonIsFatal) {
  EXPECT_EQ(this->RuleBroken("Content_Length : 0\n\n"), DecodeRule::kHeaderLine);
}

TYPED_TEST(HeadRulesTest, FoldedLineIsFatal) {
  EXPECT_EQ(this->RuleBroken("A: 1\n 2\n\n"), DecodeRule::kHeaderLine);
  EXPECT_EQ(this->RuleBroken("A: 1\n\t2\n\n"), DecodeRule::kHeaderLine);
  EXPECT_EQ(this->RuleBroken(" A: 1\n\n"), DecodeRule::kHeaderLine);
}

TYPED_TEST(HeadRulesTest, EmptyNameIsFatal) {
  EXPECT_EQ(this->RuleBroken(": 1\n\n"), DecodeRule::kHeaderLine);
}

TYPED_TEST(HeadRulesTest, LineWithoutColonIsFatal) {
  EXPECT_EQ(this->RuleBroken("Content_Length\n\n"), DecodeRule::kHeaderLine);
}

TYPED_TEST(HeadRulesTest, NameThatIsNoTokenIsFatal) {
  for (const char* name : {"A B", "A(", "A@", "\"A\"", "A\xc3\xa4", "{A}"}) {
    EXPECT_EQ(this->RuleBroken(std::string(name) + ": 1\n\n"), DecodeRule::kHeaderLine) << name;
  }
}

TYPED_TEST(HeadRulesTest, UnknownNamesAreIgnored) {
  EXPECT_EQ(this->Messages("Content_Lengths: x\nX: y\nX: z\n\n"), 1U);
}

TYPED_TEST(HeadRulesTest, NamesMatchInAnyCaseWithDashOrUnderscore) {
  for (const char* name : {"Content_Length", "content-length", "CONTENT-LENGTH"}) {
    EXPECT_EQ(this->Messages(std::string(name) + ": 3\n\nabc" + TypeParam::kStart + "\n"), 2U)
        << name;
  }
}

TYPED_TEST(HeadRulesTest, AbsentContentLengthIsZero) {
  EXPECT_EQ(this->Messages("\n"s + TypeParam::kStart + "\n"), 2U);
}

TYPED_TEST(HeadRulesTest, ContentLengthIsOneToTenDigits) {
  for (const char* length : {"", " ", "+1", "-1", "0x1", "1 1", "1,1", "1.", "01234567890", "a"}) {
    EXPECT_EQ(this->RuleBroken("Content_Length: "s + length + "\n\n"), DecodeRule::kContentLength)
        << length;
  }
  EXPECT_EQ(this->Messages("Content_Length: 0000000002\n\nab"), 1U);
}

TYPED_TEST(HeadRulesTest, ContentLengthTwiceIsFatalEvenIfEqual) {
  EXPECT_EQ(this->RuleBroken("Content_Length: 0\nContent_Length: 0\n\n"),
            DecodeRule::kContentLengthTwice);
  EXPECT_EQ(this->RuleBroken("Content_Length: 0\ncontent-length: 0\n\n"),
            DecodeRule::kContentLengthTwice);
}

TYPED_TEST(HeadRulesTest, HeadersOfBrowsersAndSmugglersAreFatal) {
  for (const char* name : {"Transfer_Encoding", "transfer-encoding", "Origin", "ORIGIN",
                           "Sec_Fetch_Site", "sec-fetch-dest", "Sec-Fetch_"}) {
    EXPECT_EQ(this->RuleBroken(std::string(name) + ": x\n\n"), DecodeRule::kForbiddenHeader)
        << name;
  }
  EXPECT_EQ(this->Messages("Sec_Fetch: x\nOriginal: y\n\n"), 1U);
}

TYPED_TEST(HeadRulesTest, HeadOfEightKibibytesIsReadAndOneByteMoreIsFatal) {
  EXPECT_EQ(this->Messages(this->Head(8192, 1)), 1U);
  const Trace trace = this->Read(this->Head(8193, 1));
  EXPECT_EQ(trace.rule, DecodeRule::kHeadTooLong);
  EXPECT_EQ(trace.offset, 8192U);
  EXPECT_THAT(trace.reason, testing::HasSubstr("8192 bytes"));
}

TYPED_TEST(HeadRulesTest, HeadOfSixtyFourLinesIsReadAndOneLineMoreIsFatal) {
  EXPECT_EQ(this->Messages(this->Head(1000, 64)), 1U);
  const Trace trace = this->Read(this->Head(1000, 65));
  EXPECT_EQ(trace.rule, DecodeRule::kHeadTooLong);
  EXPECT_EQ(trace.offset, std::string(TypeParam::kStart).size() + std::string("A:\n").size() * 64);
  EXPECT_THAT(trace.reason, testing::HasSubstr("64 header lines"));
}

TYPED_TEST(HeadRulesTest, LimitsAreThoseGiven) {
  DecodeLimits limits;
  limits.head_bytes = 20;
  EXPECT_EQ(this->Read("A: 1\n\n", limits).offset, 20U);
  limits.head_bytes = 22;
  EXPECT_EQ(this->Read("A: 1\n\n", limits).messages.size(), 1U);
  limits.head_lines = 0;
  EXPECT_EQ(this->Read("A: 1\n\n", limits).rule, DecodeRule::kHeadTooLong);
  EXPECT_EQ(this->Read("\n", limits).messages.size(), 1U);
}

TYPED_TEST(HeadRulesTest, ReasonIsOnePrintableLineWhateverThePeerSent) {
  const Trace trace = this->Read("Content_Length: \x80\xe2\x80\xae\tx\n\n");
  EXPECT_EQ(trace.reason, "Content_Length: 1 to 10 digits expected, got '\\x80\\u202e\\x09x'");
}

}  // namespace
}  // namespace chathttp
