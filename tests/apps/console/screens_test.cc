// Scenes of the client as a person sees them, at three sizes; the expected screens are in screens/.
// With CHATHTTP_WRITE_SCREENS=1 in the environment, the test rewrites them, for review.
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/console/app_world.h"
#include "tests/source_path.h"

namespace chathttp {
namespace {

using ::testing::IsEmpty;

struct Size {
  int columns;
  int rows;
};

class ScreensTest : public ::testing::TestWithParam<Size> {
 protected:
  static ConsoleOptions Given() { return {.host = "127.0.0.1", .port = 9994, .user = "Alice"}; }

  static void Converse(AppWorld& world) {
    world.EnterRoom({"Bob"});
    world.server.Enter("Soros");
    world.app.OnInput("Hello, everyone!\r");
    world.scheduler.RunFor(absl::Milliseconds(3));  // the lag
    world.server.Confirm();
    world.server.Say("Soros", "Hi, Alice. 日本語 and 👋🏽 and café");
    world.server.Say("Bob",
                     "A longer text, which takes more than one row on most screens, and which "
                     "goes on below the place where it began.");
    world.server.Say("A_name_of_twenty_bytes", "short");
    world.server.Leave("Bob");
    world.RunToNextFrame();
  }

  void Expect(std::string_view scene, const AppWorld& world) {
    const std::string path =
        absl::StrCat(SourcePath("tests/apps/console/screens/"), std::string(scene), "_",
                     GetParam().columns, "x", GetParam().rows, ".txt");
    if (std::getenv("CHATHTTP_WRITE_SCREENS") != nullptr) {
      std::ofstream(path, std::ios::binary) << world.Screen();
    }
    std::ifstream file(path, std::ios::binary);
    const std::string expected{std::istreambuf_iterator<char>(file), {}};
    EXPECT_EQ(world.Screen(), expected) << path << " shows what was expected; there is\n"
                                        << world.Screen();
    EXPECT_THAT(world.terminal.screen.complaints(), IsEmpty());
  }
};

TEST_P(ScreensTest, LoginWithAnError) {
  AppWorld world({.user = "Al ice"}, GetParam().columns, GetParam().rows);
  Expect("login_error", world);
}

TEST_P(ScreensTest, LoginWhileItConnects) {
  AppWorld world(Given(), GetParam().columns, GetParam().rows);
  Expect("login_busy", world);
}

TEST_P(ScreensTest, ConnectFailed) {
  AppWorld world({}, GetParam().columns, GetParam().rows);
  world.network.refuses = true;
  world.Type("Alice\r");
  Expect("connect_failed", world);
}

TEST_P(ScreensTest, Conversation) {
  AppWorld world(Given(), GetParam().columns, GetParam().rows);
  Converse(world);
  world.Type("hello wor");
  Expect("conversation", world);
}

TEST_P(ScreensTest, ScrolledBack) {
  AppWorld world(Given(), GetParam().columns, GetParam().rows);
  Converse(world);
  for (int i = 1; i <= 40; ++i) world.server.Say("Soros", absl::StrCat("line ", i));
  world.RunToNextFrame();
  world.Type("\x1b[5~\x1b[5~");
  world.server.Say("Soros", "one more");
  world.server.Say("Soros", "and another");
  world.RunToNextFrame();
  Expect("scrolled_back", world);
}

TEST_P(ScreensTest, PasteThatWaitsToBeConfirmed) {
  AppWorld world(Given(), GetParam().columns, GetParam().rows);
  Converse(world);
  world.Type("\x1b[200~first line\rsecond line\r\rthird line\rfourth line\rfifth line\r\x1b[201~");
  Expect("pasted", world);
}

TEST_P(ScreensTest, TextsThatAreNotConfirmed) {
  AppWorld world(Given(), GetParam().columns, GetParam().rows);
  Converse(world);
  world.Type("one\rtwo\rthree\r");
  Expect("pending", world);
}

TEST_P(ScreensTest, Reconnecting) {
  AppWorld world(Given(), GetParam().columns, GetParam().rows);
  Converse(world);
  world.Type("on its way\r");
  world.Crash();
  world.Type("can you hear me");
  Expect("reconnecting", world);
}

constexpr std::string_view kSessionFields =
    "Session: 0123456789abcdef0123456789abcdef\nSession_Seconds: 120\n";

TEST_P(ScreensTest, HistoryBeforeTheLogin) {
  AppWorld world(Given(), GetParam().columns, GetParam().rows);
  world.server.login_fields = absl::StrCat(AbslView(kSessionFields), "Replay: 4\nPosition: 7.9\n");
  world.server.after_login = [&world] {
    world.server.datetime = "1969-12-31 22:10:00";
    world.server.Say("Bob", "Is anybody here?");
    world.server.Enter("Soros");
    world.server.datetime = "1969-12-31 23:58:00";
    world.server.Say("Soros", "Yes, but late. https://example.com/late");
    world.server.Say("Bob", "Good night");
    world.server.datetime = "";
  };
  world.EnterRoom({"Soros"});
  world.Say("Soros", "Hi, Alice.");
  Expect("history", world);
}

TEST_P(ScreensTest, BackAfterALoss) {
  AppWorld world(Given(), GetParam().columns, GetParam().rows);
  world.server.login_fields = absl::StrCat(AbslView(kSessionFields), "Position: 7.9\n");
  Converse(world);
  world.Type("on its way\r");
  world.Crash();
  world.scheduler.RunFor(absl::Seconds(40));
  world.network.refuses = false;
  world.server.login_fields = absl::StrCat(AbslView(kSessionFields), "Replay: 2\nPosition: 7.16\n");
  world.server.after_login = [&world] {
    world.server.Say("Alice", "on its way");
    world.server.Say("Soros", "It has arrived.");
  };
  world.scheduler.RunFor(absl::Seconds(30));
  world.RunToNextFrame();
  Expect("back", world);
}

INSTANTIATE_TEST_SUITE_P(Sizes, ScreensTest,
                         ::testing::Values(Size{100, 30}, Size{60, 15}, Size{20, 8}),
                         [](const auto& instance) {
                           return absl::StrCat(instance.param.columns, "x", instance.param.rows);
                         });

}  // namespace
}  // namespace chathttp
