// The fields of a login: what the client asks for, and what it makes of the reply.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/network/virtual_scheduler.h"
#include "chathttp/transport/client/chat_client.h"
#include "chathttp/transport/codec/session_token.h"
#include "chathttp/transport/ports/memory_network.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/transport/client/scripted_server.h"

namespace chathttp {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kTokenOfAlice = "0123456789abcdef0123456789abcdef";

// Records logins and broadcasts, each with its position.
class LoginRecorder final : public ClientObserver {
 public:
  void OnClientEvent(const ClientEvent& event) override {
    std::string line = absl::StrCat(event.past ? "past " : "", event.own ? "own " : "",
                                    AbslView(ToString(event.kind)), " ", AbslView(event.name));
    if (!event.text.empty()) absl::StrAppend(&line, ": ", AbslView(event.text));
    if (!event.session.empty()) absl::StrAppend(&line, " for ", event.session_seconds);
    if (event.replay > 0) absl::StrAppend(&line, " replay ", event.replay);
    if (event.gap) {
      absl::StrAppend(&line, " gap ",
                      *event.gap == kUnknownGap ? "unknown" : absl::StrCat(*event.gap));
    }
    if (event.position) absl::StrAppend(&line, " at ", ToString(*event.position));
    lines.push_back(line);
  }
  std::vector<std::string> lines;
};

struct LoginWorld {
  explicit LoginWorld(std::string_view kind_of_server = "other") : kind(kind_of_server) {
    EXPECT_TRUE(client.Connect({"server", 1}).ok());
    Reply("", "test", 202);
    recorder.lines.clear();
  }
  void Reply(std::string_view fields, std::string_view entity, int code = 200) {
    server.Send(absl::StrCat("HTTP/1.1 ", code, " reason\nServer: ", AbslView(kind), "\n",
                             AbslView(fields), "Content_Length: ", entity.size(), "\n\n",
                             AbslView(entity)));
    Run();
  }
  void Run() { scheduler.RunFor(absl::Seconds(1)); }
  absl::Status Login(const LoginOptions& options) {
    absl::Status status = client.Login("Alice", options);
    Run();
    return status;
  }

  sim::VirtualScheduler scheduler{{}};
  MemoryNetwork network{scheduler};
  ScriptedServer server{network, {"server", 1}};
  LoginRecorder recorder;
  ChatClient client{network, scheduler, recorder};
  std::string kind;
};

TEST(ClientLogin, AsksForNothingUnlessTold) {
  LoginWorld world;
  EXPECT_TRUE(world.client.Login("Alice").ok());
  world.Run();
  for (const char* name : {"\nSession", "\nSince", "\nHistory"}) {
    EXPECT_THAT(world.server.received(), Not(HasSubstr(name)));
  }
}

TEST(ClientLogin, AsksForWhatItIsTold) {
  LoginWorld fresh;
  EXPECT_TRUE(fresh.Login({.session = kNewSession, .history = 20}).ok());
  EXPECT_THAT(fresh.server.received(), HasSubstr("\nSession: new\nHistory: 20\n"));
  LoginWorld back;
  EXPECT_TRUE(back.Login({.session = kTokenOfAlice, .since = Position{7, 9}}).ok());
  EXPECT_THAT(back.server.received(),
              HasSubstr(absl::StrCat("\nSession: ", AbslView(kTokenOfAlice), "\nSince: 7.9\n")));
}

TEST(ClientLogin, FieldsAreOfTheLoginOnly) {
  LoginWorld world;
  EXPECT_TRUE(world.Login({.session = kNewSession, .history = 20}).ok());
  world.Reply("", "OK...^.^");
  EXPECT_TRUE(world.client.List().ok());
  world.Run();
  EXPECT_EQ(world.server.CountOf("\nSession: "), 1u);
  EXPECT_EQ(world.server.CountOf("\nHistory: "), 1u);
}

TEST(ClientLogin, OriginalServerIsAskedForNothing) {
  LoginWorld world("Python Socket Server");
  EXPECT_TRUE(world.Login({.session = kNewSession, .history = 20}).ok());
  EXPECT_EQ(world.server.CountOf("ADD "), 1u);
  for (const char* name : {"\nSession", "\nHistory"}) {
    EXPECT_THAT(world.server.received(), Not(HasSubstr(name)));
  }
}

TEST(ClientLogin, OptionsThatTheServerWouldRefuseAreRefusedFirst) {
  LoginWorld world;
  const auto problem = [&](const LoginOptions& options) {
    const absl::Status status = world.Login(options);
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
    return std::string(status.message());
  };
  EXPECT_THAT(problem({.session = "old"}), HasSubstr("32 hex digits"));
  EXPECT_THAT(problem({.since = Position{1, 2}}), HasSubstr("only with a token"));
  EXPECT_THAT(problem({.session = kNewSession, .since = Position{1, 2}}),
              HasSubstr("only with a token"));
  EXPECT_THAT(problem({.session = kTokenOfAlice, .history = 1}), HasSubstr("only without a token"));
  EXPECT_EQ(problem({.history = 1001}), "history: at most 1000 broadcasts, got 1001");
  EXPECT_TRUE(world.Login({.history = 1000}).ok());
}

TEST(ClientLogin, ReplyWithASessionTellsItAndItsPosition) {
  LoginWorld world;
  EXPECT_EQ(world.client.position(), std::nullopt);
  EXPECT_TRUE(world.Login({.session = kNewSession, .history = 2}).ok());
  world.Reply(absl::StrCat("Session: ", AbslView(kTokenOfAlice),
                           "\nSession_Seconds: 90\nReplay: 2\nPosition: 7.10\n"),
              "OK...^.^");
  EXPECT_EQ(world.client.replay_left(), 2u);
  world.Reply("", "Bob has just entered the chat room...\n");
  world.Reply("", "[ Bob ] : hi\n");
  world.Reply("", "[ Bob ] : how are you?\n");
  world.Reply("", "Bob has just left the chat room...\n");
  EXPECT_THAT(world.recorder.lines,
              ElementsAre("logged_in Alice for 90 replay 2 at 7.7", "past entered Bob at 7.8",
                          "past message Bob: hi at 7.10", "message Bob: how are you? at 7.11",
                          "left Bob at 7.12"));
  world.client.Drop();
  EXPECT_EQ(world.client.position(), (Position{7, 12}));
}

TEST(ClientLogin, ReplayedTextAnswersNothing) {
  LoginWorld world;
  EXPECT_TRUE(world.Login({.session = kTokenOfAlice, .since = Position{7, 9}}).ok());
  world.Reply(absl::StrCat("Session: ", AbslView(kTokenOfAlice), "\nReplay: 1\nPosition: 7.10\n"),
              "OK...^.^");
  EXPECT_TRUE(world.client.Say("hi").ok());
  world.Run();
  world.Reply("", "[ Alice ] : hi\n");
  EXPECT_EQ(world.client.unanswered(), 1u);
  world.Reply("", "[ Alice ] : hi\n");
  EXPECT_EQ(world.client.unanswered(), 0u);
  EXPECT_THAT(world.recorder.lines,
              ElementsAre("logged_in Alice for 0 replay 1 at 7.9", "past message Alice: hi at 7.10",
                          "own message Alice: hi at 7.11"));
}

TEST(ClientLogin, GapIsToldIfThereIsASessionAndItIsNotZero) {
  for (const auto& [fields, shown] :
       {std::pair{"Gap: 3\n", " gap 3"}, std::pair{"Gap: unknown\n", " gap unknown"},
        std::pair{"Gap: 0\n", ""}, std::pair{"", ""}}) {
    LoginWorld world;
    EXPECT_TRUE(world.Login({.session = kTokenOfAlice, .since = Position{7, 9}}).ok());
    world.Reply(absl::StrCat("Session: ", AbslView(kTokenOfAlice), "\nPosition: 7.12\n", fields),
                "OK...^.^");
    EXPECT_THAT(world.recorder.lines,
                ElementsAre(absl::StrCat("logged_in Alice for 0", shown, " at 7.12")));
  }
  LoginWorld world;
  EXPECT_TRUE(world.Login({.session = kNewSession}).ok());
  world.Reply("Gap: 3\nSession_Seconds: 4\nPosition: 1.2\n", "OK...^.^");
  EXPECT_THAT(world.recorder.lines, ElementsAre("logged_in Alice"));
}

TEST(ClientLogin, BroadcastBeforeTheNextLoginDoesNotCount) {
  LoginWorld world;
  EXPECT_TRUE(world.Login({.session = kNewSession}).ok());
  world.Reply(absl::StrCat("Session: ", AbslView(kTokenOfAlice), "\nPosition: 7.10\n"), "OK...^.^");
  world.client.Drop();
  EXPECT_TRUE(world.client.Connect({"server", 1}).ok());
  world.Run();
  world.Reply("", "test", 202);
  world.Reply("", "[ Bob ] : hi\n");
  EXPECT_EQ(world.client.position(), (Position{7, 10}));
}

}  // namespace
}  // namespace chathttp
