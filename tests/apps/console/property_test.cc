// For any content: the terminal shows the canvas exactly, and gets no control bytes except those of
// the renderer.
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "apps/terminal/canvas.h"
#include "apps/terminal/renderer.h"
#include "apps/terminal/unicode.h"
#include "chathttp/domain/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/console/app_world.h"
#include "tests/apps/terminal/fake_terminal.h"
#include "tests/apps/terminal/hostile_text.h"

namespace chathttp {
namespace {

using ::testing::IsEmpty;

constexpr std::uint64_t kSeed = 4711;

Style DrawStyle(HostileText& hostile) {
  return {.color = static_cast<std::uint8_t>(hostile.Below(3) == 0 ? hostile.Below(256) : 0),
          .bold = hostile.Below(3) == 0,
          .dim = hostile.Below(4) == 0,
          .underline = hostile.Below(5) == 0,
          .reverse = hostile.Below(5) == 0};
}

int DrawBelow(HostileText& hostile, int end) {
  return static_cast<int>(hostile.Below(static_cast<std::size_t>(end)));
}

// 120,000 texts, each in a frame of its own drawn over the previous one.
TEST(RenderingProperty, TheTerminalShowsTheCanvasAndOnlyTheRendererDrivesIt) {
  HostileText hostile(kSeed);
  for (int world = 0; world < 400; ++world) {
    const int columns = 1 + DrawBelow(hostile, 30);
    const int rows = 1 + DrawBelow(hostile, 4);
    Canvas canvas(columns, rows);
    Renderer renderer(ColorMode::k256, true);
    FakeTerminal terminal(columns, rows);
    for (int frame = 0; frame < 300; ++frame) {
      if (hostile.Below(40) == 0) canvas = Canvas(columns, rows);
      if (hostile.Below(10) == 0) {
        const int column = DrawBelow(hostile, columns);
        canvas.Fill(column, column + 5, DrawBelow(hostile, rows), DrawStyle(hostile));
      }
      const int row = DrawBelow(hostile, rows);
      canvas.Put(DrawBelow(hostile, columns), row, hostile.Draw(6), DrawStyle(hostile));
      if (hostile.Below(10) == 0) {
        canvas.SetLink(0, columns, DrawBelow(hostile, rows),
                       hostile.Below(3) == 0 ? hostile.Draw(6) : "https://a");
      }
      canvas.SetCursor(DrawBelow(hostile, columns), DrawBelow(hostile, rows));
      if (hostile.Below(50) == 0) {
        terminal.Resize(columns, rows);  // garbage
        renderer.Forget();
      }
      terminal.Write(renderer.Render(canvas));
      ASSERT_EQ(terminal.DescribeDifference(canvas), "") << "world " << world << " " << frame;
      ASSERT_THAT(terminal.complaints(), IsEmpty()) << "world " << world << " " << frame;
      ASSERT_EQ(terminal.cursor_column(), canvas.cursor_column());
      ASSERT_EQ(terminal.cursor_row(), canvas.cursor_row());
    }
  }
}

// Any text is shown as printable UTF-8, in clusters that fill one or two columns.
TEST(RenderingProperty, AnyTextIsShownAsPrintableUtf8) {
  HostileText hostile(kSeed + 1);
  for (int i = 0; i < 100'000; ++i) {
    const std::string shown = ShownText(hostile.Draw(10));
    for (std::string_view rest = shown; !rest.empty();) {
      const CodePoint next = DecodeUtf8(rest);
      ASSERT_NE(next.bytes, 0u) << "broken UTF-8";
      ASSERT_FALSE(next.value < 0x20 || (next.value >= 0x7F && next.value < 0xA0)) << "a control";
      const Cluster cluster = NextCluster(rest);
      ASSERT_LE(cluster.bytes, rest.size());
      ASSERT_TRUE(cluster.columns == 1 || cluster.columns == 2);
      rest.remove_prefix(next.bytes);
    }
    ASSERT_EQ(ShownText(shown), shown);
  }
}

// The whole client: keys of all kinds, events with hostile content, any size, at any time.
class ClientProperty {
 public:
  explicit ClientProperty(std::uint64_t seed)
      : hostile_(seed),
        world_(DrawOptions(), 1 + DrawBelow(hostile_, 110), 1 + DrawBelow(hostile_, 20)) {
    if (hostile_.Below(4) != 0) world_.EnterRoom({"Bob"});
  }

  void Step() {
    switch (hostile_.Below(16)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return world_.app.OnInput(hostile_.Draw(4));
      case 4:
      case 5:
        return world_.app.OnInput(DrawKeys());
      case 6:
      case 7:
      case 8:
        return world_.server.Say(DrawName(), hostile_.Draw(30));
      case 9:
        return world_.server.Enter(DrawName());
      case 10:
        return world_.server.Leave(DrawName());
      case 11:
        return world_.server.Reply(400, hostile_.Draw(5));
      case 12:
        return DrawTrouble();
      case 13:
        return world_.server.Open({"Bob", DrawName()});
      case 14:
        world_.server.Confirm();
        return;
      default:
        return Resize();
    }
  }

  [[nodiscard]] bool ended() const { return world_.ended; }

  // Incremental drawing equals complete drawing, just after a full second, when waits and lags were
  // drawn.
  void Check() {
    const absl::Duration now = world_.scheduler.Now() - absl::UnixEpoch();
    world_.scheduler.RunFor(absl::Ceil(now, absl::Seconds(1)) - now + absl::Milliseconds(1));
    if (world_.ended) return;
    ASSERT_THAT(world_.terminal.screen.complaints(), IsEmpty());
    const std::string bit_by_bit = world_.Screen();
    const FakeTerminal& screen = world_.terminal.screen;
    Resize(screen.columns(), screen.rows());
    world_.scheduler.RunFor(absl::ZeroDuration());
    ASSERT_EQ(world_.Screen(), bit_by_bit);
    ASSERT_THAT(world_.terminal.screen.complaints(), IsEmpty());
    world_.scheduler.RunFor(absl::Milliseconds(60));  // nothing begins at a full second
  }

 private:
  static ConsoleOptions DrawOptions() { return {.user = "Alice", .frame = absl::ZeroDuration()}; }

  std::string DrawKeys() {
    static constexpr std::array<std::string_view, 24> kKeys = {"\r",
                                                               "\t",
                                                               "\x1b[Z",
                                                               "\x1b[A",
                                                               "\x1b[B",
                                                               "\x1b[5~",
                                                               "\x1b[6~",
                                                               "\x1bOQ",
                                                               "\x1b",
                                                               "\x17",
                                                               "\x0b",
                                                               "\x15",
                                                               "\x19",
                                                               "\x14",
                                                               "\x01",
                                                               "\x05",
                                                               "\x0c",
                                                               "\x1a",
                                                               "/help\r",
                                                               "/users\r",
                                                               "/clear\r",
                                                               "/reconnect\r",
                                                               "\x1b[200~a\x1b[2J\nb\x1b[201~",
                                                               "\x1b[200~one\ntwo\nthree\x1b[201~"};
    return std::string(kKeys[hostile_.Below(kKeys.size())]);
  }

  std::string DrawName() {
    return hostile_.Below(4) == 0 ? hostile_.Draw(3) : absl::StrCat("user", hostile_.Below(40));
  }

  void DrawTrouble() {
    world_.server.login_code = hostile_.Below(2) == 0 ? 200 : 401;
    world_.network.refuses = hostile_.Below(4) == 0;
    switch (hostile_.Below(4)) {
      case 0:
        return world_.server.HangUp();
      case 1:
        return world_.server.Mute();
      case 2:
        world_.server.login_code = 400;
        world_.server.login_reason = hostile_.Draw(5);
        return world_.server.HangUp();
      default:
        return world_.scheduler.RunFor(absl::Seconds(hostile_.Below(60)));
    }
  }

  void Resize() { Resize(1 + DrawBelow(hostile_, 110), 1 + DrawBelow(hostile_, 20)); }
  void Resize(int columns, int rows) {
    world_.terminal.screen.Resize(columns, rows);
    world_.app.OnTerminalChange(columns, rows);
  }

  HostileText hostile_;
  AppWorld world_;
};

TEST(RenderingProperty, TheWholeClientIsDrivenByNobody) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    ClientProperty client(seed);
    for (int i = 0; i < 40; ++i) {
      for (int step = 0; step < 5; ++step) client.Step();
      if (client.ended()) break;  // ^C was among the bytes, more than once
      client.Check();
      if (::testing::Test::HasFatalFailure()) FAIL() << "seed " << seed << ", check " << i;
    }
  }
}

}  // namespace
}  // namespace chathttp
