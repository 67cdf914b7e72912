// The real client with pipes and files for its input and output.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdio>
#include <fstream>
#include <string>

#include "tests/apps/programs.h"
#include "tests/apps/wire.h"
#include "tests/apps/wire_peer.h"

namespace chathttp {
namespace {

// A room with a member that sees others enter and leave.
class ClientPipe : public testing::Test {
 protected:
  // Runs a client with `input` and returns its standard output; sets code_ to its exit code.
  std::string OutputFor(const std::string& input) {
    Process alice(ClientCommand(server_.port(), "Alice"));
    alice.Write(input);
    alice.CloseInput();
    code_ = alice.Wait();
    error_ = alice.err();
    return alice.out();
  }

  void AwaitEntry(const std::string& name) { EXPECT_EQ(watcher_.Receive().entity, Entered(name)); }

  ServerProcess server_;
  WirePeer watcher_ = Join(server_.port(), "Watcher");
  int code_ = -1;
  std::string error_;
};

TEST_F(ClientPipe, EachOfThreeClientsSeesTheSameLines) {
  Process alice(ClientCommand(server_.port(), "Alice"));
  AwaitEntry("Alice");
  Process bob(ClientCommand(server_.port(), "Bob"));
  AwaitEntry("Bob");
  Process carol(ClientCommand(server_.port(), "Carol"));
  AwaitEntry("Carol");
  alice.Write("one\n");
  ASSERT_TRUE(carol.Expect(MessageFrom("Alice", "one")));
  bob.Write("two\n");
  ASSERT_TRUE(alice.Expect(MessageFrom("Bob", "two")));
  carol.Write("three\n");
  ASSERT_TRUE(bob.Expect(MessageFrom("Carol", "three")));
  carol.CloseInput();
  EXPECT_EQ(carol.Wait(), 0) << carol.err();
  ASSERT_TRUE(bob.Expect(Left("Carol")));
  bob.CloseInput();
  EXPECT_EQ(bob.Wait(), 0) << bob.err();
  ASSERT_TRUE(alice.Expect(Left("Bob")));
  alice.CloseInput();
  EXPECT_EQ(alice.Wait(), 0) << alice.err();

  const std::string talk =
      MessageFrom("Alice", "one") + MessageFrom("Bob", "two") + MessageFrom("Carol", "three");
  EXPECT_EQ(carol.out(), talk);
  EXPECT_EQ(bob.out(), Entered("Carol") + talk + Left("Carol"));
  EXPECT_EQ(alice.out(), Entered("Bob") + Entered("Carol") + talk + Left("Carol") + Left("Bob"));
  EXPECT_EQ(alice.err() + bob.err() + carol.err(), "");
}

TEST_F(ClientPipe, UsersPrintsTheListInOrderOfLogin) {
  EXPECT_EQ(OutputFor("/users\n"), "Online users:\nWatcher\nAlice\n");
  EXPECT_EQ(code_, 0);
}

TEST_F(ClientPipe, QuitLeavesBehindWhatWasSaid) {
  EXPECT_EQ(OutputFor("one\n/quit\ntwo\n"), MessageFrom("Alice", "one"));
  EXPECT_EQ(code_, 0);
}

TEST_F(ClientPipe, TwoSlashesSayOne) {
  EXPECT_EQ(OutputFor("//users\n"), MessageFrom("Alice", "/users"));
  EXPECT_EQ(code_, 0);
}

TEST_F(ClientPipe, BlankLinesAreNotSaid) {
  EXPECT_EQ(OutputFor("\n \n\t\none\n\r\n"), MessageFrom("Alice", "one"));
  EXPECT_EQ(code_, 0);
}

TEST_F(ClientPipe, LastLineNeedsNoLineFeed) {
  EXPECT_EQ(OutputFor("one\ntwo"), MessageFrom("Alice", "one") + MessageFrom("Alice", "two"));
  EXPECT_EQ(code_, 0);
}

TEST_F(ClientPipe, ThousandLinesAreAllConfirmedInOrder) {
  std::string input;
  std::string output;
  for (int i = 0; i < 1000; ++i) {
    const std::string text = "line " + std::to_string(i);
    input += text + "\n";
    output += MessageFrom("Alice", text);
  }
  EXPECT_EQ(OutputFor(input), output);
  EXPECT_EQ(code_, 0) << error_;
}

TEST_F(ClientPipe, LongestTextIsSaid) {
  const std::string text(4095, 'x');
  EXPECT_EQ(OutputFor(text + "\n"), MessageFrom("Alice", text));
  EXPECT_EQ(code_, 0) << error_;
}

TEST_F(ClientPipe, ReadsItsInputFromAFile) {
  const std::string file = testing::TempDir() + "chathttp_input_" + std::to_string(getpid());
  std::ofstream(file) << "one\ntwo\n";
  Process alice(ClientCommand(server_.port(), "Alice"), {.input_file = file});
  EXPECT_EQ(alice.Wait(), 0) << alice.err();
  EXPECT_EQ(alice.out(), MessageFrom("Alice", "one") + MessageFrom("Alice", "two"));
  std::remove(file.c_str());
}

TEST_F(ClientPipe, WithoutInputItComesAndGoes) {
  Process alice(ClientCommand(server_.port(), "Alice"), {.input_file = "/dev/null"});
  EXPECT_EQ(alice.Wait(), 0) << alice.err();
  EXPECT_EQ(alice.out(), "");
  AwaitEntry("Alice");
  EXPECT_EQ(watcher_.Receive().entity, Left("Alice"));
}

TEST_F(ClientPipe, TerminateLeavesProperly) {
  Process alice(ClientCommand(server_.port(), "Alice"));
  AwaitEntry("Alice");
  alice.Kill(SIGTERM);
  EXPECT_EQ(alice.Wait(), 0) << alice.err();
  EXPECT_EQ(watcher_.Receive().entity, Left("Alice"));
}

TEST_F(ClientPipe, WhatCouldTurnTextAroundIsShownEscaped) {
  Process alice(ClientCommand(server_.port(), "Alice"));
  AwaitEntry("Alice");
  watcher_.Send(MakeRequest("POST", "Watcher", "abc\u202Edef\n"));
  EXPECT_TRUE(alice.Expect(MessageFrom("Watcher", "abc\\u202edef"))) << alice.out();
}

TEST(HostileServer, WhatCouldDriveATerminalIsShownEscaped) {
  const WireListener listener;
  Process alice(ClientCommand(listener.port(), "Alice"));
  WirePeer server = listener.Accept();
  server.Send(MakeResponse("202 Accept", "test"));
  EXPECT_EQ(server.Receive().start_line, "ADD 127.0.0.1 HTTP/1.1");
  server.Send(MakeResponse("200 OK", "OK...^.^"));
  server.Send(MakeResponse("200 OK", MessageFrom("Mallory", "a\x1b[2J\x07\xff")));
  EXPECT_TRUE(alice.Expect(MessageFrom("Mallory", "a\\x1b[2J\\x07\\xff"))) << alice.out();
}

}  // namespace
}  // namespace chathttp
