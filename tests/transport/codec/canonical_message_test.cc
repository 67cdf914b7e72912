// The codec's short cut gives only results that the general pass gives too.
#include "chathttp/transport/codec/canonical_message.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "chathttp/transport/codec/byte_class.h"
#include "chathttp/transport/codec/request_decoder.h"
#include "chathttp/transport/codec/response_decoder.h"
#include "tests/transport/codec/decode_trace.h"
#include "tests/transport/codec/golden.h"
#include "tests/transport/codec/guarded_bytes.h"

namespace chathttp {
namespace {

struct Requests {
  using Decoder = RequestDecoder;
  using View = RequestView;
  static constexpr bool kHasUri = true;
  static DecodeLimits Limits() { return {}; }
  // A short message, with few positions to change; its values have two bytes, a first and a last.
  static std::string Short() {
    return "POST / HTTP/1.1\nDatetime: 2015-11-29 10:07:40\nUser_Agent: Al\nHost: /\n"
           "Accept_Language: en\nAccept: text\nAccept_Encoding: utf-8\nContent_Length: 3\n"
           "Content_Language: en\nContent_Encoding: utf-8\nContent_Type: text\n\nhi\n";
  }
  static std::vector<std::string> Sound() {
    std::vector<std::string> sound = {Short()};
    for (const char* const name :
         {"request-add.bin", "request-delete.bin", "request-get.bin", "request-post.bin"}) {
      sound.push_back(Golden(name));
    }
    return sound;
  }
  static CanonicalRead Read(std::string_view input, const DecodeLimits& limits, View& view) {
    return ReadCanonicalRequest(input, limits, view);
  }
};

struct Responses {
  using Decoder = ResponseDecoder;
  using View = ResponseView;
  static constexpr bool kHasUri = false;
  static DecodeLimits Limits() { return ResponseDecodeLimits(); }
  static std::string Short() {
    return "HTTP/1.1 200 OK\nDatetime: 2015-11-29 10:07:40\nDeveloper: Dv\nServer: Sv\n"
           "Content_Length: 3\nContent_Language: en\nContent_Encoding: utf-8\n"
           "Content_Type: text\n\nhi\n";
  }
  static std::vector<std::string> Sound() {
    std::vector<std::string> sound = {Short()};
    for (const char* const name :
         {"response-200-joined.bin", "response-200-left.bin", "response-200-login.bin",
          "response-200-query.bin", "response-200-say.bin", "response-202-greeting.bin",
          "response-400-unknown.bin", "response-401-taken.bin"}) {
      sound.push_back(Golden(name));
    }
    return sound;
  }
  static CanonicalRead Read(std::string_view input, const DecodeLimits& limits, View& view) {
    return ReadCanonicalResponse(input, limits, view);
  }
};

template <typename Direction>
class CanonicalMessage : public testing::Test {
 protected:
  // The result of the general pass for the message at the front of `input`. The decoder tries the
  // short cut only at the start of a message, and one byte is too short for it.
  static std::optional<std::string> GeneralAnswer(std::string_view input,
                                                  const DecodeLimits& limits) {
    typename Direction::Decoder decoder(limits);
    const DecodeResult first = decoder.Decode(input.substr(0, 1));
    if (first.status != DecodeStatus::kNeedMore) return std::nullopt;
    const DecodeResult rest = decoder.Decode(input.substr(1));
    if (rest.status != DecodeStatus::kMessage) return std::nullopt;
    return std::to_string(1 + rest.consumed) + " " + Describe(MessageOf(decoder));
  }

  static std::optional<std::string> ShortAnswer(std::string_view input,
                                                const DecodeLimits& limits) {
    typename Direction::View view;
    const CanonicalRead read = Direction::Read(input, limits, view);
    if (read.message_bytes == 0) return std::nullopt;
    return std::to_string(read.message_bytes) + " " + Describe(view);
  }

  // Whether the short cut gives up at one of the first `bytes` bytes.
  static bool RefusedBefore(std::string_view input, std::size_t bytes) {
    typename Direction::View view;
    const CanonicalRead read = Direction::Read(input, Direction::Limits(), view);
    return read.message_bytes == 0 && read.examined_bytes < bytes;
  }

  // Whether the short cut accepts `input`; if it does, the general pass must give the same result.
  bool Check(std::string_view input, const DecodeLimits& limits = Direction::Limits()) {
    const std::optional<std::string> answer = ShortAnswer(input, limits);
    if (!answer) return false;
    EXPECT_EQ(answer, GeneralAnswer(input, limits)) << testing::PrintToString(input);
    return true;
  }
};

using Directions = testing::Types<Requests, Responses>;
TYPED_TEST_SUITE(CanonicalMessage, Directions);

TYPED_TEST(CanonicalMessage, TakesTheShortCut) {
  for (const std::string& message : TypeParam::Sound()) {
    EXPECT_TRUE(this->Check(message)) << message;
    EXPECT_TRUE(this->Check(message + message)) << message;
  }
}

TYPED_TEST(CanonicalMessage, OtherHeadsAreLeftToTheGeneralPass) {
  for (const std::string& message : TypeParam::Sound()) {
    const std::size_t first = message.find('\n') + 1;
    const std::size_t second = message.find('\n', first) + 1;
    const std::string line = message.substr(first, second - first);
    std::string other = message;
    EXPECT_FALSE(this->Check(other.insert(second, "X: y\n"))) << "an extra line";
    other = message;
    EXPECT_FALSE(this->Check(other.erase(first, line.size()))) << "a line less";
    const std::size_t third = message.find('\n', second) + 1;
    EXPECT_FALSE(this->Check(other.insert(third - line.size(), line))) << "two lines swapped";
    other = message;
    EXPECT_FALSE(this->Check(other.insert(second - 1, "\r"))) << "CRLF";
  }
}

TYPED_TEST(CanonicalMessage, UnfinishedMessagesAreLeftToTheGeneralPass) {
  for (const std::string& message : TypeParam::Sound()) {
    GuardedBytes memory(message.size());
    for (std::size_t bytes = 0; bytes < message.size(); ++bytes) {
      EXPECT_FALSE(this->Check(memory.Place(std::string_view(message).substr(0, bytes))));
    }
  }
}

TYPED_TEST(CanonicalMessage, KeepsTheLimits) {
  const std::string message = TypeParam::Short();
  const std::size_t head = message.find("\n\n") + 2;
  const auto lines =
      static_cast<std::size_t>(
          std::count(message.begin(), message.begin() + static_cast<std::ptrdiff_t>(head), '\n')) -
      2;
  DecodeLimits limits = TypeParam::Limits();
  limits.head_bytes = head;
  limits.head_lines = lines;
  limits.uri_bytes = 1;
  limits.entity_bytes = 3;
  EXPECT_TRUE(this->Check(message, limits));
  for (std::size_t DecodeLimits::*const limit :
       {&DecodeLimits::head_bytes, &DecodeLimits::head_lines, &DecodeLimits::entity_bytes}) {
    DecodeLimits less = limits;
    --(less.*limit);
    EXPECT_FALSE(this->Check(message, less));
  }
  limits.uri_bytes = 0;
  EXPECT_EQ(this->Check(message, limits), !TypeParam::kHasUri);
}

TEST(CanonicalRequest, EntitiesOfOtherMethodsThanPostAreLeftToTheGeneralPass) {
  for (const char* const method : {"ADD", "GET", "DELETE"}) {
    RequestView view;
    const std::string message = method + Requests::Short().substr(std::string("POST").size());
    EXPECT_EQ(ReadCanonicalRequest(message, {}, view).message_bytes, 0U) << method;
  }
}

TYPED_TEST(CanonicalMessage, LengthsHaveOneToTenDigits) {
  const std::string message = TypeParam::Short();
  const std::size_t digit =
      message.find("Content_Length: ") + std::string("Content_Length: ").size();
  for (std::size_t zeros = 0; zeros < 20; ++zeros) {
    std::string changed = message;
    changed.insert(digit, zeros, '0');
    EXPECT_EQ(this->Check(changed), zeros < 10) << zeros;
  }
  std::string changed = message;
  EXPECT_FALSE(this->Check(changed.erase(digit, 1)));
}

// Bytes of every kind that the codec distinguishes.
constexpr std::string_view kValues("\0\t\n\r !:019AC_-e\x7f\x80\xff", 18);

TEST(CanonicalMessageValues, AreOfEveryClass) {
  std::set<unsigned char> classes;
  for (const char value : kValues) {
    classes.insert(ByteClassesOf(static_cast<unsigned char>(value)));
  }
  for (const unsigned char expected : kByteClasses) EXPECT_EQ(classes.count(expected), 1U);
}

TYPED_TEST(CanonicalMessage, AllChangesOfOneByteGetTheSameAnswer) {
  const std::string message = TypeParam::Short();
  std::string changed = message;
  for (std::size_t at = 0; at < message.size() && !this->HasFailure(); ++at) {
    for (int value = 0; value < 256; ++value) {
      changed[at] = static_cast<char>(value);
      this->Check(changed);
    }
    changed[at] = message[at];
  }
}

TYPED_TEST(CanonicalMessage, ChangesOfTwoNeighboursGetTheSameAnswer) {
  const std::string message = TypeParam::Short();
  std::string changed = message;
  for (std::size_t at = 0; at + 1 < message.size() && !this->HasFailure(); ++at) {
    for (const char first : kValues) {
      for (const char second : kValues) {
        changed[at] = first;
        changed[at + 1] = second;
        this->Check(changed);
      }
    }
    changed = message;
  }
}

// If the short cut refuses a change at its position, it also refuses it with any later change. So
// the test combines only changes that are accepted, or refused at a later position.
TYPED_TEST(CanonicalMessage, ChangesOfTwoBytesGetTheSameAnswer) {
  const std::string message = TypeParam::Short();
  std::string changed = message;
  std::size_t taken = 0;
  for (std::size_t i = 0; i < message.size() && !this->HasFailure(); ++i) {
    for (const char first : kValues) {
      changed[i] = first;
      if (this->RefusedBefore(changed, i + 1)) continue;
      for (std::size_t j = 0; j < message.size(); ++j) {
        if (j == i) continue;
        for (const char second : kValues) {
          changed[j] = second;
          taken += this->Check(changed) ? 1U : 0U;
        }
        changed[j] = message[j];
      }
    }
    changed[i] = message[i];
  }
  EXPECT_GT(taken, 0U);
}

// Cuts, copies and garbage, through the decoder: in one piece, so that it tries the short cut at
// each message, and with the first byte separate, so that the general pass reads the first message.
TYPED_TEST(CanonicalMessage, RandomChangesGetTheSameAnswer) {
  using Decoder = typename TypeParam::Decoder;
  std::mt19937 random(1);
  const auto below = [&](std::size_t bound) { return random() % bound; };
  const std::vector<std::string> sound = TypeParam::Sound();
  GuardedBytes memory(4096);
  for (int i = 0; i < 20'000 && !this->HasFailure(); ++i) {
    std::string stream = sound[below(sound.size())];
    for (std::size_t changes = below(4); changes > 0; --changes) {
      const std::size_t at = below(stream.size());
      const std::size_t line = stream.rfind('\n', at) + 1;
      const std::size_t line_end = std::min(stream.find('\n', line), stream.size() - 1) + 1;
      const std::string copy = stream.substr(line, line_end - line);
      switch (below(6)) {
        case 0:
          stream[at] = static_cast<char>(random());
          break;
        case 1:
          stream.insert(at, 1, " \n\r\t:0aA-_"[below(10)]);
          break;
        case 2:
          stream.erase(at, 1 + below(3));
          break;
        case 3:
          stream.erase(line, copy.size());
          break;
        case 4:
          stream.insert(line, copy);
          break;
        default:
          stream.insert(stream.rfind('\n', below(stream.size())) + 1, copy);
          break;
      }
      if (stream.empty()) stream = "\n";
    }

    const std::string_view view = stream;
    const Trace whole = TraceOf<Decoder>({view}, TypeParam::Limits(), memory);
    const Trace apart =
        TraceOf<Decoder>({view.substr(0, 1), view.substr(1)}, TypeParam::Limits(), memory);
    EXPECT_EQ(whole, apart) << testing::PrintToString(stream);
  }
}

}  // namespace
}  // namespace chathttp
