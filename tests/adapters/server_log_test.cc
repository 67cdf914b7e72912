#include "chathttp/adapters/server_log.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_split.h"
#include "chathttp/transport/ports/host_scheduler.h"
#include "gmock/gmock.h"
#include "tests/adapters/loop_test.h"
#include "tests/adapters/pipe.h"

namespace chathttp::posix {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSupersetOf;
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

// As the server reports it after kAccepted.
ServerEvent WithoutPeer(Kind kind, std::string_view name = "", std::string_view reason = "") {
  ServerEvent event = Event(kind, name, reason);
  event.peer = {};
  return event;
}

ServerEvent Event(Kind kind, std::uint64_t connection, std::string_view peer = "") {
  ServerEvent event{};
  event.kind = kind;
  event.connection = ConnectionId{connection};
  event.peer = peer;
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

TEST_F(ServerLogTest, ClosedTellsPeerSecondsAndTheLastName) {
  HostScheduler scheduler;
  Logger logger = MakeLogger(LogLevel::kInfo);
  ServerLog log(logger, scheduler);
  log.OnServerEvent(Event(Kind::kAccepted));
  log.OnServerEvent(WithoutPeer(Kind::kEntered, "Alice"));
  log.OnServerEvent(WithoutPeer(Kind::kLeft, "Alice", "logout"));
  log.OnServerEvent(WithoutPeer(Kind::kEntered, "Bob"));
  log.OnServerEvent(WithoutPeer(Kind::kLeft, "Bob", "end of stream"));
  scheduler.Turn(scheduler.Now() + absl::Milliseconds(12'345), absl::UnixEpoch());
  Lines();
  log.OnServerEvent(WithoutPeer(Kind::kClosed, "", "end of stream"));
  EXPECT_THAT(Lines(),
              ElementsAre("level=info event=closed connection=7 peer=127.0.0.1:5000 seconds=12.345 "
                          "name=Bob reason=\"end of stream\" bytes_in=10 bytes_out=20"));
}

TEST_F(ServerLogTest, ANameFromBeforeAHigherLevelIsNotThatOfALaterMember) {
  Logger logger = MakeLogger(LogLevel::kInfo);
  ServerLog log(logger, loop());
  log.OnServerEvent(Event(Kind::kAccepted));
  log.OnServerEvent(WithoutPeer(Kind::kEntered, "Alice"));
  log.OnServerEvent(WithoutPeer(Kind::kLeft, "Alice", "logout"));
  logger.set_min_level(LogLevel::kWarning);
  log.OnServerEvent(WithoutPeer(Kind::kEntered, "Bob"));
  log.OnServerEvent(WithoutPeer(Kind::kLeft, "Bob", "logout"));
  logger.set_min_level(LogLevel::kInfo);
  Lines();
  log.OnServerEvent(WithoutPeer(Kind::kClosed, "", "logout"));
  EXPECT_THAT(Lines(), ElementsAre(testing::Not(HasSubstr("name="))));
}

TEST_F(ServerLogTest, ARejectedConnectionTellsItsPeerWhenItCloses) {
  Logger logger = MakeLogger(LogLevel::kInfo);
  ServerLog log(logger, loop());
  log.OnServerEvent(Event(Kind::kTurnedAway, "", "full"));
  Lines();
  log.OnServerEvent(WithoutPeer(Kind::kClosed, "", "full"));
  EXPECT_THAT(Lines(), ElementsAre(HasSubstr(" connection=7 peer=127.0.0.1:5000 seconds=0.000 ")));
}

TEST_F(ServerLogTest, APeerWithoutAnAddressIsNotTold) {
  Logger logger = MakeLogger(LogLevel::kInfo);
  ServerLog log(logger, loop());
  log.OnServerEvent(Event(Kind::kAccepted, 7, "memory:1"));
  Lines();
  log.OnServerEvent(WithoutPeer(Kind::kClosed, "", "x"));
  EXPECT_THAT(Lines(), ElementsAre(HasSubstr(" connection=7 seconds=0.000 reason=x ")));
}

// Virtual time, and few lines a second.
class CutServerLog : public ServerLogTest {
 protected:
  explicit CutServerLog(const ServerLogLimits& limits = {.customer_lines = 2, .lines = 5})
      : log_(std::in_place, logger_, scheduler_, limits) {}

  void Refuse(std::string_view peer, std::string_view reason = "401", int times = 1) {
    for (int i = 0; i < times; ++i) {
      ServerEvent event = Event(Kind::kRefused, "", reason);
      event.peer = peer;
      log_->OnServerEvent(event);
    }
  }

  void PassSecond() { scheduler_.Turn(scheduler_.Now() + absl::Seconds(1), absl::UnixEpoch()); }

  HostScheduler scheduler_;
  Logger logger_ = MakeLogger(LogLevel::kInfo);
  std::optional<ServerLog> log_;
};

constexpr std::string_view kLine = "level=info event=refused connection=7 reason=401";

TEST_F(CutServerLog, AFloodOfOneKindIsCutAndCountedAtItsEnd) {
  Refuse("10.0.0.1:1", "401", 5);
  log_->OnServerEvent(Event(Kind::kEntered, "Alice"));
  EXPECT_THAT(Lines(),
              ElementsAre(kLine, kLine, "level=info event=entered connection=7 name=Alice"));
  PassSecond();
  EXPECT_THAT(Lines(), ElementsAre("level=info event=refused suppressed=3 reasons=\"401: 3\""));
  Refuse("10.0.0.1:1");
  EXPECT_THAT(Lines(), ElementsAre(kLine));
  PassSecond();
  EXPECT_THAT(Lines(), ElementsAre());
}

TEST_F(CutServerLog, AFloodDoesNotHideTheLinesOfOthers) {
  Refuse("10.0.0.1:1", "401", 100);
  Lines();
  Refuse("10.0.0.2:1");
  Refuse("[2001:db8::1]:1");
  EXPECT_THAT(Lines(), ElementsAre(kLine, kLine));
}

TEST_F(CutServerLog, TheAddressesOfOneCustomerShareTheLimit) {
  Refuse("[2001:db8::1]:1");
  Refuse("[2001:db8::2]:2");
  Refuse("[2001:db8::3]:3");
  EXPECT_THAT(Lines(), SizeIs(2));
}

TEST_F(CutServerLog, PeersWithoutAnAddressShareTheLimit) {
  Refuse("memory:1");
  Refuse("memory:2");
  Refuse("memory:3");
  EXPECT_THAT(Lines(), SizeIs(2));
}

TEST_F(CutServerLog, EventsWithoutAPeerCountForThatOfTheirConnection) {
  log_->OnServerEvent(Event(Kind::kAccepted, 1, "10.0.0.1:1"));
  log_->OnServerEvent(Event(Kind::kAccepted, 2, "10.0.0.2:1"));
  Lines();
  for (int i = 0; i < 5; ++i) log_->OnServerEvent(Event(Kind::kRefused, 1));
  EXPECT_THAT(Lines(), SizeIs(2));
  log_->OnServerEvent(Event(Kind::kRefused, 2));
  EXPECT_THAT(Lines(), SizeIs(1));
}

TEST_F(CutServerLog, ManyAddressesTogetherAreCut) {
  for (int i = 0; i < 9; ++i) Refuse("10.0.0." + std::to_string(i) + ":1");
  EXPECT_THAT(Lines(), SizeIs(5));
  PassSecond();
  EXPECT_THAT(Lines(), ElementsAre("level=info event=refused suppressed=4 reasons=\"401: 4\""));
}

TEST_F(CutServerLog, ClosesAreCut) {
  for (std::uint64_t id = 1; id <= 9; ++id) {
    log_->OnServerEvent(Event(Kind::kAccepted, id, "10.0.0.1:1"));
    log_->OnServerEvent(Event(Kind::kClosed, id));
  }
  PassSecond();
  EXPECT_THAT(Lines(), IsSupersetOf({"level=info event=accepted suppressed=7",
                                     "level=info event=closed suppressed=7"}));
}

TEST_F(CutServerLog, TheMostFrequentReasonsComeFirstAndTheRestIsOne) {
  Refuse("10.0.0.1:1", "lost", 2);
  Refuse("10.0.0.1:1", "a\n", 1);
  Refuse("10.0.0.1:1", "b", 3);
  Refuse("10.0.0.1:1", std::string(ServerLog::kReasonBytes + 1, 'c'), 2);
  Refuse("10.0.0.1:1", "d", 2);
  Refuse("10.0.0.1:1", "e", 7);
  Lines();
  PassSecond();
  EXPECT_THAT(Lines(), ElementsAre("level=info event=refused suppressed=15 reasons=\"b: 3, " +
                                   std::string(ServerLog::kReasonBytes, 'c') +
                                   "...: 2, d: 2, a\\\\x0a: 1, other: 7\""));
}

TEST_F(CutServerLog, WhatIsStillUntoldIsToldWhenTheLogEnds) {
  Refuse("10.0.0.1:1", "401", 5);
  Lines();
  log_.reset();
  EXPECT_THAT(Lines(), ElementsAre("level=info event=refused suppressed=3 reasons=\"401: 3\""));
  EXPECT_EQ(scheduler_.next_due(), absl::InfiniteFuture());
}

class FewCustomersInServerLog : public CutServerLog {
 protected:
  FewCustomersInServerLog() : CutServerLog({.customer_lines = 1, .lines = 100, .customers = 2}) {}
};

TEST_F(FewCustomersInServerLog, FurtherOnesShareOneCount) {
  for (int i = 0; i < 9; ++i) Refuse("10.0.0." + std::to_string(i) + ":1");
  EXPECT_THAT(Lines(), SizeIs(3));
}

}  // namespace
}  // namespace chathttp::posix
