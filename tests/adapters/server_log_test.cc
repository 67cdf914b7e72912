#include "chathttp/adapters/server_log.h"

#include <string>
#include <string_view>

#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "tests/adapters/loop_test.h"
#include "tests/adapters/pipe.h"

namespace chathttp::posix {
namespace {

using testing::ElementsAre;
using testing::SizeIs;
using Kind = ServerEvent::Kind;

ServerEvent Event(Kind kind, std::string_view name = "", std::string_view reason = "") {
  ServerEvent event{};
  event.kind = kind;
  event.connection = ConnectionId{7};
  event.peer = "127.0.0.1:5000";
  event.name = name;
  event.reason = reason;
  event.bytes_in = 10;
  event.bytes_out = 20;
  return event;
}

class ServerLogTest : public LoopTest {
 protected:
  Logger MakeLogger(LogLevel min_level) { return Logger(pipe_.write_end(), min_level, loop()); }

  // The lines written since the last call, without their time stamps.
  std::vector<std::string> Lines() {
    std::vector<std::string> lines;
    const std::string all = pipe_.TakeAll();
    for (const auto line : absl::StrSplit(all, '\n', absl::SkipEmpty())) {
      lines.emplace_back(line.substr(line.find(' ') + 1));
    }
    return lines;
  }

  std::vector<std::string> LinesOf(const ServerEvent& event,
                                   LogLevel min_level = LogLevel::kDebug) {
    Logger logger = MakeLogger(min_level);
    ServerLog log(logger, loop());
    log.OnServerEvent(event);
    return Lines();
  }

  Pipe pipe_;
};

TEST_F(ServerLogTest, ListeningTellsWhere) {
  EXPECT_THAT(LinesOf(Event(Kind::kListening)),
              ElementsAre("level=info event=listening peer=127.0.0.1:5000"));
}

TEST_F(ServerLogTest, AcceptedTellsThePeer) {
  EXPECT_THAT(LinesOf(Event(Kind::kAccepted)),
              ElementsAre("level=info event=accepted connection=7 peer=127.0.0.1:5000"));
}

TEST_F(ServerLogTest, TurnedAwayIsAWarningWithItsReason) {
  EXPECT_THAT(
      LinesOf(Event(Kind::kTurnedAway, "", "server is full")),
      ElementsAre("level=warning event=turned_away peer=127.0.0.1:5000 reason=\"server is full\""));
}

TEST_F(ServerLogTest, EnteredTellsTheName) {
  EXPECT_THAT(LinesOf(Event(Kind::kEntered, "Alice")),
              ElementsAre("level=info event=entered connection=7 name=Alice"));
}

TEST_F(ServerLogTest, LeftTellsTheReason) {
  EXPECT_THAT(LinesOf(Event(Kind::kLeft, "Alice", "logout")),
              ElementsAre("level=info event=left connection=7 name=Alice reason=logout"));
}

TEST_F(ServerLogTest, RefusedTellsTheNameIfThereIsOne) {
  EXPECT_THAT(LinesOf(Event(Kind::kRefused, "", "401")),
              ElementsAre("level=info event=refused connection=7 reason=401"));
  EXPECT_THAT(LinesOf(Event(Kind::kRefused, "root", "401")),
              ElementsAre("level=info event=refused connection=7 name=root reason=401"));
}

TEST_F(ServerLogTest, ClosedTellsTheReasonAndTheBytes) {
  EXPECT_THAT(LinesOf(Event(Kind::kClosed, "", "end of stream")),
              ElementsAre("level=info event=closed connection=7 reason=\"end of stream\" "
                          "bytes_in=10 bytes_out=20"));
}

TEST_F(ServerLogTest, StoppingAndStoppedAreTold) {
  EXPECT_THAT(LinesOf(Event(Kind::kStopping, "", "SIGTERM")),
              ElementsAre("level=info event=stopping reason=SIGTERM"));
  EXPECT_THAT(LinesOf(Event(Kind::kStopped)), ElementsAre("level=info event=stopped"));
}

TEST_F(ServerLogTest, NamesAreEscaped) {
  EXPECT_THAT(
      LinesOf(Event(Kind::kRefused, "a\x1b]0;b\n", "x")),
      ElementsAre(R"(level=info event=refused connection=7 name="a\x1b]0;b\x0a" reason=x)"));
}

TEST_F(ServerLogTest, KindsBelowTheLevelOfTheLogAreNotTold) {
  EXPECT_THAT(LinesOf(Event(Kind::kAccepted), LogLevel::kWarning), ElementsAre());
  EXPECT_THAT(LinesOf(Event(Kind::kTurnedAway), LogLevel::kWarning), SizeIs(1));
}

TEST_F(ServerLogTest, AFloodOfOneKindIsCutAndCountedAtItsEnd) {
  Logger logger = MakeLogger(LogLevel::kInfo);
  ServerLog log(logger, loop(), 2);
  for (int i = 0; i < 5; ++i) log.OnServerEvent(Event(Kind::kRefused, "", "401"));
  log.OnServerEvent(Event(Kind::kEntered, "Alice"));
  EXPECT_THAT(Lines(), ElementsAre("level=info event=refused connection=7 reason=401",
                                   "level=info event=refused connection=7 reason=401",
                                   "level=info event=entered connection=7 name=Alice"));
  std::vector<std::string> later;
  ASSERT_TRUE(RunUntil([&] {
    later = Lines();
    return !later.empty();
  }));
  EXPECT_THAT(later, ElementsAre("level=info event=refused suppressed=3"));
  log.OnServerEvent(Event(Kind::kRefused, "", "401"));
  EXPECT_THAT(Lines(), ElementsAre("level=info event=refused connection=7 reason=401"));
}

TEST_F(ServerLogTest, EachCloseIsToldHoweverManyThereAre) {
  Logger logger = MakeLogger(LogLevel::kInfo);
  ServerLog log(logger, loop(), 2);
  for (int i = 0; i < 50; ++i) log.OnServerEvent(Event(Kind::kClosed, "", "end of stream"));
  EXPECT_THAT(Lines(), SizeIs(50));
}

TEST_F(ServerLogTest, WhatIsStillUntoldIsToldWhenTheLogEnds) {
  Logger logger = MakeLogger(LogLevel::kInfo);
  {
    ServerLog log(logger, loop(), 1);
    for (int i = 0; i < 4; ++i) log.OnServerEvent(Event(Kind::kTurnedAway, "", "full"));
    Lines();
  }
  EXPECT_THAT(Lines(), ElementsAre("level=warning event=turned_away suppressed=3"));
}

}  // namespace
}  // namespace chathttp::posix
