#include "chathttp/adapters/log.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "chathttp/adapters/file_descriptor.h"
#include "chathttp/transport/ports/host_scheduler.h"
#include "gmock/gmock.h"
#include "tests/adapters/pipe.h"
#include "tests/adapters/pty.h"

namespace chathttp::posix {
namespace {

using testing::Each;
using testing::EndsWith;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using testing::SizeIs;

class LogTest : public testing::Test {
 protected:
  static absl::Time Noon() {
    return absl::FromUnixMillis(1'448'791'200'007);  // 2015-11-29 10:00:00.007 UTC
  }

  Logger MakeLogger(LogLevel min_level = LogLevel::kDebug) {
    return {pipe_.write_end(), min_level, scheduler_};
  }

  // The output for `text` as the value of a field.
  std::string Shown(std::string_view text) {
    Logger logger = MakeLogger();
    logger.Log(LogLevel::kInfo, "e", {{"value", text}});
    const std::string line = pipe_.TakeAll();
    const std::string start = "time=2015-11-29T10:00:00.007Z level=info event=e value=";
    EXPECT_EQ(line.substr(0, start.size()), start);
    EXPECT_EQ(line.back(), '\n');
    return line.substr(start.size(), line.size() - start.size() - 1);
  }

  void Pass(absl::Duration time) { scheduler_.Turn(scheduler_.Now() + time, Noon()); }

  Pipe pipe_;
  HostScheduler scheduler_{absl::UnixEpoch(), Noon()};
};

TEST_F(LogTest, ALineHoldsTimeLevelEventAndFields) {
  Logger logger = MakeLogger();
  logger.Log(LogLevel::kWarning, "entered", {{"connection", 7}, {"name", "Alice"}});
  EXPECT_EQ(pipe_.TakeAll(),
            "time=2015-11-29T10:00:00.007Z level=warning event=entered connection=7 name=Alice\n");
}

TEST_F(LogTest, LinesBelowTheLevelAreNotWritten) {
  Logger logger = MakeLogger(LogLevel::kWarning);
  logger.Log(LogLevel::kInfo, "info");
  logger.Log(LogLevel::kError, "error");
  const std::string lines = pipe_.TakeAll();
  EXPECT_THAT(lines, HasSubstr("event=error"));
  EXPECT_THAT(lines, Not(HasSubstr("event=info")));
}

TEST_F(LogTest, TheLevelMayChange) {
  Logger logger = MakeLogger(LogLevel::kInfo);
  logger.set_min_level(LogLevel::kError);
  logger.Log(LogLevel::kInfo, "first");
  logger.set_min_level(LogLevel::kDebug);
  logger.Log(LogLevel::kDebug, "second");
  const std::string lines = pipe_.TakeAll();
  EXPECT_THAT(lines, Not(HasSubstr("first")));
  EXPECT_THAT(lines, HasSubstr("level=debug event=second\n"));
}

TEST_F(LogTest, NumbersKeepTheirSign) {
  Logger logger = MakeLogger();
  logger.Log(LogLevel::kInfo, "e", {{"small", -1}, {"large", ~std::uint64_t{0}}});
  EXPECT_THAT(pipe_.TakeAll(), EndsWith(" small=-1 large=18446744073709551615\n"));
}

TEST_F(LogTest, PlainValuesStandAlone) { EXPECT_EQ(Shown("127.0.0.1:9994"), "127.0.0.1:9994"); }

TEST_F(LogTest, ValuesWithBlanksAreQuoted) { EXPECT_EQ(Shown("a b"), R"("a b")"); }

TEST_F(LogTest, AnEmptyValueIsQuoted) { EXPECT_EQ(Shown(""), R"("")"); }

TEST_F(LogTest, AValueCannotPassForAnotherField) {
  EXPECT_EQ(Shown("x\" level=error"), R"("x\" level=error")");
}

TEST_F(LogTest, AValueCannotPassForAnotherLine) {
  EXPECT_EQ(Shown("x\ntime=now"), R"("x\x0atime=now")");
}

TEST_F(LogTest, TerminalEscapesAreMadeVisible) { EXPECT_EQ(Shown("\x1b[2J"), R"("\x1b[2J")"); }

TEST_F(LogTest, WhatLooksLikeAnEscapeIsToldFromOne) {
  EXPECT_EQ(Shown(R"(\x1b[2J)"), R"("\\x1b[2J")");
}

TEST_F(LogTest, LettersOfAnyScriptStayAsTheyAre) {
  EXPECT_EQ(Shown("\u00e9\u4f60"), "\u00e9\u4f60");
}

TEST_F(LogTest, LongValuesAreCut) {
  const std::string longest(Logger::kMaxValueBytes, 'x');
  EXPECT_EQ(Shown(longest), longest);
  EXPECT_EQ(Shown(longest + "y"), longest + "...");
}

TEST_F(LogTest, ACutDoesNotSplitALetter) {
  const std::string front(Logger::kMaxValueBytes - 1, 'x');
  EXPECT_EQ(Shown(front + "\u4f60"), front + "...");
}

TEST_F(LogTest, NoLineIsLongerThanAPipeTakesWhole) {
  Logger logger = MakeLogger();
  const std::string nasty(1000, '\x01');
  logger.Log(LogLevel::kInfo, "e",
             {{"a", nasty}, {"b", nasty}, {"c", nasty}, {"d", nasty}, {"e", nasty}, {"f", nasty}});
  const std::string line = pipe_.TakeAll();
  EXPECT_THAT(line, SizeIs(Logger::kMaxLineBytes));
  EXPECT_THAT(line, EndsWith("...\n"));
}

TEST_F(LogTest, LinesThatAFullPipeDoesNotTakeAreCountedAndTold) {
  pipe_.Fill();
  Logger logger = MakeLogger();
  logger.Log(LogLevel::kInfo, "lost");
  logger.Log(LogLevel::kInfo, "lost");
  EXPECT_EQ(logger.dropped(), 2U);
  pipe_.TakeAll();
  logger.Log(LogLevel::kInfo, "kept");
  EXPECT_THAT(pipe_.TakeAll(), EndsWith(" event=kept dropped=2\n"));
  logger.Log(LogLevel::kInfo, "next");
  EXPECT_THAT(pipe_.TakeAll(), EndsWith(" event=next\n"));
}

TEST_F(LogTest, DroppedLinesAreToldThoughNoFurtherLineComes) {
  pipe_.Fill();
  Logger logger = MakeLogger(LogLevel::kInfo);
  logger.Log(LogLevel::kInfo, "lost");
  Pass(Logger::kRetry);  // the pipe is still full
  EXPECT_EQ(logger.dropped(), 1U);
  pipe_.TakeAll();
  Pass(Logger::kRetry);
  EXPECT_EQ(pipe_.TakeAll(), "time=2015-11-29T10:00:00.007Z level=warning event=log dropped=1\n");
  EXPECT_EQ(logger.dropped(), 0U);
  EXPECT_EQ(logger.dropped_total(), 1U);
}

TEST_F(LogTest, ALogWithNothingToTellSetsNoTimer) {
  Logger logger = MakeLogger();
  logger.Log(LogLevel::kInfo, "e");
  EXPECT_EQ(scheduler_.next_due(), absl::InfiniteFuture());
  pipe_.Fill();
  logger.Log(LogLevel::kInfo, "lost");
  EXPECT_EQ(scheduler_.next_due(), scheduler_.Now() + Logger::kRetry);
  pipe_.TakeAll();
  logger.Log(LogLevel::kInfo, "e");
  Pass(Logger::kRetry);
  EXPECT_EQ(scheduler_.next_due(), absl::InfiniteFuture());
}

TEST_F(LogTest, DroppedLinesAreToldAtTheEndOfTheLog) {
  pipe_.Fill();
  {
    Logger logger = MakeLogger(LogLevel::kError);
    logger.Log(LogLevel::kError, "lost");
    pipe_.TakeAll();
  }
  EXPECT_THAT(pipe_.TakeAll(), EndsWith(" level=error event=log dropped=1\n"));
  EXPECT_EQ(scheduler_.next_due(), absl::InfiniteFuture());
}

class LogOnTerminal : public LogTest {
 protected:
  // Logs until the terminal, which has no reader, is full.
  void FillTerminal(Logger& logger) {
    const std::string text(Logger::kMaxValueBytes, 'x');
    while (logger.dropped() == 0) logger.Log(LogLevel::kInfo, "filling", {{"text", text}});
  }

  Pty pty_;
};

TEST_F(LogOnTerminal, ATerminalThatNobodyReadsDoesNotBlockTheLog) {
  Logger logger(pty_.program(), LogLevel::kInfo, scheduler_);
  FillTerminal(logger);
  EXPECT_EQ(logger.dropped(), 1U);
}

TEST_F(LogOnTerminal, ALineWrittenInPartIsEndedBeforeTheNextOne) {
  Logger logger(pty_.program(), LogLevel::kInfo, scheduler_);
  FillTerminal(logger);
  // The kernel makes room some time after the read.
  while (pty_.shown().find("event=kept\r\n") == std::string::npos) {
    pty_.ReadSome(0);
    logger.Log(LogLevel::kInfo, "kept");
  }
  const std::string shown = pty_.shown().substr(0, pty_.shown().rfind("\r\n"));
  const std::vector<std::string> lines = absl::StrSplit(shown, "\r\n");
  const std::string text(Logger::kMaxValueBytes, 'x');
  const std::string rest = absl::StrCat("(filling text=", text, "|kept|kept dropped=[1-9][0-9]*)");
  EXPECT_THAT(lines, Each(MatchesRegex("time=[0-9T:.-]+Z level=info event=" + rest)));
  EXPECT_THAT(shown, HasSubstr(" event=kept dropped="));
}

TEST_F(LogOnTerminal, TheFlagsOfTheDescriptorStayAsTheyAre) {
  const int before = fcntl(pty_.program(), F_GETFL);
  const Logger logger(pty_.program(), LogLevel::kInfo, scheduler_);
  EXPECT_EQ(fcntl(pty_.program(), F_GETFL), before);
}

TEST_F(LogTest, ASocketThatNobodyReadsDoesNotBlockTheLog) {
  std::array<int, 2> ends{-1, -1};
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  const FileDescriptor program(ends[0]);
  const FileDescriptor reader(ends[1]);
  Logger logger(program.get(), LogLevel::kInfo, scheduler_);
  while (logger.dropped() == 0) logger.Log(LogLevel::kInfo, "e");
  EXPECT_EQ(logger.dropped(), 1U);
}

TEST_F(LogTest, AFileIsWrittenWhereItsOtherWritersLeftOff) {
  const FileDescriptor file(memfd_create("log", MFD_CLOEXEC));
  Logger logger(file.get(), LogLevel::kInfo, scheduler_);
  ASSERT_EQ(write(file.get(), "before\n", 7), 7);
  logger.Log(LogLevel::kInfo, "e");
  std::array<char, 256> bytes;
  const ssize_t count = pread(file.get(), bytes.data(), bytes.size(), 0);
  ASSERT_GE(count, 0);
  EXPECT_EQ(std::string_view(bytes.data(), static_cast<std::size_t>(count)),
            "before\ntime=2015-11-29T10:00:00.007Z level=info event=e\n");
}

TEST_F(LogTest, LinesBehindAClosedPipeAreDropped) {
  signal(SIGPIPE, SIG_IGN);
  Logger logger = MakeLogger();
  pipe_.CloseReadEnd();
  logger.Log(LogLevel::kInfo, "lost");
  EXPECT_EQ(logger.dropped(), 1U);
}

TEST_F(LogTest, TheFlagsOfTheDescriptorStayAsTheyAre) {
  const int before = fcntl(pipe_.write_end(), F_GETFL);
  Logger logger = MakeLogger();
  logger.Log(LogLevel::kInfo, "e");
  EXPECT_EQ(fcntl(pipe_.write_end(), F_GETFL), before);
}

TEST(LogLevelTest, EachNameIsReadBack) {
  for (const LogLevel level :
       {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarning, LogLevel::kError}) {
    EXPECT_EQ(ParseLogLevel(LogLevelName(level)), level);
  }
}

TEST(LogLevelTest, OtherNamesAreNoLevels) {
  for (const std::string_view name : {"", "INFO", "warn", "debug "}) {
    EXPECT_EQ(ParseLogLevel(name), std::nullopt) << name;
  }
}

}  // namespace
}  // namespace chathttp::posix
