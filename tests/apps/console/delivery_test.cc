// Every text that the user says has exactly one outcome on the screen, whatever happens to the
// server, the connection and the client; and no text is sent twice.
#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/console/app_world.h"

namespace chathttp {
namespace {

constexpr std::uint64_t kSeeds = 200;
constexpr int kSteps = 60;

class Stay {
 public:
  explicit Stay(std::uint64_t seed) : dice_(seed), world_(Options(), 80, 24) {
    world_.EnterRoom({"Bob"});
  }

  void Step() {
    switch (Below(14)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return world_.app.OnInput(NextText() + "\r");
      case 4:
        world_.app.OnInput("\x1b[200~" + NextText() + "\n" + NextText() + "\n\x1b[201~");
        return world_.app.OnInput("\r");
      case 5:
      case 6:
        return world_.Confirm();
      case 7:
        world_.server.Refuse("not today");
        return world_.RunToNextFrame();
      case 8:
        return world_.Crash();
      case 9:
        return Restart();
      case 10:
        return world_.server.Mute();
      case 11:
        return world_.Type("/reconnect\r");
      case 12:
        if (Below(4) == 0) world_.Type("\x03x\x7f");  // a key, so that two ^C do not leave
        return;
      default:
        return world_.scheduler.RunFor(absl::Milliseconds(Below(5000)));
    }
  }

  void End() {
    if (Below(2) == 0) Restart();
    world_.Type("/quit\r");
    for (std::size_t i = Below(5); i > 0; --i) world_.Confirm();
    if (Below(2) == 0) world_.scheduler.RunFor(absl::Seconds(10));
    world_.app.End();
  }

  void ExpectOneOutcomeOfEachText() const {
    for (int i = 0; i < texts_; ++i) {
      const std::string text = Text(i);
      const auto lines = std::count_if(log_.begin(), log_.end(), [&](const std::string& line) {
        return line.ends_with(": " + text + "\n");
      });
      EXPECT_EQ(lines, 1) << text;
      const auto& sent = world_.server.texts;
      EXPECT_LE(std::count(sent.begin(), sent.end(), text), 1) << text;
    }
  }

  [[nodiscard]] int texts() const { return texts_; }

 private:
  static std::string Text(int number) { return absl::StrCat("text-", number); }
  std::string NextText() { return Text(texts_++); }
  std::size_t Below(std::size_t end) { return static_cast<std::size_t>(dice_() % end); }

  void Restart() {
    world_.network.refuses = false;
    world_.EnterRoom({"Bob"});
  }

  ConsoleOptions Options() {
    ConsoleOptions options = {.user = "Alice"};
    options.chat.log = [this](std::string_view line) {
      log_.emplace_back(line);
      return true;
    };
    return options;
  }

  std::mt19937_64 dice_;
  std::vector<std::string> log_;
  AppWorld world_;
  int texts_ = 0;
};

TEST(DeliveryProperty, EachTextIsSaidOnceOrNamed) {
  int texts = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Stay stay(seed);
    for (int i = 0; i < kSteps; ++i) stay.Step();
    stay.End();
    stay.ExpectOneOutcomeOfEachText();
    if (::testing::Test::HasFailure()) FAIL() << "seed " << seed;
    texts += stay.texts();
  }
  EXPECT_GT(texts, 5'000);
}

}  // namespace
}  // namespace chathttp
