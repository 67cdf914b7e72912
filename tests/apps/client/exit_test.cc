// How the real client ends: its exit codes, one line on standard error for each refusal, and only
// chat on standard output.
#include <gtest/gtest.h>

#include <csignal>
#include <string>
#include <vector>

#include "tests/adapters/pipe.h"
#include "tests/apps/programs.h"
#include "tests/apps/wire.h"
#include "tests/apps/wire_peer.h"

namespace chathttp {
namespace {

// Ends with `code` and one line on standard error that holds `words`.
void ExpectRefusal(Process& client, int code, const std::string& words) {
  EXPECT_EQ(client.Wait(), code) << client.err();
  EXPECT_TRUE(IsOneLine(client.err())) << client.err();
  EXPECT_NE(client.err().find(words), std::string::npos) << client.err();
  EXPECT_EQ(client.out(), "");
}

TEST(ClientExit, LostConnectionIsOne) {
  ServerProcess server;
  Process alice(ClientCommand(server.port(), "Alice"));
  alice.Write("one\n");
  ASSERT_TRUE(alice.Expect(MessageFrom("Alice", "one")));
  server.Kill(SIGKILL);
  EXPECT_EQ(alice.Wait(), 1);
  EXPECT_TRUE(IsOneLine(alice.err())) << alice.err();
  EXPECT_EQ(alice.out(), MessageFrom("Alice", "one"));
}

TEST(ClientExit, ClosedStandardDescriptorsAreNotTakenForSockets) {
  ServerProcess server;
  Process alice(ClientCommand(server.port(), "Alice"));
  alice.Write("one\n");
  ASSERT_TRUE(alice.Expect(MessageFrom("Alice", "one")));
  Process mute({"/bin/sh", "-c", "\"$0\" --port=\"$1\" --user=mute <&- >&- 2>&-; echo $?",
                CHATHTTP_CHAT_CLIENT, std::to_string(server.port())});
  EXPECT_EQ(mute.Wait(), 0);
  EXPECT_EQ(mute.out(), "0\n");
  alice.Write("two\n");
  EXPECT_TRUE(alice.Expect(MessageFrom("Alice", "two")));
}

TEST(ClientExit, ErrorOutputWithoutReaderDoesNotChangeTheCode) {
  posix::Pipe pipe;
  pipe.CloseReadEnd();
  Process client({CHATHTTP_CHAT_CLIENT, "--port=0"}, {.error = pipe.write_end()});
  EXPECT_EQ(client.Wait(), 2);
}

TEST(ClientExit, OutputThatCannotBeWrittenIsOneAndEverythingIsSaid) {
  ServerProcess server;
  Process alice(ClientCommand(server.port(), "Alice"));
  alice.Write("one\n");
  ASSERT_TRUE(alice.Expect(MessageFrom("Alice", "one")));
  Process bot({"/bin/sh", "-c", "seq 1 300 | \"$0\" --port=\"$1\" --user=bot >/dev/full",
               CHATHTTP_CHAT_CLIENT, std::to_string(server.port())});
  EXPECT_EQ(bot.Wait(), 1);
  EXPECT_TRUE(IsOneLine(bot.err())) << bot.err();
  EXPECT_EQ(bot.err().rfind("Output lost: no space left", 0), 0U) << bot.err();
  EXPECT_TRUE(alice.Expect(MessageFrom("bot", "300")));
}

class BadUsage : public testing::TestWithParam<Case> {};

TEST_P(BadUsage, IsTwoAndNothingIsConnected) {
  const WireListener listener;
  Process client(CommandWithPort(CHATHTTP_CHAT_CLIENT, listener.port(), GetParam().given));
  ExpectRefusal(client, 2, GetParam().words);
  EXPECT_FALSE(listener.HasConnection());
}

INSTANTIATE_TEST_SUITE_P(
    Flags, BadUsage,
    testing::Values(Case{"NameWithASpace", {"--user=Alice B"}, "cannot contain space"},
                    Case{"NameTooLong", {"--user=" + std::string(33, 'a')}, "32 bytes, got 33"},
                    Case{"EmptyName", {"--user="}, "missing"},
                    Case{"ReservedName", {"--user=Server"}, "reserved"},
                    Case{"NoName", {}, "--user=NAME"},
                    Case{"UnknownFlag", {"--user=Alice", "--nick=Bob"}, "unknown flag --nick"},
                    Case{"OneDash", {"-u", "Alice"}, "two dashes"},
                    Case{"Argument", {"--user=Alice", "127.0.0.1"}, "no arguments"},
                    Case{"PortZero", {"--user=Alice", "--port=0"}, "1 to 65535, got 0"},
                    Case{"PortTooLarge", {"--user=Alice", "--port=65536"}, "65536"},
                    Case{"HistoryTooLong",
                         {"--user=Alice", "--history=1001"},
                         "--history must be 0 to 1000, got 1001"},
                    Case{"HistoryNoNumber", {"--user=Alice", "--history=all"}, "all"},
                    Case{"PortNoNumber", {"--user=Alice", "--port=http"}, "http"},
                    Case{"UnknownColor",
                         {"--user=Alice", "--color=sometimes"},
                         "--color cannot be \"sometimes\": must be auto, always or never"},
                    Case{"NoValue", {"--user"}, "needs a value"}),
    NameOfCase);

TEST(ClientExit, RefusedConnectionIsThree) {
  const WireListener nobody(WireListener::Kind::kRefuses);
  Process alice(ClientCommand(nobody.port(), "Alice"));
  ExpectRefusal(alice, 3, "127.0.0.1:" + std::to_string(nobody.port()));
}

TEST(ClientExit, PeerOfAnotherProtocolIsThree) {
  const WireListener listener;
  Process alice(ClientCommand(listener.port(), "Alice"));
  WirePeer peer = listener.Accept();
  peer.Send("SSH-2.0-OpenSSH_9.2p1\r\n");
  ExpectRefusal(alice, 3, "not a ChatHTTP server");
}

TEST(ClientExit, PeerThatHangsUpBeforeItsGreetingIsThree) {
  const WireListener listener;
  Process alice(ClientCommand(listener.port(), "Alice"));
  listener.Accept().Close();
  ExpectRefusal(alice, 3, "closed the connection");
}

TEST(ClientExit, TakenNameIsFour) {
  const ServerProcess server;
  const WirePeer alice = Join(server.port(), "Alice");
  Process other(ClientCommand(server.port(), "alice"));
  ExpectRefusal(other, 4, "taken");
}

TEST(ClientExit, FullServerIsFour) {
  const ServerProcess server({"--max_connections=1"});
  const WirePeer alice = Join(server.port(), "Alice");
  Process bob(ClientCommand(server.port(), "Bob"));
  ExpectRefusal(bob, 4, "Server is full: at most 1 connections");
}

TEST(ClientExit, FullRoomIsFour) {
  const ServerProcess server({"--max_members=1"});
  const WirePeer alice = Join(server.port(), "Alice");
  Process bob(ClientCommand(server.port(), "Bob"));
  ExpectRefusal(bob, 4, "Room is full: at most 1 members");
}

TEST(ClientExit, StoppedServerIsFour) {
  ServerProcess server;
  Process alice(ClientCommand(server.port(), "Alice"));
  alice.Write("one\n");
  ASSERT_TRUE(alice.Expect(MessageFrom("Alice", "one")));
  server.Kill(SIGTERM);
  EXPECT_EQ(alice.Wait(), 4);
  EXPECT_TRUE(IsOneLine(alice.err())) << alice.err();
  EXPECT_NE(alice.err().find("Server is shutting down"), std::string::npos) << alice.err();
}

class UnsaidLine : public testing::TestWithParam<Case> {};

TEST_P(UnsaidLine, IsFourAndTheOthersAreSaid) {
  const ServerProcess server({"--max_text_bytes=100"});
  Process alice(ClientCommand(server.port(), "Alice"));
  alice.Write("one\n" + GetParam().given.front() + "\nthree\n");
  alice.CloseInput();
  EXPECT_EQ(alice.Wait(), 4);
  EXPECT_TRUE(IsOneLine(alice.err())) << alice.err();
  EXPECT_NE(alice.err().find(GetParam().words), std::string::npos) << alice.err();
  EXPECT_EQ(alice.out(), MessageFrom("Alice", "one") + MessageFrom("Alice", "three"));
}

INSTANTIATE_TEST_SUITE_P(
    Lines, UnsaidLine,
    testing::Values(Case{"TooLongForAny", {std::string(5000, 'x')}, "Line 2 was not sent"},
                    Case{"TooLongForThisServer", {std::string(200, 'x')}, "100 bytes, got 201"},
                    Case{"NotUtf8", {"caf\xe9"}, "Line 2 was not sent"},
                    Case{"WithAControl", {"a\x1b[2J"}, "Line 2 was not sent"},
                    Case{"UnknownCommand", {"/user"}, "No such command: /user"}),
    NameOfCase);

class Information : public testing::TestWithParam<Case> {};

TEST_P(Information, IsOnStandardOutputAndZero) {
  Process program(GetParam().given);
  EXPECT_EQ(program.Wait(), 0);
  EXPECT_NE(program.out().find(GetParam().words), std::string::npos) << program.out();
  EXPECT_EQ(program.err(), "");
}

INSTANTIATE_TEST_SUITE_P(
    Flags, Information,
    testing::Values(
        Case{"HelpOfClient", {CHATHTTP_CHAT_CLIENT, "--help"}, "--user  (default: "},
        Case{"VersionOfClient", {CHATHTTP_CHAT_CLIENT, "--version"}, "chat_client (chathttp/"},
        Case{"HelpOfServer", {CHATHTTP_CHAT_SERVER, "--help"}, "--max_connections  (default: "},
        Case{"VersionOfServer", {CHATHTTP_CHAT_SERVER, "--version"}, "chat_server (chathttp/"}),
    NameOfCase);

}  // namespace
}  // namespace chathttp
