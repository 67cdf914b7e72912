// What a raw peer keeps of its session.
#include "chathttp/sim/world/kept_session.h"

#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "gtest/gtest.h"

namespace chathttp::sim {
namespace {

constexpr std::string_view kToken = "0123456789abcdef0123456789abcdef";

class KeptSessionTest : public ::testing::Test {
 protected:
  void Hear(std::string_view entity, std::string_view lines = "") {
    const std::string bytes = absl::StrCat(
        "HTTP/1.1 200 OK\nDatetime: 2015-11-29 10:07:40\nDeveloper: d\nServer: s\nContent_Length: ",
        entity.size(), "\nContent_Language: en\nContent_Encoding: utf-8\nContent_Type: text\n",
        AbslView(lines), "\n", AbslView(entity));
    const std::optional<RawResponse> response = CutResponse(bytes, 0);
    ASSERT_TRUE(response && response->code == 200) << bytes;
    kept.Take(*response);
  }
  void Login(std::string_view more) {
    Hear("OK...^.^",
         absl::StrCat("Session: ", AbslView(kToken), "\nSession_Seconds: 9\n", AbslView(more)));
  }
  std::string Since() const {
    const std::string lines = kept.Lines({});
    const std::size_t begin = lines.find("Since: ");
    return begin == std::string::npos ? "" : lines.substr(begin + 7, lines.size() - begin - 8);
  }

  KeptSession kept;
};

TEST_F(KeptSessionTest, WithoutASessionOneIsAskedFor) {
  EXPECT_EQ(kept.Lines({}), "Session: new\n");
}

TEST_F(KeptSessionTest, EachBroadcastAddsOne) {
  Login("Position: 7.3\n");
  EXPECT_EQ(Since(), "7.3");
  Hear("[ bob ] : Hi\n");
  Hear("bob has just left the chat room...\n");
  Hear("OK...^.^");
  Hear("Online users:\nwitness\n");
  EXPECT_EQ(kept.Lines({}), absl::StrCat("Session: ", AbslView(kToken), "\nSince: 7.5\n"));
}

TEST_F(KeptSessionTest, TheOwnEnteredIsSteppedOver) {
  Login("Replay: 2\nPosition: 7.10\n");
  EXPECT_EQ(Since(), "7.7");
  Hear("[ bob ] : 8\n");
  EXPECT_EQ(Since(), "7.8");
  Login("Replay: 3\nPosition: 7.12\n");  // 9, 11 and 12
  EXPECT_EQ(Since(), "7.8");
  Hear("[ bob ] : 9\n");
  EXPECT_EQ(Since(), "7.10");
  Hear("[ bob ] : 11\n");
  Hear("[ bob ] : 12\n");
  Hear("[ bob ] : 13\n");
  EXPECT_EQ(Since(), "7.13");
}

TEST_F(KeptSessionTest, OtherValuesAreSentInstead) {
  Login("Position: 7.3\n");
  EXPECT_EQ(kept.Lines({.token = "x", .since = "y", .history = 2}),
            "Session: x\nSince: y\nHistory: 2\n");
  EXPECT_EQ(kept.Lines({.token = "", .since = ""}), "");
  EXPECT_EQ(kept.Lines({.token = "a", .since = "+2"}), "Session: a\nSince: 7.5\n");
  EXPECT_EQ(kept.Lines({.token = "a", .since = "-2"}), "Session: a\nSince: 7.1\n");
  EXPECT_EQ(kept.Lines({.token = "~", .since = ""}), "Session: 0123456789abcdef0123456789abcde0\n");
}

}  // namespace
}  // namespace chathttp::sim
