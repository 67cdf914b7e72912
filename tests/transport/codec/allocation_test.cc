// The codec allocates nothing, or frees memory, where its headers say so.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "chathttp/transport/codec/decode_result.h"
#include "chathttp/transport/codec/message.h"
#include "chathttp/transport/codec/request_decoder.h"
#include "chathttp/transport/codec/response_decoder.h"
#include "chathttp/transport/codec/response_encoder.h"
#include "tests/transport/codec/allocation_count.h"
#include "tests/transport/codec/golden.h"

namespace chathttp {
namespace {

const std::string_view kUnfinished =
    "POST / HTTP/1.1\nContent_Length: 17\nUser_Agent: somebody with a name that is too long";

TEST(CodecAllocationTest, CountingWorks) {
  const AllocationCount count;
  auto text = std::make_optional<std::string>(100, 'x');
  EXPECT_EQ(count.allocations(), 1);
  EXPECT_EQ(count.live(), 1);
  text.reset();
  EXPECT_EQ(count.live(), 0);
}

TEST(CodecAllocationTest, RequestsInTheInputAreDecodedWithoutAllocation) {
  const std::string stream = Golden("request-post.bin") + Golden("request-get.bin") +
                             "UNKNOWN_METHOD_OF_MANY_BYTES / HTTP/1.1\nContent_Length: 1\n\n.";
  RequestDecoder decoder;
  const AllocationCount count;
  std::string_view input = stream;
  std::size_t messages = 0;
  while (!input.empty()) {
    const DecodeResult result = decoder.Decode(input);
    input.remove_prefix(result.consumed);
    if (result.status != DecodeStatus::kMessage) break;
    ++messages;
  }
  const std::int64_t allocations = count.allocations();
  EXPECT_EQ(messages, 3U);
  EXPECT_EQ(allocations, 0);
}

TEST(CodecAllocationTest, ResponseInTheInputIsDecodedWithoutAllocation) {
  const std::string other =
      "HTTP/1.1 200 OK, and a reason of many bytes\r\nServer: one with a name of many bytes\r\n"
      "Datetime: at some time in a far future\r\nContent-Length: 1\r\n\r\n.";
  for (const std::string& stream : {Golden("response-200-say.bin"), other}) {
    ResponseDecoder decoder;
    const AllocationCount count;
    const DecodeResult result = decoder.Decode(stream);
    const std::int64_t allocations = count.allocations();
    EXPECT_EQ(result.status, DecodeStatus::kMessage);
    EXPECT_EQ(allocations, 0);
  }
}

TEST(CodecAllocationTest, MovingADecoderAwayAllocatesOnlyTheNextOne) {
  RequestDecoder shared;
  ASSERT_EQ(shared.Decode(kUnfinished).status, DecodeStatus::kNeedMore);
  const AllocationCount count;
  {
    const RequestDecoder parked = std::move(shared);
    shared = RequestDecoder();
    EXPECT_EQ(count.allocations(), 1);
  }
  EXPECT_LT(count.live(), 0);
}

TEST(CodecAllocationTest, RestartedDecoderOwnsNoMoreThanANewOne) {
  RequestDecoder decoder;
  const AllocationCount count;
  ASSERT_EQ(decoder.Decode(kUnfinished).status, DecodeStatus::kNeedMore);
  EXPECT_GT(count.live(), 0);
  decoder.Restart(0);
  EXPECT_EQ(count.live(), 0);
  ASSERT_EQ(decoder.Decode(absl::StrCat(std::string(100, 'x'), "\n")).status, DecodeStatus::kError);
  EXPECT_GT(count.live(), 0);
  decoder.Restart(0);
  EXPECT_EQ(count.live(), 0);
}

TEST(CodecAllocationTest, DecoderGivesMemoryBackWithTheNextRequest) {
  const std::string stream = Golden("request-get.bin");
  RequestDecoder decoder;
  const AllocationCount count;
  ASSERT_EQ(decoder.Decode(kUnfinished).status, DecodeStatus::kNeedMore);
  ASSERT_EQ(decoder.Decode("\n\nHello, everyone!\n").status, DecodeStatus::kMessage);
  EXPECT_GT(count.live(), 0);
  ASSERT_EQ(decoder.Decode(stream).status, DecodeStatus::kMessage);
  EXPECT_EQ(count.live(), 0);
}

TEST(CodecAllocationTest, UnfinishedRequestKeepsOnlyWhatIsStillNeeded) {
  const std::string ignored = "X: " + std::string(7000, 'x') + "\n";
  RequestDecoder decoder;
  const AllocationCount count;
  ASSERT_EQ(decoder.Decode("GET / HTTP/1.1\nUser_Agent: Al\n" + ignored).status,
            DecodeStatus::kNeedMore);
  EXPECT_EQ(count.live(), 0);
}

TEST(CodecAllocationTest, HeadsAreEncodedWithoutAllocation) {
  ResponseEncoder encoder("Soros_Liu", "Python Socket Server", absl::FixedTimeZone(3600));
  const absl::Time start = absl::FromUnixSeconds(1448791660);
  const AllocationCount count;
  std::size_t bytes = 0;
  for (int second = 0; second < 100; ++second) {
    bytes += encoder
                 .Head(StatusCode::kInternalServerError, std::size_t{1} << second % 64,
                       start + absl::Seconds(second))
                 .size();
  }
  EXPECT_EQ(count.allocations(), 0);
  EXPECT_GT(bytes, 0U);
}

}  // namespace
}  // namespace chathttp
