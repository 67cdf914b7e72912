// The real client with a person at a terminal and with --plain: what it asks for, and when.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/apps/programs.h"
#include "tests/apps/wire.h"
#include "tests/apps/wire_peer.h"

namespace chathttp {
namespace {

constexpr const char* kAskHost = "Host [127.0.0.1]: ";
constexpr const char* kAskPort = "Port [9994]: ";
constexpr const char* kAskUser = "User Name: ";

class AtTerminal : public Process {
 public:
  explicit AtTerminal(std::vector<std::string> flags)
      : Process(Command(std::move(flags)), {.terminal = true}) {}

  bool Asks(const std::string& question) { return Expect(question); }
  void Answer(const std::string& line) { Write(line + "\n"); }

 private:
  static std::vector<std::string> Command(std::vector<std::string> flags) {
    flags.insert(flags.begin(), {CHATHTTP_CHAT_CLIENT, "--plain"});
    return flags;
  }
};

std::string PortFlag(std::uint16_t port) { return "--port=" + std::to_string(port); }

TEST(ClientTerminal, AsksForWhatNoFlagGives) {
  const ServerProcess server;
  AtTerminal client({});
  ASSERT_TRUE(client.Asks(kAskHost)) << client.out();
  client.Answer("");
  ASSERT_TRUE(client.Asks(kAskPort)) << client.out();
  client.Answer(std::to_string(server.port()));
  ASSERT_TRUE(client.Asks(kAskUser)) << client.out();
  client.Answer("Alice");
  ASSERT_TRUE(client.Expect("Logged in as Alice")) << client.out() << client.err();
  client.Answer("Hello");
  EXPECT_TRUE(client.Expect(MessageFrom("Alice", "Hello"))) << client.out();
}

TEST(ClientTerminal, DoesNotAskForWhatAFlagGives) {
  const ServerProcess server;
  AtTerminal client({"--host=127.0.0.1", PortFlag(server.port())});
  ASSERT_TRUE(client.Asks(kAskUser));
  EXPECT_EQ(client.out(), kAskUser);
}

TEST(ClientTerminal, BadPortAsksAgain) {
  AtTerminal client({"--host=127.0.0.1", "--user=Alice"});
  for (const char* port : {"0", "65536", "-1", "http"}) {
    ASSERT_TRUE(client.Asks(kAskPort));
    client.Answer(port);
    EXPECT_TRUE(client.ExpectError(std::string("1 to 65535, got \"") + port)) << client.err();
  }
  EXPECT_TRUE(client.Asks(kAskPort));
}

TEST(ClientTerminal, BadNameAsksAgainBeforeItConnects) {
  const WireListener listener;
  AtTerminal client({"--host=127.0.0.1", PortFlag(listener.port())});
  ASSERT_TRUE(client.Asks(kAskUser));
  client.Answer("Alice Smith");
  EXPECT_TRUE(client.ExpectError("cannot contain space")) << client.err();
  ASSERT_TRUE(client.Asks(kAskUser));
  EXPECT_FALSE(listener.HasConnection());
  client.Answer("Alice");
  WirePeer server = listener.Accept();
  server.Send(MakeResponse("202 Accept", "test"));
  EXPECT_NE(server.Receive().bytes.find("\nUser_Agent: Alice\n"), std::string::npos);
}

TEST(ClientTerminal, TakenNameAsksForAnotherOnTheSameConnection) {
  const WireListener listener;
  AtTerminal client({"--host=127.0.0.1", PortFlag(listener.port()), "--user=Alice"});
  WirePeer server = listener.Accept();
  server.Send(MakeResponse("202 Accept", "test"));
  EXPECT_NE(server.Receive().bytes.find("\nUser_Agent: Alice\n"), std::string::npos);
  server.Send(MakeResponse("401 User Name Exist", "Error...T.T"));
  EXPECT_TRUE(client.ExpectError("User Name Exist")) << client.err();
  ASSERT_TRUE(client.Asks(kAskUser)) << client.out();
  client.Answer("Bob");
  EXPECT_NE(server.Receive().bytes.find("\nUser_Agent: Bob\n"), std::string::npos);
  server.Send(MakeResponse("200 OK", "OK...^.^"));
  EXPECT_TRUE(client.Expect("Logged in as Bob")) << client.out();
}

TEST(ClientTerminal, EndOfInputLeaves) {
  const ServerProcess server;
  AtTerminal client({"--host=127.0.0.1", PortFlag(server.port()), "--user=Alice"});
  ASSERT_TRUE(client.Expect("Logged in as Alice"));
  client.Write("\x04");  // Ctrl-D
  EXPECT_EQ(client.Wait(), 0) << client.err();
}

TEST(ClientTerminal, InterruptLeavesProperly) {
  const ServerProcess server;
  WirePeer watcher = Join(server.port(), "Watcher");
  AtTerminal client({"--host=127.0.0.1", PortFlag(server.port()), "--user=Alice"});
  ASSERT_TRUE(client.Expect("Logged in as Alice"));
  client.Write("\x03");  // Ctrl-C
  EXPECT_EQ(client.Wait(), 0) << client.err();
  EXPECT_EQ(watcher.Receive().entity, Entered("Alice"));
  EXPECT_EQ(watcher.Receive().entity, Left("Alice"));
}

TEST(ClientTerminal, UnknownCommandIsToldAndTheChatGoesOn) {
  const ServerProcess server;
  AtTerminal client({"--host=127.0.0.1", PortFlag(server.port()), "--user=Alice"});
  ASSERT_TRUE(client.Expect("Logged in as Alice"));
  client.Answer("/nothing");
  EXPECT_TRUE(client.ExpectError("No such command: /nothing"));
  client.Answer("/help");
  EXPECT_TRUE(client.Expect("lists the online users"));
  client.Answer("/quit");
  EXPECT_EQ(client.Wait(), 0) << client.err();
}

}  // namespace
}  // namespace chathttp
