#include "apps/client/json_event.h"

#include <array>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/text.h"
#include "gtest/gtest.h"

namespace chathttp {
namespace {

const absl::Time kTime = absl::FromUnixMillis(1448791660123);

std::string Line(const char* rest) {
  return absl::StrCat(R"({"time":"2015-11-29T10:07:40.123Z","event":)", rest);
}

TEST(JsonEvent, EachEventIsOneObject) {
  using Kind = ClientEvent::Kind;
  EXPECT_EQ(JsonOf({.kind = Kind::kMessage, .own = true, .name = "Alice", .text = "hi"}, kTime),
            Line(R"("message","name":"Alice","text":"hi","own":true})"));
  EXPECT_EQ(JsonOf({.kind = Kind::kMessage, .name = "Bob", .text = "ho"}, kTime),
            Line(R"("message","name":"Bob","text":"ho","own":false})"));
  EXPECT_EQ(JsonOf({.kind = Kind::kLoggedIn, .name = "Alice"}, kTime),
            Line(R"("login","name":"Alice"})"));
  EXPECT_EQ(JsonOf({.kind = Kind::kEntered, .name = "Bob"}, kTime),
            Line(R"("entered","name":"Bob"})"));
  EXPECT_EQ(JsonOf({.kind = Kind::kLeft, .name = "Bob"}, kTime), Line(R"("left","name":"Bob"})"));
  EXPECT_EQ(JsonError("no", kTime), Line(R"("error","message":"no"})"));
  EXPECT_EQ(JsonNotice("a\nb", kTime), Line(R"("notice","message":"a\u000ab"})"));
  EXPECT_EQ(JsonEnd(4, kTime), Line(R"("end","code":4})"));
}

TEST(JsonEvent, BroadcastsFromBeforeTheLoginAreMarkedAndHaveTheirOwnTime) {
  using Kind = ClientEvent::Kind;
  const absl::Time sent = kTime - absl::Hours(1);
  const std::string earlier = R"({"time":"2015-11-29T09:07:40.123Z","event":)";
  EXPECT_EQ(JsonOf({.kind = Kind::kLoggedIn, .name = "Alice", .time = sent, .replay = 3}, kTime),
            Line(R"("login","name":"Alice","history":3})"));
  EXPECT_EQ(
      JsonOf({.kind = Kind::kMessage, .past = true, .name = "Bob", .text = "ho", .time = sent},
             kTime),
      earlier + R"("message","name":"Bob","text":"ho","own":false,"past":true})");
  EXPECT_EQ(JsonOf({.kind = Kind::kEntered, .past = true, .name = "Bob", .time = sent}, kTime),
            earlier + R"("entered","name":"Bob","past":true})");
  EXPECT_EQ(JsonOf({.kind = Kind::kLeft, .past = true, .name = "Bob"}, kTime),
            Line(R"("left","name":"Bob","past":true})"));
  EXPECT_EQ(JsonOf({.kind = Kind::kLeft, .name = "Bob", .time = sent}, kTime),
            Line(R"("left","name":"Bob"})"));
}

TEST(JsonEvent, ListKeepsTheOrderOfLogin) {
  const std::array<std::string_view, 2> names = {"Zoe", "Alice"};
  EXPECT_EQ(JsonOf({.kind = ClientEvent::Kind::kList, .names = names}, kTime),
            Line(R"("list","names":["Zoe","Alice"]})"));
  EXPECT_EQ(JsonOf({.kind = ClientEvent::Kind::kList}, kTime), Line(R"("list","names":[]})"));
}

TEST(JsonEvent, WhatIsNoNewsIsNoObject) {
  for (const auto kind : {ClientEvent::Kind::kConnected, ClientEvent::Kind::kLoginRefused,
                          ClientEvent::Kind::kRefused, ClientEvent::Kind::kClosed}) {
    EXPECT_EQ(JsonOf({.kind = kind}, kTime), "");
  }
}

TEST(JsonString, QuotesAndBackslashesAreEscaped) {
  EXPECT_EQ(JsonString(R"(say "hi" \o/)"), R"("say \"hi\" \\o/")");
}

TEST(JsonString, TextOfAllLanguagesStaysAsItIs) {
  EXPECT_EQ(JsonString("gr\u00fc\u00df \u4f60\u597d \U0001F600"),
            "\"gr\u00fc\u00df \u4f60\u597d \U0001F600\"");
}

TEST(JsonString, WhatCouldDriveATerminalIsEscaped) {
  EXPECT_EQ(JsonString("\x1b[2J\x7f\u0085\u202e"), R"("\u001b[2J\u007f\u0085\u202e")");
}

TEST(JsonString, BytesThatAreNoUtf8AreReplaced) {
  EXPECT_EQ(JsonString("a\xff\xc3"), R"("a\ufffd\ufffd")");
}

TEST(JsonString, IsPrintableUtf8WhateverTheBytes) {
  std::uint64_t state = 1;
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes;
    for (int i = 0; i < 12; ++i) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      bytes += static_cast<char>(state >> 56);
    }
    const std::string json = JsonString(bytes);
    // A text must be UTF-8 without control characters.
    ASSERT_EQ(CheckText(json, json.size()).problem, TextProblem::kNone) << json;
    ASSERT_EQ(json.front(), '"');
    ASSERT_EQ(json.back(), '"');
    for (std::size_t i = 1; i + 1 < json.size(); ++i) {
      if (json[i] == '\\') {
        ++i;
        ASSERT_TRUE(json[i] == '"' || json[i] == '\\' || json[i] == 'u') << json;
      } else {
        ASSERT_NE(json[i], '"') << json;
      }
    }
  }
}

}  // namespace
}  // namespace chathttp
