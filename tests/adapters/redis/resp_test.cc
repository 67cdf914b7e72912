#include "chathttp/adapters/redis/resp.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp::redis {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using Type = RespValue::Type;

// What a decoder makes of `pieces`: its replies, then its error if there is one.
struct Decoded {
  std::vector<RespValue> replies;
  std::string error;
  bool failed = false;
  friend bool operator==(const Decoded&, const Decoded&) = default;
};

Decoded Decode(const std::vector<std::string_view>& pieces, const RespLimits& limits = {}) {
  Decoded decoded;
  RespDecoder decoder(limits);
  for (std::string_view piece : pieces) {
    while (!piece.empty()) {
      const RespDecoder::Result result = decoder.Decode(piece);
      piece.remove_prefix(result.consumed);
      if (result.status == RespDecoder::Status::kReply) {
        decoded.replies.push_back(decoder.TakeReply());
      } else if (result.status == RespDecoder::Status::kError) {
        decoded.failed = true;
        decoded.error = decoder.error();
        return decoded;
      } else {
        EXPECT_TRUE(piece.empty()) << "a decoder that needs more takes all";
      }
    }
  }
  return decoded;
}

RespValue Bulk(std::string text) { return {.type = Type::kBulk, .text = std::move(text)}; }

const char* const kReplies =
    "+OK\r\n"
    "-ERR no\r\n"
    ":-42\r\n"
    ":0\r\n"
    "$5\r\na\r\nb\n\r\n"
    "$0\r\n\r\n"
    "$-1\r\n"
    "*-1\r\n"
    "*0\r\n"
    "*3\r\n*1\r\n$2\r\nhi\r\n:7\r\n*1\r\n*0\r\n"
    "+\r\n";

std::vector<RespValue> ExpectedReplies() {
  std::vector<RespValue> replies = {
      {.type = Type::kSimple, .text = "OK"},
      {.type = Type::kError, .text = "ERR no"},
      {.type = Type::kInteger, .integer = -42},
      {.type = Type::kInteger},
      Bulk("a\r\nb\n"),
      Bulk(""),
      {},
      {},
      {.type = Type::kArray},
  };
  RespValue inner{.type = Type::kArray};
  inner.elements = {Bulk("hi")};
  RespValue last{.type = Type::kArray};
  last.elements = {RespValue{.type = Type::kArray}};
  RespValue array{.type = Type::kArray};
  array.elements = {inner, RespValue{.type = Type::kInteger, .integer = 7}, last};
  replies.push_back(array);
  replies.push_back({.type = Type::kSimple});
  return replies;
}

TEST(RespTest, EachKindOfReplyIsDecoded) {
  const Decoded decoded = Decode({kReplies});
  EXPECT_FALSE(decoded.failed) << decoded.error;
  EXPECT_EQ(decoded.replies, ExpectedReplies());
}

TEST(RespTest, EverySplitInThreeGivesTheSame) {
  const std::string_view all = kReplies;
  const Decoded whole = Decode({all});
  for (std::size_t first = 0; first <= all.size(); ++first) {
    for (std::size_t second = first; second <= all.size(); ++second) {
      ASSERT_EQ(
          Decode({all.substr(0, first), all.substr(first, second - first), all.substr(second)}),
          whole)
          << first << " " << second;
    }
  }
}

TEST(RespTest, SingleBytesGiveTheSame) {
  const std::string_view all = kReplies;
  std::vector<std::string_view> bytes;
  for (std::size_t i = 0; i < all.size(); ++i) bytes.push_back(all.substr(i, 1));
  EXPECT_EQ(Decode(bytes), Decode({all}));
}

TEST(RespTest, APrefixOfAReplyIsNoReplyAndNoError) {
  const std::string_view array = "*3\r\n*1\r\n$2\r\nhi\r\n:7\r\n*1\r\n*0\r\n";
  for (std::size_t size = 1; size < array.size(); ++size) {
    const Decoded decoded = Decode({array.substr(0, size)});
    EXPECT_TRUE(decoded.replies.empty() && !decoded.failed) << size;
  }
}

TEST(RespTest, MalformedBytesAreErrorsHoweverTheyAreSplit) {
  for (const std::string bad : {"hello\r\n",
                                "\r\n",
                                "\n",
                                "+OK\n",
                                "+O\rK\r\n",
                                "-no\n",
                                ":\r\n",
                                ":1x\r\n",
                                ":+1\r\n",
                                ":01\r\n",
                                ":-0\r\n",
                                ": 1\r\n",
                                ":9223372036854775808\r\n",
                                "$\r\n",
                                "$-2\r\n",
                                "$x\r\n",
                                "$+1\r\n",
                                "$03\r\nabc\r\n",
                                "$3\r\nabcd\r\n",
                                "$3\r\nabc\n\r",
                                "$3\r\nabc\rx",
                                "$3\n",
                                "*x\r\n",
                                "*-2\r\n",
                                "*1\r\n$3\r\nabcde",
                                "*2\r\n:1\r\nx\r\n",
                                "_\r\n",
                                "%1\r\n",
                                "#t\r\n"}) {
    std::optional<Decoded> first;
    for (std::size_t split = 0; split <= bad.size(); ++split) {
      const std::string_view all = bad;
      const Decoded decoded = Decode({all.substr(0, split), all.substr(split)});
      EXPECT_TRUE(decoded.failed) << absl::CHexEscape(bad) << " " << split;
      EXPECT_TRUE(decoded.replies.empty());
      EXPECT_FALSE(decoded.error.empty());
      if (!first) first = decoded;
      EXPECT_EQ(decoded, *first);
    }
  }
}

TEST(RespTest, SizesHaveLimits) {
  const RespLimits limits{
      .line_bytes = 20, .bulk_bytes = 10, .elements = 3, .depth = 2, .reply_bytes = 50};
  const auto error = [&](std::string_view bytes) { return Decode({bytes}, limits).error; };
  EXPECT_EQ(error("$10\r\n0123456789\r\n"), "");
  EXPECT_THAT(error("$11\r\n"), AllOf(HasSubstr("10"), HasSubstr("not 11")));
  EXPECT_EQ(error("+0123456789abcdefg\r\n"), "");
  EXPECT_THAT(error("+0123456789abcdefgh\r\n"), HasSubstr("20 bytes"));
  EXPECT_THAT(error("+0123456789abcdefghijklmn"), HasSubstr("20 bytes")) << "before its end";
  EXPECT_EQ(error("*3\r\n:1\r\n:1\r\n:1\r\n"), "");
  EXPECT_THAT(error("*4\r\n"), HasSubstr("not 4"));
  EXPECT_EQ(error("*1\r\n*1\r\n:1\r\n"), "");
  EXPECT_THAT(error("*1\r\n*1\r\n*1\r\n:1\r\n"), HasSubstr("2 deep"));
  EXPECT_EQ(error("*3\r\n$9\r\n012345678\r\n$9\r\n012345678\r\n$9\r\n012345678\r\n"), "");
  EXPECT_THAT(error("*3\r\n$10\r\n0123456789\r\n$10\r\n0123456789\r\n$10\r\n0123456789\r\n"),
              HasSubstr("50 bytes"));
  EXPECT_EQ(error("+1234567890\r\n+1234567890\r\n+1234567890\r\n+1234567890\r\n+1234567890\r\n"),
            "")
      << "the limit is of one reply";
}

TEST(RespTest, ALargeBulkInSmallPiecesIsLinear) {
  const std::string text(std::size_t{1} << 20, 'x');
  std::string bytes = absl::StrCat("$", text.size(), "\r\n", text, "\r\n");
  std::vector<std::string_view> pieces;
  for (std::size_t at = 0; at < bytes.size(); at += 100) {
    pieces.push_back(std::string_view(bytes).substr(at, 100));
  }
  const Decoded decoded = Decode(pieces);
  ASSERT_EQ(decoded.replies.size(), 1u);
  EXPECT_EQ(decoded.replies[0].text, text);
}

TEST(RespTest, ACommandIsAnArrayOfBulks) {
  std::string out = "before";
  const std::string binary("\0\r\n", 3);
  AppendCommand(std::vector<std::string_view>{"XADD", "", binary}, out);
  EXPECT_EQ(out, absl::StrCat("before*3\r\n$4\r\nXADD\r\n$0\r\n\r\n$3\r\n", binary, "\r\n"));
}

TEST(RespTest, DescriptionsAreShortAndEscaped) {
  EXPECT_EQ(Describe({.type = Type::kError, .text = "ERR \x1b"}), "the error 'ERR \\x1b'");
  EXPECT_LT(Describe({.type = Type::kSimple, .text = std::string(5000, '\x1b')}).size(), 900u);
  EXPECT_EQ(Describe(Bulk("secret")), "a text of 6 bytes");
  EXPECT_EQ(Describe({}), "null");
}

}  // namespace
}  // namespace chathttp::redis
