// Any split of a stream gives the same messages, the same error and the same offset.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "chathttp/transport/codec/request_decoder.h"
#include "chathttp/transport/codec/response_decoder.h"
#include "tests/transport/codec/decode_trace.h"
#include "tests/transport/codec/guarded_bytes.h"
#include "tests/transport/codec/samples.h"

namespace chathttp {
namespace {

struct Requests {
  using Decoder = RequestDecoder;
  static std::vector<CodecSample> Samples() { return RequestSamples(); }
};

struct Responses {
  using Decoder = ResponseDecoder;
  static std::vector<CodecSample> Samples() { return ResponseSamples(); }
};

template <typename Direction>
class CodecSplitTest : public testing::Test {
 protected:
  using Decoder = typename Direction::Decoder;

  Trace Decode(const Pieces& pieces) { return TraceOf<Decoder>(pieces, SampleLimits(), memory_); }

  // Calls `check` with each sample and its result when fed in one piece.
  template <typename Check>
  void ForEachSample(Check check) {
    for (const CodecSample& sample : Direction::Samples()) {
      SCOPED_TRACE(sample.name + ": " + testing::PrintToString(sample.stream));
      check(std::string_view(sample.stream), Decode({sample.stream}));
      if (this->HasFailure()) return;
    }
  }

 private:
  GuardedBytes memory_{4096};
};

using Directions = testing::Types<Requests, Responses>;
TYPED_TEST_SUITE(CodecSplitTest, Directions);

TYPED_TEST(CodecSplitTest, WholeStreamGivesWhatTheTableSays) {
  for (const CodecSample& sample : TypeParam::Samples()) {
    SCOPED_TRACE(sample.name + ": " + testing::PrintToString(sample.stream));
    const Trace trace = this->Decode({sample.stream});
    EXPECT_THAT(trace.messages, testing::SizeIs(sample.messages));
    EXPECT_EQ(trace.rule, sample.rule) << trace;
    EXPECT_EQ(trace.offset, sample.offset) << trace;
    EXPECT_EQ(trace.mid_message, sample.unfinished);
    EXPECT_EQ(trace.reason.empty(), !sample.rule.has_value());
  }
}

TYPED_TEST(CodecSplitTest, EverySplitInTwoGivesTheSame) {
  this->ForEachSample([this](std::string_view stream, const Trace& whole) {
    for (std::size_t at = 1; at < stream.size(); ++at) {
      ASSERT_EQ(this->Decode({stream.substr(0, at), stream.substr(at)}), whole)
          << "split at " << at;
    }
  });
}

TYPED_TEST(CodecSplitTest, ByteByByteGivesTheSame) {
  this->ForEachSample([this](std::string_view stream, const Trace& whole) {
    ASSERT_EQ(this->Decode(ByteByByte(stream)), whole);
  });
}

TYPED_TEST(CodecSplitTest, DrawnSplitsInThreeGiveTheSame) {
  std::uint64_t drawn = 20151129;  // Knuth's MMIX generator: same splits on all platforms
  const auto draw = [&drawn](std::size_t below) {
    drawn = drawn * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::size_t>((drawn >> 33U) % below);
  };
  this->ForEachSample([this, &draw](std::string_view stream, const Trace& whole) {
    for (int round = 0; round < 50; ++round) {
      const auto [first, second] = std::minmax({draw(stream.size() + 1), draw(stream.size() + 1)});
      ASSERT_EQ(this->Decode({stream.substr(0, first), stream.substr(first, second - first),
                              stream.substr(second)}),
                whole)
          << "split at " << first << " and " << second;
    }
  });
}

TYPED_TEST(CodecSplitTest, EveryPrefixOfASoundStreamIsSound) {
  for (const CodecSample& sample : TypeParam::Samples()) {
    if (sample.rule) continue;
    SCOPED_TRACE(sample.name);
    const std::string_view stream = sample.stream;
    for (std::size_t bytes = 0; bytes <= stream.size(); ++bytes) {
      ASSERT_EQ(this->Decode({stream.substr(0, bytes)}).rule, std::nullopt) << bytes;
    }
  }
}

TYPED_TEST(CodecSplitTest, DecoderAnswersTheSameErrorAgainAfterAnError) {
  for (const CodecSample& sample : TypeParam::Samples()) {
    if (!sample.rule) continue;
    SCOPED_TRACE(sample.name);
    for (const std::size_t piece_bytes : {std::size_t{1}, sample.stream.size()}) {
      typename TypeParam::Decoder decoder(SampleLimits());
      std::string_view rest = sample.stream;
      DecodeResult result{DecodeStatus::kNeedMore, 0};
      while (result.status != DecodeStatus::kError && !rest.empty()) {
        result = decoder.Decode(rest.substr(0, piece_bytes));
        rest.remove_prefix(result.consumed);
      }
      ASSERT_EQ(result.status, DecodeStatus::kError);
      const std::string reason = decoder.error().reason();
      const std::uint64_t offset = decoder.stream_offset();
      for (const std::string_view more : {rest, std::string_view(), std::string_view("GET / ")}) {
        result = decoder.Decode(std::string(more));
        ASSERT_EQ(result.status, DecodeStatus::kError);
        ASSERT_EQ(result.consumed, 0U);
        ASSERT_EQ(decoder.error().rule, *sample.rule);
        ASSERT_EQ(decoder.error().offset, sample.offset);
        ASSERT_EQ(decoder.error().reason(), reason);
        ASSERT_EQ(decoder.stream_offset(), offset);
      }
    }
  }
}

TEST(CodecSamplesTest, CorpusHasNinetyStreamsOrMoreForRequests) {
  EXPECT_GE(RequestSamples().size(), 90U);
}

}  // namespace
}  // namespace chathttp
