// The line client, with a console in memory, against the real server.
#include "apps/client/line_client.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/transport/ports/console_world.h"
#include "tests/transport/server/server_world.h"

namespace chathttp {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

LineClientOptions PipeOptions(const std::string& user) {
  LineClientOptions options;
  options.host = "server";
  options.port = ServerWorld::endpoint().port;
  options.user = user;
  return options;
}

class LineClientTest : public ServerWorldTest {
 protected:
  // A client with a console of its own.
  struct Session {
    Session(ServerWorld& world, const LineClientOptions& options)
        : console(world.scheduler, world.network),
          client(world.network.host("me"), world.scheduler,
                 {*console.in, *console.out, *console.err}, options,
                 [this](ExitCode ended) { code = ended; }) {}
    Console console;
    std::optional<ExitCode> code;
    LineClient client;
  };
};
INSTANTIATE_TEST_SUITE_P(AllNetworks, LineClientTest, ::testing::ValuesIn(FastWorldKinds()),
                         WorldName);

TEST_P(LineClientTest, PipeIsSaidLineByLineAndConfirmed) {
  ServerWorld world(GetParam());
  Session session(world, PipeOptions("bot"));
  session.console.Type("hi\n\nthere");
  session.console.EndInput();
  world.RunAWhile();
  EXPECT_EQ(session.console.shown(), "[ bot ] : hi\n[ bot ] : there\n");
  EXPECT_EQ(session.code, ExitCode::kDone);
  EXPECT_THAT(session.console.complaints(), IsEmpty());
  EXPECT_EQ(world.events.CountOf("left bot logout"), 1u);
}

TEST_P(LineClientTest, LongPipeIsSaidInFullAndInOrder) {
  ServerWorld world(GetParam());
  Session session(world, PipeOptions("bot"));
  std::string typed;
  std::string expected;
  for (int i = 0; i < 300; ++i) {
    typed += "line " + std::to_string(i) + "\n";
    expected += "[ bot ] : line " + std::to_string(i) + "\n";
  }
  session.console.Type(typed);
  session.console.EndInput();
  world.scheduler.RunFor(absl::Seconds(200));
  EXPECT_EQ(session.console.shown(), expected);
  EXPECT_EQ(session.code, ExitCode::kDone);
}

TEST_P(LineClientTest, WhatOthersSayIsPrinted) {
  ServerWorld world(GetParam());
  Session session(world, PipeOptions("bot"));
  world.RunAWhile();
  RawPeer& alice = world.Join("Alice");
  alice.Send(RawRequest("POST", "Alice", "tab\there \u202e\u00e9\n") +
             RawRequest("DELETE", "Alice"));
  world.RunAWhile();
  EXPECT_EQ(session.console.shown(),
            "Alice has just entered the chat room...\n"
            "[ Alice ] : tab\\x09here \\u202e\u00e9\n"
            "Alice has just left the chat room...\n");
}

TEST_P(LineClientTest, CommandsListAndQuit) {
  ServerWorld world(GetParam());
  Session session(world, PipeOptions("bot"));
  session.console.Type("/users\n//slash\n/quit\nnever\n");
  world.RunAWhile();
  EXPECT_EQ(session.console.shown(), "Online users:\nbot\n[ bot ] : /slash\n");
  EXPECT_EQ(session.code, ExitCode::kDone);
}

TEST_P(LineClientTest, LineThatCannotBeSaidIsToldAndTheRestIsSaid) {
  ServerWorld world(GetParam());
  Session session(world, PipeOptions("bot"));
  session.console.Type("one\n\x1b[2J\n" + std::string(5000, 'x') + "\n/nonsense\nfour\n");
  session.console.EndInput();
  world.RunAWhile();
  EXPECT_EQ(session.console.shown(), "[ bot ] : one\n[ bot ] : four\n");
  EXPECT_THAT(session.console.complaints(), HasSubstr("Line 2 was not sent: "));
  EXPECT_THAT(session.console.complaints(), HasSubstr("Line 3 was not sent: "));
  EXPECT_THAT(session.console.complaints(), HasSubstr("No such command: /nonsense"));
  EXPECT_EQ(session.code, ExitCode::kRefused);
}

TEST_P(LineClientTest, BadNameEndsBeforeAnythingIsConnectedTo) {
  ServerWorld world(GetParam());
  Session session(world, PipeOptions("a b"));
  world.RunAWhile();
  EXPECT_EQ(session.code, ExitCode::kUsage);
  EXPECT_THAT(session.console.complaints(), StartsWith("User name cannot contain space"));
  EXPECT_EQ(world.server->stats().accepted, 0u);
}

TEST_P(LineClientTest, MissingNameInAPipeIsUsage) {
  ServerWorld world(GetParam());
  LineClientOptions options = PipeOptions("");
  options.user.reset();
  Session session(world, options);
  world.RunAWhile();
  EXPECT_EQ(session.code, ExitCode::kUsage);
  EXPECT_THAT(session.console.complaints(), HasSubstr("--user=NAME"));
}

TEST_P(LineClientTest, TakenNameInAPipeIsRefused) {
  ServerWorld world(GetParam());
  world.Join("bot");
  Session session(world, PipeOptions("BOT"));
  world.RunAWhile();
  EXPECT_EQ(session.code, ExitCode::kRefused);
  EXPECT_THAT(session.console.complaints(), StartsWith("User Name Exist: BOT"));
  EXPECT_THAT(session.console.shown(), IsEmpty());
}

TEST_P(LineClientTest, NobodyThereIsCannotConnect) {
  ServerWorld world(GetParam());
  LineClientOptions options = PipeOptions("bot");
  options.port = 1;
  Session session(world, options);
  world.RunAWhile();
  EXPECT_EQ(session.code, ExitCode::kCannotConnect);
  EXPECT_EQ(session.console.complaints(), "Connect Failed: server:1: connection refused\n");
}

TEST_P(LineClientTest, LostConnectionIsTold) {
  ServerWorld world(GetParam());
  Session session(world, PipeOptions("bot"));
  world.RunAWhile();
  world.network.ResetBetween("me", "server");
  world.RunAWhile();
  EXPECT_EQ(session.code, ExitCode::kConnectionLost);
  EXPECT_EQ(session.console.complaints(), "Connection lost: connection reset by peer\n");
}

TEST_P(LineClientTest, PersonIsPromptedForWhatIsNotGiven) {
  ServerWorld world(GetParam());
  LineClientOptions options;
  options.interactive = true;
  Session session(world, options);
  world.RunAWhile();
  EXPECT_EQ(session.console.shown(), "Host [127.0.0.1]: ");
  session.console.Type("server\n");
  world.RunAWhile();
  EXPECT_THAT(session.console.shown(), EndsWith("Port [9994]: "));
  session.console.Type("ninety\n");
  world.RunAWhile();
  EXPECT_THAT(session.console.complaints(), HasSubstr("from 1 to 65535, got \"ninety\""));
  session.console.Type("\n");
  world.RunAWhile();
  EXPECT_THAT(session.console.shown(), EndsWith("User Name: "));
  session.console.Type("a b\n");
  world.RunAWhile();
  EXPECT_THAT(session.console.complaints(), HasSubstr("cannot contain space"));
  EXPECT_EQ(world.server->stats().accepted, 0u);
  session.console.Type("Alice\n");
  world.RunAWhile();
  EXPECT_THAT(session.console.shown(), HasSubstr("Logged in as Alice"));
  session.console.EndInput();
  world.RunAWhile();
  EXPECT_EQ(session.code, ExitCode::kDone);
}

TEST_P(LineClientTest, PersonIsAskedForAnotherNameOnTheSameConnection) {
  ServerWorld world(GetParam());
  world.Join("Alice");
  LineClientOptions options = PipeOptions("alice");
  options.interactive = true;
  Session session(world, options);
  world.RunAWhile();
  EXPECT_THAT(session.console.complaints(), StartsWith("User Name Exist: alice"));
  session.console.Type("Bob\n");
  world.RunAWhile();
  EXPECT_THAT(session.console.shown(), HasSubstr("Logged in as Bob"));
  EXPECT_EQ(world.server->stats().accepted, 2u);
}

TEST_P(LineClientTest, OutputThatIsNotReadHoldsUpTheServerAndLosesNothing) {
  ServerWorld world(GetParam());
  LineClientOptions options = PipeOptions("bot");
  options.max_output_bytes = 4096;
  Session session(world, options);
  RawPeer& alice = world.Join("Alice");
  world.RunAWhile();
  session.console.SetReading(false);
  std::string expected;
  for (int i = 0; i < 150; ++i) {
    const std::string text = std::to_string(i) + std::string(1000, 'x');
    alice.Send(RawRequest("POST", "Alice", text + "\n"));
    expected += "[ Alice ] : " + text + "\n";
  }
  world.scheduler.RunFor(absl::Seconds(20));
  session.console.SetReading(true);
  world.scheduler.RunFor(absl::Seconds(200));
  EXPECT_THAT(session.console.shown(), EndsWith(expected));
}

TEST_P(LineClientTest, OutputThatStandsStillForLongLosesNoLineOfItsOwn) {
  ServerWorld world(GetParam(), {.stall_limit = absl::Hours(1)});
  LineClientOptions options = PipeOptions("bot");
  options.max_output_bytes = 4096;
  Session session(world, options);
  session.console.SetReading(false);
  std::string expected;
  for (int i = 0; i < 200; ++i) {
    const std::string text = std::to_string(i) + std::string(1000, 'x');
    session.console.Type(text + "\n");
    expected += "[ bot ] : " + text + "\n";
  }
  session.console.EndInput();
  world.scheduler.RunFor(absl::Seconds(100));
  session.console.SetReading(true);
  world.scheduler.RunFor(absl::Seconds(300));
  EXPECT_EQ(session.console.shown(), expected);
  EXPECT_EQ(session.code, ExitCode::kDone);
}

TEST_P(LineClientTest, OutputThatIsLostIsToldAndEverythingIsStillSaid) {
  ServerWorld world(GetParam());
  RawPeer& alice = world.Join("Alice");
  Session session(world, PipeOptions("bot"));
  world.RunAWhile();
  session.console.CloseOutput();
  for (int i = 0; i < 100; ++i) session.console.Type("line " + std::to_string(i) + "\n");
  session.console.EndInput();
  world.scheduler.RunFor(absl::Seconds(60));
  EXPECT_EQ(alice.responses().size(), 2u + 1 + 100 + 1);
  EXPECT_THAT(session.console.complaints(), StartsWith("Output lost: "));
  EXPECT_EQ(session.code, ExitCode::kConnectionLost);
}

TEST_P(LineClientTest, PersonWhoseScreenIsGoneLeaves) {
  ServerWorld world(GetParam());
  LineClientOptions options = PipeOptions("Alice");
  options.interactive = true;
  Session session(world, options);
  world.RunAWhile();
  session.console.CloseOutput();
  for (const char* name : {"Bob", "Carol"}) {
    world.Join(name);
    world.RunAWhile();
  }
  EXPECT_EQ(session.code, ExitCode::kConnectionLost);
  EXPECT_EQ(world.events.CountOf("left Alice logout"), 1u);
}

TEST_P(LineClientTest, HostIsShownInOneLineWhateverItHolds) {
  ServerWorld world(GetParam());
  LineClientOptions options = PipeOptions("bot");
  options.host = "x\ny\x1b[2J";
  Session session(world, options);
  world.RunAWhile();
  EXPECT_EQ(session.code, ExitCode::kCannotConnect);
  EXPECT_THAT(session.console.complaints(), StartsWith("Connect Failed: x\\x0ay\\x1b[2J:"));
}

TEST_P(LineClientTest, JsonHasAnObjectForEachEventAndOneForTheEnd) {
  ServerWorld world(GetParam());
  LineClientOptions options = PipeOptions("bot");
  options.json = true;
  Session session(world, options);
  world.RunAWhile();
  RawPeer& alice = world.Join("Alice");
  alice.Send(RawRequest("POST", "Alice", "\u00e9 \"\u202e\n"));
  world.RunAWhile();
  session.console.Type("hi\n/users\n/nothing\n");
  session.console.EndInput();
  world.RunAWhile();
  // Each line without its time.
  std::vector<std::string> events;
  for (std::string_view rest = session.console.shown(); !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    ASSERT_TRUE(line.starts_with("{\"time\":\"") && line.ends_with('}')) << line;
    events.emplace_back(line.substr(line.find(",\"event\":") + 9));
    rest.remove_prefix(line.size() + 1);
  }
  EXPECT_THAT(events,
              UnorderedElementsAre(R"("login","name":"bot"})", R"("entered","name":"Alice"})",
                                   "\"message\",\"name\":\"Alice\",\"text\":\"\u00e9 "
                                   "\\\"\\u202e\",\"own\":false}",
                                   R"("message","name":"bot","text":"hi","own":true})",
                                   R"("list","names":["bot","Alice"]})",
                                   StartsWith(R"("error","message":"No such command: /nothing)"),
                                   R"("end","code":4})"));
  EXPECT_EQ(events.front(), R"("login","name":"bot"})");
  EXPECT_EQ(events.back(), R"("end","code":4})");
  EXPECT_THAT(session.console.complaints(), StartsWith("No such command: /nothing"));
}

TEST_P(LineClientTest, HistoryHasItsTimesBeforeItAndComesOnlyIfAskedFor) {
  ServerWorld world(GetParam(), {.history = 100});
  RawPeer& alice = world.Join("Alice");
  alice.Send(RawRequest("POST", "Alice", "before\n"));
  world.RunAWhile();
  Session plain(world, PipeOptions("plain"));
  LineClientOptions options = PipeOptions("bot");
  options.history = 2;
  Session session(world, options);
  world.RunAWhile();
  alice.Send(RawRequest("POST", "Alice", "after\n"));
  world.RunAWhile();
  EXPECT_THAT(
      session.console.shown(),
      ::testing::MatchesRegex("1970-01-01 00:00:.. . Alice . : before\n"
                              "1970-01-01 00:00:.. plain has just entered the chat room...\n"
                              ". Alice . : after\n"));
  EXPECT_EQ(plain.console.shown(),
            "bot has just entered the chat room...\n"
            "[ Alice ] : after\n");
}

TEST_P(LineClientTest, JsonMarksTheHistory) {
  ServerWorld world(GetParam(), {.history = 100});
  RawPeer& alice = world.Join("Alice");
  alice.Send(RawRequest("POST", "Alice", "before\n"));
  world.RunAWhile();
  LineClientOptions options = PipeOptions("bot");
  options.json = true;
  options.history = 1;
  Session session(world, options);
  world.RunAWhile();
  EXPECT_THAT(session.console.shown(), HasSubstr(R"("event":"login","name":"bot","history":1})"));
  EXPECT_THAT(
      session.console.shown(),
      HasSubstr(R"("event":"message","name":"Alice","text":"before","own":false,"past":true})"));
}

TEST_P(LineClientTest, WhoListensReadsNoInputAndStays) {
  ServerWorld world(GetParam());
  LineClientOptions options = PipeOptions("bot");
  options.listens = true;
  Session session(world, options);
  session.console.Type("not said\n");
  session.console.EndInput();
  world.RunAWhile();
  RawPeer& alice = world.Join("Alice");
  alice.Send(RawRequest("POST", "Alice", "hi\n"));
  world.scheduler.RunFor(absl::Minutes(5));
  EXPECT_EQ(session.code, std::nullopt);
  session.client.Leave();
  world.RunAWhile();
  EXPECT_EQ(session.console.shown(), "Alice has just entered the chat room...\n[ Alice ] : hi\n");
  EXPECT_EQ(session.code, ExitCode::kDone);
}

TEST_P(LineClientTest, LeaveEndsAnyState) {
  ServerWorld world(GetParam());
  LineClientOptions options;
  options.interactive = true;
  Session asking(world, options);
  asking.client.Leave();
  Session chatting(world, PipeOptions("bot"));
  world.RunAWhile();
  chatting.client.Leave();
  world.RunAWhile();
  EXPECT_EQ(asking.code, ExitCode::kDone);
  EXPECT_EQ(chatting.code, ExitCode::kDone);
  EXPECT_EQ(world.events.CountOf("left bot logout"), 1u);
}

}  // namespace
}  // namespace chathttp
