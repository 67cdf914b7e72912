// The real full-screen client on a terminal, against the real server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "tests/apps/programs.h"
#include "tests/apps/screen_client.h"
#include "tests/apps/wire.h"
#include "tests/apps/wire_peer.h"

namespace chathttp {
namespace {

using testing::HasSubstr;

constexpr const char* kF10 = "\x1b[21~";

std::vector<std::string> FullCommand(std::uint16_t port, const std::string& user) {
  std::vector<std::string> command = ClientCommand(port, user);
  command.emplace_back("--host=127.0.0.1");
  return command;
}

// Whether the last line is a shell prompt.
bool IsAtPrompt(const std::string& screen) {
  const std::size_t end = screen.find_last_not_of('\n');
  if (end == std::string::npos) return false;
  const std::size_t begin = screen.rfind('\n', end) + 1;
  return screen.substr(begin, end + 1 - begin) == "ready:";
}

class ClientScreenTest : public testing::Test {
 protected:
  // Starts Alice and waits until the watcher has seen her enter.
  void Enter(ScreenSize size = {}) {
    alice_.emplace(FullCommand(server_->port(), "Alice"), size);
    ASSERT_TRUE(alice_->Sees("Alice \u2500 connected")) << alice_->screen();
    ASSERT_EQ(watcher_->Receive().entity, Entered("Alice"));
  }

  // She leaves by DELETE, not by the end of the connection.
  void ExpectProperLeaving() {
    EXPECT_EQ(watcher_->Receive().entity, Left("Alice"));
    EXPECT_TRUE(server_->ExpectError("name=Alice reason=logout")) << server_->err();
  }

  void ExpectEnd(int code) {
    EXPECT_EQ(alice_->Wait(), code) << alice_->process().err();
    EXPECT_TRUE(alice_->TerminalIsAsBefore());
  }

  std::optional<ServerProcess> server_{std::in_place};
  std::optional<WirePeer> watcher_{Join(server_->port(), "Watcher")};
  std::optional<ScreenClient> alice_;
};

TEST_F(ClientScreenTest, ConversationFromLoginToLeaving) {
  Enter();
  EXPECT_TRUE(alice_->reader().alternate());
  EXPECT_FALSE(alice_->canonical());
  alice_->Type("Hello, everyone!\r");
  EXPECT_EQ(watcher_->Receive().entity, MessageFrom("Alice", "Hello, everyone!"));
  ASSERT_TRUE(alice_->Sees("Alice  Hello, everyone!")) << alice_->screen();
  watcher_->Send(MakeRequest("POST", "Watcher", "Hi, Alice\n"));
  ASSERT_TRUE(alice_->Sees("Watcher  Hi, Alice")) << alice_->screen();
  {
    const WirePeer bob = Join(server_->port(), "Bob");
    ASSERT_TRUE(alice_->Sees("Bob has entered")) << alice_->screen();
    ASSERT_TRUE(alice_->Sees("3 online")) << alice_->screen();
  }
  ASSERT_TRUE(alice_->Sees("Bob has left")) << alice_->screen();
  ASSERT_TRUE(alice_->Sees("2 online")) << alice_->screen();
  alice_->Type("/clear\r");
  ASSERT_TRUE(alice_->SeesNoMore("Hi, Alice")) << alice_->screen();
  alice_->Type("/users\r");
  ASSERT_TRUE(alice_->Sees("2 online: Watcher Alice")) << alice_->screen();
  alice_->Type("/quit\r");
  ExpectEnd(0);
  EXPECT_EQ(alice_->process().err(), "");
}

TEST_F(ClientScreenTest, TabCompletesTheNameOfWhoSpoke) {
  Enter();
  watcher_->Send(MakeRequest("POST", "Watcher", "anyone?\n"));
  ASSERT_TRUE(alice_->Sees("anyone?"));
  alice_->Type("W\there\r");
  EXPECT_EQ(watcher_->Receive().entity, MessageFrom("Watcher", "anyone?"));
  EXPECT_EQ(watcher_->Receive().entity, MessageFrom("Alice", "Watcher: here"));
}

TEST_F(ClientScreenTest, SizeMayChangeAtAnyTime) {
  Enter();
  alice_->Type("Hello, everyone!\r");
  ASSERT_TRUE(alice_->Sees("Alice  Hello, everyone!"));
  for (const ScreenSize size : {ScreenSize{60, 15}, ScreenSize{20, 8}, ScreenSize{400, 100},
                                ScreenSize{1, 1}, ScreenSize{100, 30}}) {
    alice_->Resize(size);
    if (size.columns == 1) continue;  // too narrow to read
    ASSERT_TRUE(alice_->Sees("Hello,")) << alice_->screen();
    ASSERT_TRUE(alice_->Sees("\n>")) << alice_->screen();
  }
  alice_->Type(kF10);
  ExpectEnd(0);
}

TEST_F(ClientScreenTest, PastedLinesAreSaidWhenConfirmed) {
  Enter();
  alice_->Type("\x1b[200~one\ntwo\x1b[201~");
  ASSERT_TRUE(alice_->Sees("two")) << alice_->screen();
  alice_->Type("\r");
  EXPECT_EQ(watcher_->Receive().entity, MessageFrom("Alice", "one"));
  EXPECT_EQ(watcher_->Receive().entity, MessageFrom("Alice", "two"));
}

TEST_F(ClientScreenTest, ComesBackUnderItsNameWhenTheServerDoes) {
  Enter();
  const std::uint16_t port = server_->port();
  server_->Kill(SIGKILL);
  ASSERT_TRUE(alice_->Sees("reconnecting")) << alice_->screen();
  alice_->Type("said meanwhile\r");
  server_.emplace(std::vector<std::string>{"--port=" + std::to_string(port)});
  watcher_.emplace(Join(port, "Watcher"));
  EXPECT_EQ(watcher_->Receive().entity, Entered("Alice"));
  EXPECT_EQ(watcher_->Receive().entity, MessageFrom("Alice", "said meanwhile"));
  ASSERT_TRUE(alice_->Sees("Alice \u2500 connected")) << alice_->screen();
  ASSERT_TRUE(alice_->Sees("Alice  said meanwhile")) << alice_->screen();
  alice_->Type("\x04");
  ExpectEnd(0);
  EXPECT_EQ(watcher_->Receive().entity, Left("Alice"));
}

TEST_F(ClientScreenTest, WhatCouldNotBeSaidIsToldOnTheWayOut) {
  Enter();
  server_->Kill(SIGKILL);
  ASSERT_TRUE(alice_->Sees("reconnecting")) << alice_->screen();
  alice_->Type("never said\r");
  ASSERT_TRUE(alice_->SeesNoMore("> never")) << alice_->screen();
  alice_->Type(kF10);
  ExpectEnd(5);
  EXPECT_THAT(alice_->process().err(), HasSubstr("Not sent: never said\n"));
}

TEST_F(ClientScreenTest, SignalsLeaveProperly) {
  for (const int signal : {SIGTERM, SIGHUP, SIGINT}) {
    Enter();
    alice_->process().Kill(signal);
    ExpectEnd(0);
    ExpectProperLeaving();
  }
}

TEST_F(ClientScreenTest, CrashGivesTheTerminalBack) {
  watcher_.reset();
  server_.emplace(std::vector<std::string>{"--away_limit=1s"});  // then the name is free again
  watcher_.emplace(Join(server_->port(), "Watcher"));
  for (const int signal : {SIGSEGV, SIGABRT, SIGBUS}) {
    Enter();
    alice_->process().Kill(signal);
    EXPECT_NE(alice_->Wait(), 0);
    EXPECT_TRUE(alice_->TerminalIsAsBefore());
    EXPECT_EQ(watcher_->Receive().entity, Left("Alice"));
  }
}

TEST_F(ClientScreenTest, NameThatIsTakenIsAskedForAgainOnTheSameConnection) {
  alice_.emplace(FullCommand(server_->port(), "watcher"));
  ASSERT_TRUE(alice_->Sees("User Name Exist")) << alice_->screen();
  alice_->Type(
      "\x15"
      "Carol\r");  // ^U
  ASSERT_TRUE(alice_->Sees("Carol \u2500 connected")) << alice_->screen();
  EXPECT_EQ(watcher_->Receive().entity, Entered("Carol"));
  alice_->Type(kF10);
  ExpectEnd(0);
}

TEST(ClientScreenLogin, RefusedConnectionIsToldInPlace) {
  const WireListener nobody(WireListener::Kind::kRefuses);
  ScreenClient alice(FullCommand(nobody.port(), "Alice"));
  ASSERT_TRUE(alice.Sees("Connect Failed: ")) << alice.screen();
  EXPECT_THAT(alice.screen(), HasSubstr("refused"));
  alice.Type("\x03\x03");
  EXPECT_EQ(alice.Wait(), 0) << alice.process().err();
  EXPECT_TRUE(alice.TerminalIsAsBefore());
}

TEST(ClientScreenLogin, AsksForWhatNoFlagGives) {
  const ServerProcess server;
  ScreenClient alice({CHATHTTP_CHAT_CLIENT, "--port=" + std::to_string(server.port())}, {60, 15});
  ASSERT_TRUE(alice.Sees("Name")) << alice.screen();
  EXPECT_THAT(alice.screen(), HasSubstr(std::to_string(server.port())));
  alice.Type("Alice\r");
  ASSERT_TRUE(alice.Sees("Alice \u2500 connected")) << alice.screen();
}

TEST(HostileServerOnScreen, NothingOfItReachesTheTerminal) {
  const WireListener listener;
  ScreenClient alice(FullCommand(listener.port(), "Alice"));
  WirePeer server = listener.Accept();
  server.Send(MakeResponse("202 Accept", "test"));
  EXPECT_EQ(server.Receive().start_line, "ADD 127.0.0.1 HTTP/1.1");
  server.Send(MakeResponse("200 OK", "OK...^.^"));
  server.Send(
      MakeResponse("200 OK", MessageFrom("Mallory", "a\x1b[2J\x1b]0;x\x07\xff\u009b5n\u202e")));
  server.Send(MakeResponse("200 OK", MessageFrom("Mallory", "the end")));
  ASSERT_TRUE(alice.Sees("the end")) << alice.screen();
  EXPECT_THAT(alice.screen(), HasSubstr("a\\x1b[2J\\x1b]0;x\\x07\\xff\\u009b5n\\u202e"));
  server.Close();
  ASSERT_TRUE(alice.Sees("reconnecting"));
  alice.Type(kF10);
  EXPECT_EQ(alice.Wait(), 0) << alice.process().err();
  EXPECT_TRUE(alice.TerminalIsAsBefore());
}

TEST_F(ClientScreenTest, ClosedWindowLeavesProperly) {
  Enter();
  alice_->HangUp();
  ExpectProperLeaving();
  EXPECT_EQ(alice_->Wait(), 0);
}

// ---- A client that was killed -------------------------------------------------------------------

class KilledClientTest : public ClientScreenTest {
 protected:
  KilledClientTest() {
    std::string pattern = testing::TempDir() + "/state_XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~KilledClientTest() override { std::filesystem::remove_all(folder_); }

  void StartClient(std::optional<ScreenClient>& client,
                   const std::vector<std::string>& flags = {}) {
    std::vector<std::string> command = FullCommand(server_->port(), "Alice");
    command.insert(command.end(), flags.begin(), flags.end());
    client.emplace(command, ScreenSize{},
                   std::vector<std::string>{"TERM=xterm-256color", "XDG_STATE_HOME=" + folder_});
  }
  void EnterAndBeKilled(const std::vector<std::string>& flags = {}) {
    StartClient(alice_, flags);
    ASSERT_TRUE(alice_->Sees("Alice \u2500 connected")) << alice_->screen();
    ASSERT_EQ(watcher_->Receive().entity, Entered("Alice"));
    alice_->process().Kill(SIGKILL);
    ASSERT_EQ(alice_->Wait(), 128 + SIGKILL);
    ASSERT_TRUE(server_->ExpectError("event=away")) << server_->err();
  }
  std::string file() const {
    return folder_ + "/chathttp/sessions/alice@127.0.0.1%3A" + std::to_string(server_->port());
  }

  std::string folder_;
};

TEST_F(KilledClientTest, ComesBackWithTheNextStartToWhatItMissed) {
  EnterAndBeKilled();
  ASSERT_TRUE(std::filesystem::exists(file()));
  std::ifstream in(file());
  const std::string kept(std::istreambuf_iterator<char>(in), {});
  watcher_->Send(MakeRequest("POST", "Watcher", "said meanwhile\n"));
  EXPECT_EQ(watcher_->Receive().entity, MessageFrom("Watcher", "said meanwhile"));
  StartClient(alice_);
  ASSERT_TRUE(alice_->Sees("said meanwhile")) << alice_->screen();
  EXPECT_THAT(alice_->screen(), HasSubstr("Back in the room as Alice; nothing is missing"));
  alice_->Type("hello again\r");
  EXPECT_EQ(watcher_->Receive().entity, MessageFrom("Alice", "hello again")) << "and no notice";
  const std::string token = kept.substr(kept.find("Alice\n") + 6, 32);
  EXPECT_EQ(alice_->bytes().find(token), std::string::npos);
  alice_->Type("/quit\r");
  ExpectProperLeaving();
  ExpectEnd(0);
  EXPECT_FALSE(std::filesystem::exists(file())) << "a proper end leaves no file";
  EXPECT_EQ(server_->err().find(token), std::string::npos);
}

// The other one is told that the name is taken.
TEST_F(KilledClientTest, SecondClientDoesNotTakeTheSessionOfARunningOne) {
  StartClient(alice_);
  ASSERT_TRUE(alice_->Sees("Alice \u2500 connected")) << alice_->screen();
  ASSERT_EQ(watcher_->Receive().entity, Entered("Alice"));
  std::optional<ScreenClient> other;
  StartClient(other);
  ASSERT_TRUE(other->Sees("User Name Exist")) << other->screen();
  alice_->Type("still here\r");
  EXPECT_EQ(watcher_->Receive().entity, MessageFrom("Alice", "still here"));
  EXPECT_TRUE(std::filesystem::exists(file()));
}

TEST_F(KilledClientTest, KeepsNothingIfToldSo) {
  EnterAndBeKilled({"--nokeep_session"});
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/chathttp"));
}

struct Manner {
  std::string name;
  std::vector<std::string> flags;
  std::vector<std::string> environment;
  std::string words;  // expected in the output to the terminal
  bool written;       // false: expected not to be there
};

class ScreenManners : public testing::TestWithParam<Manner> {};

TEST_P(ScreenManners, AreAsAskedFor) {
  const ServerProcess server;
  WirePeer watcher = Join(server.port(), "Watcher");
  std::vector<std::string> command = FullCommand(server.port(), "Alice");
  command.insert(command.end(), GetParam().flags.begin(), GetParam().flags.end());
  ScreenClient alice(command, {}, GetParam().environment);
  ASSERT_EQ(watcher.Receive().entity, Entered("Alice"));
  watcher.Send(MakeRequest("POST", "Watcher", "this is for alice\n"));
  ASSERT_TRUE(alice.Sees("this is for alice")) << alice.screen();
  const bool written = alice.bytes().find(GetParam().words) != std::string::npos;
  EXPECT_EQ(written, GetParam().written) << alice.bytes();
}

constexpr const char* kXterm = "TERM=xterm-256color";
constexpr const char* kColor = ";5;";  // of SGR 38
constexpr const char* kAlternate = "\x1b[?1049h";

INSTANTIATE_TEST_SUITE_P(
    Flags, ScreenManners,
    testing::Values(Manner{"ColorsAsARule", {}, {kXterm, "NO_COLOR="}, kColor, true},
                    Manner{"NoColor", {}, {kXterm, "NO_COLOR=1"}, kColor, false},
                    Manner{"Never", {"--color=never"}, {kXterm, "NO_COLOR="}, kColor, false},
                    Manner{"Always", {"--color=always"}, {kXterm, "NO_COLOR=1"}, kColor, true},
                    Manner{"NoBellAsARule", {}, {kXterm}, "\a", false},
                    Manner{"Bell", {"--bell"}, {kXterm}, "\a", true},
                    Manner{"Plain", {"--plain"}, {kXterm}, "\x1b", false},
                    Manner{"Dumb", {}, {"TERM=dumb"}, "\x1b", false},
                    Manner{"Screen", {}, {kXterm}, kAlternate, true}),
    [](const auto& manner) { return manner.param.name; });

// A real shell with job control.
TEST_F(ClientScreenTest, SuspendedItGivesTheShellItsTerminalAndComesBackWhole) {
  alice_.emplace(std::vector<std::string>{"/bin/sh", "-i"});
  alice_->Type("exec 2>&1; PS1='ready: '\r");
  ASSERT_TRUE(alice_->Sees(IsAtPrompt)) << alice_->screen();
  std::string line;
  for (const std::string& word : FullCommand(server_->port(), "Alice")) line += word + " ";
  alice_->Type(line + "\r");
  ASSERT_TRUE(alice_->Sees("Alice \u2500 connected")) << alice_->screen();
  alice_->Type("half a line\x1a");  // ^Z
  ASSERT_TRUE(alice_->Sees("Stopped")) << alice_->screen();
  ASSERT_TRUE(alice_->Sees(IsAtPrompt)) << alice_->screen();
  EXPECT_TRUE(alice_->canonical());
  EXPECT_TRUE(alice_->TerminalIsAsBefore());
  alice_->Type("fg\r");
  ASSERT_TRUE(alice_->Sees("half a line")) << alice_->screen();
  EXPECT_THAT(alice_->screen(), HasSubstr("Alice \u2500 connected"));
  alice_->Type(" and the rest\r");
  EXPECT_EQ(watcher_->Receive().entity, Entered("Alice"));
  EXPECT_EQ(watcher_->Receive().entity, MessageFrom("Alice", "half a line and the rest"));
  alice_->Type("/quit\r");
  EXPECT_EQ(watcher_->Receive().entity, Left("Alice"));
  ASSERT_TRUE(alice_->Sees(IsAtPrompt)) << alice_->screen();
  EXPECT_TRUE(alice_->TerminalIsAsBefore());
  alice_->Type("exit\r");
  ExpectEnd(0);
}

}  // namespace
}  // namespace chathttp
