// chat_history, over files that the writer of the journal has made.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "chathttp/adapters/posix_disk.h"
#include "chathttp/transport/journal/record_codec.h"
#include "chathttp/transport/journal/recovery.h"
#include "tests/apps/programs.h"

namespace chathttp {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr absl::Time kNoon = absl::FromUnixSeconds(1'796'040'000);  // 2026-11-30 12:00:00 UTC

class HistoryProgram : public testing::Test {
 protected:
  HistoryProgram() {
    std::string pattern = testing::TempDir() + "/history_XXXXXX";
    folder_ = mkdtemp(pattern.data());
    Start({.segment_bytes = 1 << 20});
  }
  ~HistoryProgram() override {
    recovery_ = {};
    disk_.reset();
    std::filesystem::remove_all(folder_);
  }

  void Start(const JournalOptions& options) {
    recovery_ = {};
    disk_.reset();
    disk_ = *posix::PosixDisk::Open(directory());
    recovery_ = *Recover(*disk_, {.fresh_epoch = 1000, .journal = options});
  }

  void Append(const JournalRecord& record) {
    std::string bytes;
    AppendRecord(recovery_.writer->count(), record, bytes);
    ASSERT_TRUE(recovery_.writer->Write(bytes).ok());
  }
  void Say(const std::string& text, absl::Time wall = kNoon) {
    Append(SaidOrNotice{.wall = wall, .name = "alice", .text = text});
  }
  void Enter(const std::string& name) {
    Append(SaidOrNotice{.wall = kNoon, .kind = Broadcast::Kind::kEntered, .name = name});
  }

  // Three files with a text each; returns the path of the second one.
  std::string SayInThreeFiles() {
    Start({.segment_bytes = 20});
    Say("one");
    Say("two");
    Say("three");
    return directory() + "/00000000000000000001.chatlog";
  }

  // Runs chat_history; what it prints is in out and err.
  int History(std::vector<std::string> words) {
    words.insert(words.begin(), CHATHTTP_CHAT_HISTORY);
    Process program(words, {.environment = {"TZ=UTC"}});
    const int code = program.Wait();
    out = program.out();
    err = program.err();
    return code;
  }

  std::string directory() const { return folder_ + "/history"; }
  std::string first_file() const { return directory() + "/00000000000000000000.chatlog"; }

  std::string folder_;
  std::unique_ptr<posix::PosixDisk> disk_;
  Recovery recovery_;
  std::string out;
  std::string err;
};

TEST_F(HistoryProgram, PrintsWhatWasSaidWithItsTime) {
  Enter("alice");
  Append(SessionBegun{.member = MemberId{0x77}, .name = "alice", .token = {0xab, 0xcd}});
  Say("hello, world", kNoon + absl::Seconds(61));
  Append(SaidOrNotice{.wall = kNoon, .kind = Broadcast::Kind::kLeft, .name = "alice"});
  ASSERT_TRUE(recovery_.writer->Close().ok());
  EXPECT_EQ(History({directory()}), 0) << err;
  EXPECT_EQ(out,
            "2026-11-30 12:00:00  * alice has entered\n"
            "                     * alice has a session\n"
            "2026-11-30 12:01:01  alice: hello, world\n"
            "2026-11-30 12:00:00  * alice has left\n"
            "                     * the server has stopped at position 1000.3\n");
  EXPECT_EQ(err, "");
}

TEST_F(HistoryProgram, JsonHasAnObjectForEachRecord) {
  Enter("alice");
  Append(SessionBegun{.member = MemberId{0x77}, .name = "alice", .token = {0xab, 0xcd}});
  Say("say \"hi\"", kNoon + absl::Milliseconds(250));
  Start({});
  EXPECT_EQ(History({"--json", first_file()}), 0) << err;
  EXPECT_EQ(out,
            "{\"event\":\"entered\",\"position\":\"1000.1\",\"time\":\"2026-11-30T12:00:00.000Z\","
            "\"name\":\"alice\"}\n"
            "{\"event\":\"session\",\"position\":\"1000.1\",\"name\":\"alice\"}\n"
            "{\"event\":\"message\",\"position\":\"1000.2\",\"time\":\"2026-11-30T12:00:00.250Z\","
            "\"name\":\"alice\",\"text\":\"say \\\"hi\\\"\"}\n"
            "{\"event\":\"epoch\",\"position\":\"1001.2\"}\n");
}

// Right-to-left marks are part of some texts, but turn a line of a terminal around.
TEST_F(HistoryProgram, TextsCannotMoveTheTerminal) {
  Say("a\u202Eb");
  EXPECT_EQ(History({directory()}), 0);
  EXPECT_EQ(out, "2026-11-30 12:00:00  alice: a\\u202eb\n");
  EXPECT_EQ(History({"--json", directory()}), 0);
  EXPECT_THAT(out, Not(HasSubstr("\u202E")));
}

TEST_F(HistoryProgram, GrepLooksInNamesAndTexts) {
  Enter("bobby");
  Say("I like bobs");
  Say("I do not");
  ASSERT_TRUE(recovery_.writer->Close().ok());
  EXPECT_EQ(History({"--grep=bob", directory()}), 0);
  EXPECT_EQ(out,
            "2026-11-30 12:00:00  * bobby has entered\n"
            "2026-11-30 12:00:00  alice: I like bobs\n");
  EXPECT_EQ(History({"--grep=nobody", directory()}), 0);
  EXPECT_EQ(out, "");
}

TEST_F(HistoryProgram, SinceTakesATimeOrADuration) {
  Say("old");
  Say("new", kNoon + absl::Hours(1));
  for (const char* since : {"2026-11-30 13:00:00", "2026-11-30 12:00:01", "2026-11-30 12:01"}) {
    EXPECT_EQ(History({std::string("--since=") + since, directory()}), 0) << err;
    EXPECT_EQ(out, "2026-11-30 13:00:00  alice: new\n") << since;
  }
  EXPECT_EQ(History({"--since=2026-11-30", directory()}), 0) << err;
  EXPECT_THAT(out, HasSubstr("old"));
  EXPECT_EQ(History({"--since=2026-12-01", directory()}), 0) << err;
  EXPECT_EQ(out, "");
  Say("now", absl::Now());
  EXPECT_EQ(History({"--since=10h", directory()}), 0) << err;
  EXPECT_THAT(out, EndsWith("alice: now\n"));
}

TEST_F(HistoryProgram, DirectoryIsReadInOrderWhileAServerHasIt) {
  SayInThreeFiles();
  EXPECT_EQ(History({directory()}), 0) << err;
  EXPECT_THAT(out, AllOf(StartsWith("  "), HasSubstr("one\n2026-11-30 12:00:00  alice: two\n"),
                         EndsWith("three\n")));
}

TEST_F(HistoryProgram, VerifyTellsOfEachFile) {
  SayInThreeFiles();
  EXPECT_EQ(History({"--verify", directory()}), 0) << err;
  EXPECT_EQ(out, first_file() + ": 2 records, from 1000.0 to 1001.1\n" + directory() +
                     "/00000000000000000001.chatlog: 2 records, from 1001.1 to 1001.2\n" +
                     directory() +
                     "/00000000000000000002.chatlog: 2 records, from 1001.2 to 1001.3\n");
}

TEST_F(HistoryProgram, TornTailOfTheNewestFileIsNoError) {
  Say("whole");
  const auto size = std::filesystem::file_size(first_file());
  Say("torn");
  std::filesystem::resize_file(first_file(), size + 5);
  EXPECT_EQ(History({"--verify", directory()}), 0);
  EXPECT_EQ(out, first_file() + ": 1 records, from 1000.0 to 1000.1, torn tail at byte " +
                     std::to_string(size) + "\n");
  EXPECT_EQ(History({directory()}), 0);
  EXPECT_EQ(out, "2026-11-30 12:00:00  alice: whole\n");
}

TEST_F(HistoryProgram, TornOlderFileIsCorrupt) {
  const std::string second = SayInThreeFiles();
  std::filesystem::resize_file(second, std::filesystem::file_size(second) - 1);
  EXPECT_EQ(History({"--verify", directory()}), 1);
  EXPECT_THAT(out,
              HasSubstr(second + ": 1 records, from 1001.1 to 1001.1, torn tail at byte 77\n"));
}

// A file has its name when its head is on the disk.
TEST_F(HistoryProgram, NewestFileWithoutItsHeadIsCorrupt) {
  SayInThreeFiles();
  std::filesystem::resize_file(directory() + "/00000000000000000002.chatlog", 50);
  EXPECT_EQ(History({"--verify", directory()}), 1);
  EXPECT_THAT(out, HasSubstr("0 records, from 1001.2 to 1001.2, corrupt at byte 44\n"));
}

// A repair keeps it under another name, which a directory is not read for.
TEST_F(HistoryProgram, FileThatARepairHasSetAsideIsReadByItsName) {
  Say("one");
  const std::string aside = first_file() + ".bad";
  std::filesystem::copy_file(first_file(), aside);
  EXPECT_EQ(History({aside}), 0) << err;
  EXPECT_EQ(out, "2026-11-30 12:00:00  alice: one\n");
  std::filesystem::resize_file(aside, 7);
  EXPECT_EQ(History({aside}), 1);
  EXPECT_EQ(err, "chat_history: " + aside + ": corrupt at byte 0\n");
  EXPECT_EQ(History({directory()}), 0) << err;
}

// A start reads only the headers of files that are older than what it gives to those who come back.
TEST_F(HistoryProgram, VerifyFindsWhatAStartDoesNotRead) {
  const std::string second = SayInThreeFiles();
  const auto size = static_cast<std::streamoff>(std::filesystem::file_size(second));
  std::fstream(second, std::ios::in | std::ios::out | std::ios::binary).seekp(size - 1).put('!');
  Start({});
  EXPECT_EQ(recovery_.past.end.count, 3U);
  EXPECT_EQ(History({"--verify", directory()}), 1);
  EXPECT_THAT(out, HasSubstr(second + ": 1 records, from 1001.1 to 1001.1, torn tail"));
}

TEST_F(HistoryProgram, CorruptFileIsToldAndTheRestIsPrinted) {
  Say("one");
  const auto bad = std::filesystem::file_size(first_file());
  Say("two");
  Say("three");
  std::fstream(first_file(), std::ios::in | std::ios::out | std::ios::binary)
      .seekp(static_cast<std::streamoff>(bad + 20))
      .put('!');
  EXPECT_EQ(History({directory()}), 1);
  EXPECT_EQ(out, "2026-11-30 12:00:00  alice: one\n");
  EXPECT_EQ(err,
            "chat_history: " + first_file() + ": corrupt at byte " + std::to_string(bad) + "\n");
  EXPECT_EQ(History({"--verify", directory()}), 1);
  EXPECT_THAT(out, EndsWith(", corrupt at byte " + std::to_string(bad) + "\n"));
  EXPECT_EQ(err, "");
}

TEST_F(HistoryProgram, MissingFileIsAnErrorOfADirectoryOnly) {
  const std::string second = SayInThreeFiles();
  std::filesystem::remove(second);
  EXPECT_EQ(History({directory()}), 1);
  EXPECT_THAT(out, AllOf(HasSubstr("one\n"), HasSubstr("three\n")));
  EXPECT_THAT(err, HasSubstr("files before it are missing: it starts at the count 2, and the one "
                             "before ends at 1\n"));
  EXPECT_EQ(History({first_file(), directory() + "/00000000000000000002.chatlog"}), 0) << err;
}

TEST_F(HistoryProgram, FilesThatAreNoneAreErrors) {
  std::ofstream(folder_ + "/random") << "not a history at all";
  std::filesystem::create_directory(folder_ + "/empty");
  EXPECT_EQ(History({folder_ + "/none"}), 1);
  EXPECT_EQ(err, "chat_history: no file or directory " + folder_ + "/none\n");
  EXPECT_EQ(History({folder_ + "/empty"}), 1);
  EXPECT_THAT(err,
              HasSubstr("no file of a history in " + folder_ + "/empty: is it the --history_dir"));
  EXPECT_EQ(History({folder_ + "/random"}), 1);
  EXPECT_EQ(err, "chat_history: " + folder_ + "/random: no file of a history\n");
  EXPECT_EQ(History({"/dev/null"}), 1);
  EXPECT_THAT(err, HasSubstr("no regular file"));
}

TEST_F(HistoryProgram, OutputThatCannotBeWrittenIsAnError) {
  Say("one");
  Process program(
      {"/bin/sh", "-c", std::string(CHATHTTP_CHAT_HISTORY) + " " + directory() + " >/dev/full"});
  EXPECT_EQ(program.Wait(), 1);
  EXPECT_EQ(program.err(), "chat_history: cannot write to the standard output\n");
}

class BadHistoryUsage : public testing::TestWithParam<Case> {};

TEST_P(BadHistoryUsage, IsOneLineAndTwo) {
  std::vector<std::string> command = {CHATHTTP_CHAT_HISTORY};
  command.insert(command.end(), GetParam().given.begin(), GetParam().given.end());
  Process program(command);
  EXPECT_EQ(program.Wait(), 2);
  EXPECT_TRUE(IsOneLine(program.err())) << program.err();
  EXPECT_THAT(program.err(), HasSubstr(GetParam().words));
  EXPECT_EQ(program.out(), "");
}

INSTANTIATE_TEST_SUITE_P(
    Flags, BadHistoryUsage,
    testing::Values(Case{"NoPath", {}, "needs a file or a directory"},
                    Case{"Since", {"--since=yesterday", "x"}, "--since must be a duration such as"},
                    Case{"Verify", {"--verify", "--json", "x"}, "--verify takes neither"}),
    NameOfCase);

}  // namespace
}  // namespace chathttp
