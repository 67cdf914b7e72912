#include "chathttp/transport/codec/response_encoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

#include "absl/time/time.h"
#include "chathttp/transport/codec/entity.h"
#include "chathttp/transport/codec/message.h"
#include "tests/transport/codec/decode_trace.h"
#include "tests/transport/codec/golden.h"

namespace chathttp {
namespace {

using testing::HasSubstr;

class ResponseEncoderTest : public testing::Test {
 protected:
  ResponseEncoder EncoderIn(absl::TimeZone zone) const {
    return {"Soros_Liu", "Python Socket Server", zone};
  }
  std::string Encode(StatusCode code, const std::string& entity, const char* datetime) {
    std::string out;
    encoder_.Append(code, entity, GoldenTime(datetime), out);
    return out;
  }
  std::string HeadAt(absl::Time wall) {
    return std::string(encoder_.Head(StatusCode::kOk, 0, wall));
  }

  ResponseEncoder encoder_ = EncoderIn(GoldenZone());
};

TEST_F(ResponseEncoderTest, ResponsesAreWrittenAsCaptured) {
  EXPECT_EQ(Encode(StatusCode::kAccept, std::string(kGreetingEntity), "2015-11-29 10:17:34"),
            Golden("response-202-greeting.bin"));
  EXPECT_EQ(Encode(StatusCode::kOk, std::string(kOkEntity), "2015-11-29 10:17:34"),
            Golden("response-200-login.bin"));
  EXPECT_EQ(
      Encode(StatusCode::kUserNameExist, std::string(kNameTakenEntity), "2015-11-29 10:44:14"),
      Golden("response-401-taken.bin"));
  EXPECT_EQ(
      Encode(StatusCode::kBadRequest, std::string(kUnknownMethodEntity), "2015-11-29 10:44:14"),
      Golden("response-400-unknown.bin"));
}

TEST_F(ResponseEncoderTest, BroadcastsAreWrittenAsCaptured) {
  EXPECT_EQ(Encode(StatusCode::kOk, "Soros" + std::string(kEnteredEnding), "2015-11-29 10:17:34"),
            Golden("response-200-joined.bin"));
  EXPECT_EQ(Encode(StatusCode::kOk, "Soros" + std::string(kLeftEnding), "2015-11-29 10:21:28"),
            Golden("response-200-left.bin"));
  EXPECT_EQ(
      Encode(StatusCode::kOk,
             std::string(kSaidOpening) + "Alice" + std::string(kSaidMiddle) + "Hello, everyone!\n",
             "2015-11-29 10:17:48"),
      Golden("response-200-say.bin"));
  EXPECT_EQ(
      Encode(StatusCode::kOk, std::string(kListHeading) + "Soros\nAlice\n", "2015-11-29 10:19:52"),
      Golden("response-200-query.bin"));
}

TEST_F(ResponseEncoderTest, HeadsOfAllCodesAreReadAgain) {
  for (const StatusCode code :
       {StatusCode::kInternalServerError, StatusCode::kOk, StatusCode::kUserNameExist,
        StatusCode::kAccept, StatusCode::kBadRequest}) {
    const Trace trace = TraceResponses(Encode(code, "entity", "2015-01-02 03:04:05"));
    EXPECT_THAT(trace.messages,
                testing::ElementsAre(std::to_string(static_cast<int>(code)) + "|" +
                                     std::string(ReasonPhrase(code)) +
                                     "|Python Socket Server|2015-01-02 03:04:05|entity"));
  }
}

TEST_F(ResponseEncoderTest, ShortLengthAfterALongOneLeavesNothingBehind) {
  const std::string small = HeadAt(absl::UnixEpoch());
  const std::size_t largest = std::numeric_limits<std::size_t>::max();
  EXPECT_THAT(
      std::string(encoder_.Head(StatusCode::kInternalServerError, largest, absl::UnixEpoch())),
      HasSubstr("Content_Length: " + std::to_string(largest) + "\nContent_Language"));
  EXPECT_EQ(HeadAt(absl::UnixEpoch()), small);
}

TEST_F(ResponseEncoderTest, DatetimeChangesWithTheSecond) {
  const absl::Time start = GoldenTime("2015-12-31 23:59:59");
  const std::string first = HeadAt(start);
  EXPECT_THAT(first, HasSubstr("Datetime: 2015-12-31 23:59:59\n"));
  EXPECT_EQ(HeadAt(start + absl::Milliseconds(999)), first);
  EXPECT_THAT(HeadAt(start + absl::Milliseconds(1000)),
              HasSubstr("Datetime: 2016-01-01 00:00:00\n"));
}

TEST_F(ResponseEncoderTest, DatetimeFollowsAClockThatIsSetBack) {
  const absl::Time start = absl::FromUnixSeconds(1448791660);
  const std::string first = HeadAt(start);
  HeadAt(start + absl::Hours(1));
  EXPECT_EQ(HeadAt(start), first);
}

TEST_F(ResponseEncoderTest, DatetimeIsInTheZoneGiven) {
  const absl::Time epoch = absl::UnixEpoch();
  EXPECT_THAT(std::string(EncoderIn(absl::UTCTimeZone()).Head(StatusCode::kOk, 0, epoch)),
              HasSubstr("Datetime: 1970-01-01 00:00:00\n"));
  EXPECT_THAT(std::string(EncoderIn(absl::FixedTimeZone(-5400)).Head(StatusCode::kOk, 0, epoch)),
              HasSubstr("Datetime: 1969-12-31 22:30:00\n"));
}

TEST_F(ResponseEncoderTest, TimesBeyondFourDigitsOfYearsKeepTheFormat) {
  EXPECT_THAT(HeadAt(absl::InfiniteFuture()), HasSubstr("Datetime: 9999-"));
  EXPECT_THAT(HeadAt(absl::InfinitePast()), HasSubstr("Datetime: 0000-"));
}

TEST_F(ResponseEncoderTest, EncoderCanBeCopied) {
  ResponseEncoder copy = encoder_;
  const std::string first = HeadAt(absl::UnixEpoch());
  EXPECT_EQ(std::string(copy.Head(StatusCode::kOk, 0, absl::UnixEpoch())), first);
}

}  // namespace
}  // namespace chathttp
