// Work is linear in the size of the stream for any split: counted, not timed.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "chathttp/transport/codec/decode_result.h"
#include "chathttp/transport/codec/request_decoder.h"
#include "chathttp/transport/codec/response_decoder.h"
#include "tests/transport/codec/golden.h"

namespace chathttp {
namespace {

// Each byte is scanned once, parsed once with its line, and copied twice at most: with a partial
// line, and with a value that is held.
constexpr std::uint64_t kMaxWorkPerByte = 4;

struct Fed {
  std::uint64_t work;
  std::size_t messages;
};

// Feeds `stream` in pieces of `piece_bytes`.
template <typename Decoder>
Fed Feed(Decoder decoder, std::string_view stream, std::size_t piece_bytes) {
  Fed fed{0, 0};
  while (!stream.empty()) {
    std::string_view piece = stream.substr(0, piece_bytes);
    stream.remove_prefix(piece.size());
    while (!piece.empty()) {
      const DecodeResult result = decoder.Decode(piece);
      if (result.status == DecodeStatus::kError) return {decoder.work(), fed.messages};
      if (result.status == DecodeStatus::kMessage) ++fed.messages;
      piece.remove_prefix(result.consumed);
    }
  }
  fed.work = decoder.work();
  return fed;
}

std::string Repeat(const std::string& text, int times) {
  std::string repeated;
  for (int i = 0; i < times; ++i) repeated += text;
  return repeated;
}

TEST(CodecWorkTest, LongHeaderLineByteByByteIsLinear) {
  const std::string stream =
      "GET / HTTP/1.1\nUser_Agent: " + std::string(8000, ' ') + std::string(100, 'a') + "\n\n";
  const Fed fed = Feed(RequestDecoder(), stream, 1);
  EXPECT_EQ(fed.messages, 1U);
  EXPECT_GE(fed.work, stream.size());
  EXPECT_LE(fed.work, stream.size() * kMaxWorkPerByte);
}

TEST(CodecWorkTest, LongRequestLineByteByByteIsLinear) {
  const std::string stream = std::string(9000, 'G');
  EXPECT_LE(Feed(RequestDecoder(), stream, 1).work, stream.size() * kMaxWorkPerByte);
}

TEST(CodecWorkTest, ManyRequestsInPiecesOfAnySizeAreLinear) {
  const std::string stream = Repeat(Golden("request-post.bin") + Golden("request-get.bin"), 100);
  for (const std::size_t piece_bytes : {1U, 2U, 3U, 7U, 100U, 4096U, 1000000U}) {
    const Fed fed = Feed(RequestDecoder(), stream, piece_bytes);
    EXPECT_EQ(fed.messages, 200U);
    EXPECT_LE(fed.work, stream.size() * kMaxWorkPerByte) << piece_bytes;
  }
}

TEST(CodecWorkTest, TwiceTheStreamIsTwiceTheWork) {
  const std::string stream = Repeat(Golden("request-post.bin"), 50);
  EXPECT_EQ(Feed(RequestDecoder(), stream + stream, 1).work,
            2 * Feed(RequestDecoder(), stream, 1).work);
}

TEST(CodecWorkTest, LargeEntityByteByByteIsLinear) {
  const std::size_t entity_bytes = 300000;
  const std::string stream = "HTTP/1.1 200 OK\nContent_Length: " + std::to_string(entity_bytes) +
                             "\n\n" + std::string(entity_bytes, 'e');
  const Fed fed = Feed(ResponseDecoder(), stream, 1);
  EXPECT_EQ(fed.messages, 1U);
  EXPECT_LE(fed.work, stream.size() * kMaxWorkPerByte);
}

TEST(CodecWorkTest, SkippedEntityIsNotLookedAt) {
  const std::string head = "GET / HTTP/1.1\nContent_Length: 60000\n\n";
  const Fed fed = Feed(RequestDecoder(), head + std::string(60000, 's'), 1);
  EXPECT_EQ(fed.messages, 1U);
  EXPECT_LE(fed.work, head.size() * kMaxWorkPerByte);
}

TEST(CodecWorkTest, EntityInTheInputIsNotLookedAt) {
  const std::string stream = Golden("request-post.bin");
  const Fed fed = Feed(RequestDecoder(), stream, stream.size());
  EXPECT_LE(fed.work, 2 * (stream.find("\n\n") + 2));
}

}  // namespace
}  // namespace chathttp
