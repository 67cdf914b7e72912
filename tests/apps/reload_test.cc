// The configuration of the real server while it runs: the flag file, --check and the signals.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/apps/programs.h"
#include "tests/apps/wire.h"
#include "tests/apps/wire_peer.h"

namespace chathttp {
namespace {

using testing::HasSubstr;
using testing::Not;

// A file in the directory for tests, removed at the end.
class TestFile {
 public:
  explicit TestFile(const std::string& text = "") { Write(text); }
  TestFile(const TestFile&) = delete;
  TestFile& operator=(const TestFile&) = delete;
  ~TestFile() { Remove(); }

  const std::string& path() const { return path_; }
  void Write(const std::string& text) const { std::ofstream(path_) << text; }
  void Remove() const { unlink(path_.c_str()); }
  std::string Read() const {
    std::ostringstream text;
    text << std::ifstream(path_).rdbuf();
    return text.str();
  }
  // Whether the text is in the file within kPatience.
  bool WaitFor(const std::string& text) const {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (Read().find(text) == std::string::npos) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
  }

 private:
  const std::string path_ = testing::TempDir() + "chathttp_reload_" + std::to_string(getpid());
};

// A server with a flag file; peers on this machine have the limits for strangers.
class ReloadTest : public testing::Test {
 protected:
  void Reload(ServerProcess& server, const std::string& flags) {
    file_.Write(flags);
    server.Kill(SIGHUP);
  }
  std::vector<std::string> Flags(std::vector<std::string> others = {}) const {
    others.push_back("--flagfile=" + file_.path());
    others.emplace_back("--exempt=");
    return others;
  }

  const TestFile file_;
};

TEST_F(ReloadTest, LimitsHoldFromNowOnAndNobodyIsDropped) {
  file_.Write("--per_address=2\n");
  ServerProcess server(Flags());
  WirePeer alice = Join(server.port(), "Alice");
  WirePeer bob = Join(server.port(), "Bob");
  EXPECT_EQ(alice.Receive().entity, Entered("Bob"));
  EXPECT_THAT(WirePeer(server.port()).Receive().entity, HasSubstr("at most 2, got 3"));

  Reload(server, "# more\n--per_address=3\n");
  ASSERT_TRUE(server.ExpectError("level=info event=reloaded changed=\"per_address=3\"\n"))
      << server.err();
  WirePeer carol = Join(server.port(), "Carol");
  carol.Send(MakeRequest("POST", "Carol", "Hello\n"));
  for (WirePeer* member : {&alice, &bob}) {
    EXPECT_EQ(member->Receive().entity, Entered("Carol"));
    EXPECT_EQ(member->Receive().entity, MessageFrom("Carol", "Hello"));
  }
  EXPECT_THAT(WirePeer(server.port()).Receive().entity, HasSubstr("at most 3, got 4"));
}

TEST_F(ReloadTest, FloodControlHoldsForConnectionsThatAreOpen) {
  file_.Write("--flood=off\n");
  ServerProcess server(Flags());
  WirePeer alice = Join(server.port(), "Alice");
  const auto talk = [&] {
    for (int i = 0; i < 20; ++i) alice.Send(MakeRequest("POST", "Alice", "text\n"));
  };
  talk();
  for (int i = 0; i < 20; ++i) EXPECT_EQ(alice.Receive().code, 200);
  Reload(server, "--flood=1/1\n--flood_limit=100ms\n");
  ASSERT_TRUE(server.ExpectError("changed=\"flood=1/1, flood_limit=100ms\"")) << server.err();
  talk();
  Received received = alice.Receive();
  while (received.code == 200) received = alice.Receive();
  EXPECT_THAT(received.entity, HasSubstr("Too fast: at most 1 requests a second after 1 at once"));
}

TEST_F(ReloadTest, TheLevelOfTheLogChanges) {
  ServerProcess server(Flags());
  WirePeer alice = Join(server.port(), "Alice");
  Reload(server, "--log_level=warning\n");
  ASSERT_TRUE(server.ExpectError("event=reloaded changed=\"log_level=warning\"")) << server.err();
  const WirePeer bob = Join(server.port(), "Bob");
  Reload(server, "");
  ASSERT_TRUE(server.ExpectError("event=reloaded changed=\"log_level=info\"")) << server.err();
  const WirePeer carol = Join(server.port(), "Carol");
  EXPECT_TRUE(server.ExpectError("event=entered connection=3 name=Carol")) << server.err();
  EXPECT_THAT(server.err(), Not(HasSubstr("name=Bob")));
}

TEST_F(ReloadTest, ABrokenFileChangesNothingAndIsExplained) {
  file_.Write("--per_address=2\n");
  ServerProcess server(Flags());
  const WirePeer alice = Join(server.port(), "Alice");
  const WirePeer bob = Join(server.port(), "Bob");
  const std::string failed = "level=error event=reload_failed reason=\"" + file_.path();
  const Case broken[] = {
      {"", {"--per_address=9\n--flood=fast\n"}, ":2: --flood: must be requests a second"},
      {"", {"--per_address=9\n\n--no_such_flag=1\n"}, ":3: unknown flag --no_such_flag"},
      {"", {"--per_address=9\n--login_limit=soon\n"}, ":2: --login_limit cannot be \\\"soon\\\""},
      {"", {"--max_members=0\n--per_address=9\n"}, ":1: max_members must be 1 to 1000000, got 0"},
      {"", {"--per_address=9\n--connect_rate=10\n"}, ":2: --connect_rate: must be"},
      {"", {"--per_address=9\n--log_level=loud\n"}, ":2: --log_level must be"},
  };
  for (const Case& test_case : broken) {
    Reload(server, test_case.given.front());
    EXPECT_TRUE(server.ExpectError(failed + test_case.words)) << server.err();
    EXPECT_THAT(WirePeer(server.port()).Receive().entity, HasSubstr("at most 2, got 3"));
  }
  file_.Remove();
  server.Kill(SIGHUP);
  EXPECT_TRUE(server.ExpectError(failed + ": cannot be read: No such file")) << server.err();

  Reload(server, "--per_address=9\n");
  EXPECT_TRUE(server.ExpectError("event=reloaded changed=\"per_address=9\"")) << server.err();
  Join(server.port(), "Carol");
}

TEST_F(ReloadTest, NamesWhatNeedsARestartEachTime) {
  ServerProcess server(Flags());
  for (const char* changed : {"changed=\"stop_limit=1s\"", "changed=nothing"}) {
    Reload(server, "--backlog_bytes=100000\n--metrics=127.0.0.1:0\n--stop_limit=1s\n");
    EXPECT_TRUE(server.ExpectError(std::string("level=warning event=reloaded ") + changed +
                                   " needs_restart=\"backlog_bytes, metrics\"\n"))
        << server.err();
  }
}

TEST_F(ReloadTest, TheCommandLineStillOverridesTheFile) {
  file_.Write("--per_address=5\n");
  ServerProcess server(Flags({"--per_address=1"}));
  const WirePeer alice = Join(server.port(), "Alice");
  Reload(server, "--per_address=7\n");
  EXPECT_TRUE(server.ExpectError("event=reloaded changed=nothing\n")) << server.err();
  EXPECT_THAT(WirePeer(server.port()).Receive().entity, HasSubstr("at most 1, got 2"));
}

TEST_F(ReloadTest, ALineThatIsRemovedGivesTheDefault) {
  file_.Write("--per_address=1\n");
  ServerProcess server(Flags());
  Reload(server, "");
  EXPECT_TRUE(server.ExpectError("event=reloaded changed=\"per_address=16\"\n")) << server.err();
}

TEST(HangUp, WithoutAFlagFileReopensTheLogOnly) {
  const TestFile log;
  const std::string renamed = log.path() + ".1";
  ServerProcess server({"--log_file=" + log.path()});
  WirePeer alice = Join(server.port(), "Alice");
  ASSERT_TRUE(log.WaitFor("name=Alice\n"));
  ASSERT_EQ(std::rename(log.path().c_str(), renamed.c_str()), 0);
  server.Kill(SIGHUP);
  EXPECT_TRUE(log.WaitFor("event=reloaded reason=\"no --flagfile, nothing to read again\"\n"));
  const WirePeer bob = Join(server.port(), "Bob");
  EXPECT_EQ(alice.Receive().entity, Entered("Bob"));
  EXPECT_TRUE(log.WaitFor("name=Bob\n"));
  EXPECT_THAT(log.Read(), Not(HasSubstr("name=Alice")));
  unlink(renamed.c_str());
}

TEST(UserSignal, LogsAllCountersAtEachLevel) {
  ServerProcess server({"--log_level=error"});
  const WirePeer alice = Join(server.port(), "Alice");
  server.Kill(SIGUSR1);
  ASSERT_TRUE(server.ExpectError("level=error event=stats connections=1 members=1 "))
      << server.err();
  ASSERT_TRUE(server.ExpectError(" log_lines_dropped=0\n")) << server.err();
  for (const char* field : {" accepted=1 ", " held_bytes=", " logins=1 ", " requests_add_200=1 ",
                            " broadcasts_entered=1 ", " closed_time_limit=0 "}) {
    EXPECT_THAT(server.err(), HasSubstr(field));
  }
}

std::string OutputOfCheck(const std::vector<std::string>& flags, int code) {
  std::vector<std::string> command = {CHATHTTP_CHAT_SERVER, "--check"};
  command.insert(command.end(), flags.begin(), flags.end());
  Process server(command);
  EXPECT_EQ(server.Wait(), code);
  return server.out() + server.err();
}

TEST(Check, AcceptsAConfigurationWithoutListening) {
  const WireListener taken;
  const TestFile file("--listen=127.0.0.1:" + std::to_string(taken.port()) + "\n");
  EXPECT_EQ(OutputOfCheck({"--flagfile=" + file.path()}, 0), "configuration ok\n");
}

TEST(Check, NamesFileLineValueAndForm) {
  const TestFile file("\n--connect_rate=32\n");
  EXPECT_THAT(OutputOfCheck({"--flagfile=" + file.path()}, 2),
              HasSubstr("chat_server: " + file.path() +
                        ":2: --connect_rate: must be connects and a time of at most 24h, like "
                        "32/10m, or off, got \"32\""));
}

TEST(ListenFlag, NamesSeveralEndpoints) {
  ServerProcess server({"--listen=127.0.0.1:0,127.0.0.1:0"});
  ASSERT_TRUE(server.Expect("listening on 127.0.0.1:") && server.Expect("\n")) << server.out();
  const auto second =
      static_cast<std::uint16_t>(std::stoi(server.out().substr(server.out().rfind(':') + 1)));
  WirePeer alice = Join(server.port(), "Alice");
  Join(second, "Bob");
  EXPECT_EQ(alice.Receive().entity, Entered("Bob"));
}

}  // namespace
}  // namespace chathttp
