// What each command of an operator does, and what is answered.
#include "chathttp/transport/admin/admin_commands.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "chathttp/sim/network/sim_log.h"
#include "chathttp/sim/network/sim_network.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/transport/server/server_world.h"

namespace chathttp {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;

class AdminCommandsTest : public ::testing::Test {
 protected:
  AdminCommandsTest() : world_(AllWorldKinds().front(), WithoutExemptions()) {
    commands_.emplace(*world_.server, world_.scheduler,
                      AdminActions{.set_log_level = [this](auto level) { return SetLevel(level); },
                                   .reload = [this] { return reload_; },
                                   .stop = [this] { ++stops_; }});
  }

  static ServerOptions WithoutExemptions() {
    ServerOptions options;
    options.exempt = {};
    return options;
  }

  absl::Status SetLevel(std::string_view level) {
    if (level != "debug") return absl::InvalidArgumentError("no such level");
    level_ = level;
    return absl::OkStatus();
  }

  std::string Run(std::string_view line) { return commands_->Run(line); }
  void RunFor(absl::Duration time) { world_.scheduler.RunFor(time); }

  ServerWorld world_;
  std::string level_;
  absl::StatusOr<std::string> reload_ = "changed: flood";
  int stops_ = 0;
  std::optional<AdminCommands> commands_;
};

TEST_F(AdminCommandsTest, ListHasNameAddressTimeAndBytesInOrderOfLogin) {
  world_.Join("Zoe");
  RunFor(absl::Seconds(5));
  world_.Join("al");
  RunFor(absl::Seconds(7));
  const std::string list = Run("list");
  EXPECT_THAT(list, HasSubstr("members: 2 of 2\nNAME "));
  EXPECT_THAT(list, ContainsRegex("Zoe +10\\.0\\.0\\.2:[0-9]+ +1[2-5] +[1-9][0-9]* +[1-9][0-9]*\n"
                                  "al +10\\.0\\.0\\.3:[0-9]+ +7 +"));
}

TEST_F(AdminCommandsTest, ListTakesTheStartOfANameInAnyCase) {
  for (const char* const name : {"Alice", "alan", "Bob"}) world_.Join(name);
  const std::string list = Run("  list AL ");
  EXPECT_THAT(list, HasSubstr("members: 2 of 3\n"));
  EXPECT_THAT(list, HasSubstr("Alice "));
  EXPECT_THAT(list, HasSubstr("alan "));
  EXPECT_THAT(list, Not(HasSubstr("Bob")));
}

TEST_F(AdminCommandsTest, MemberFromBeforeIsListedWithoutAddress) {
  commands_.reset();
  world_.Join("Alice");
  commands_.emplace(*world_.server, world_.scheduler, AdminActions{});
  EXPECT_THAT(Run("list"), ContainsRegex("Alice +- +- +[1-9]"));
}

TEST_F(AdminCommandsTest, KickedMemberIsToldWhyAndTheRoomSeesItLeave) {
  RawPeer& alice = world_.Join("Alice");
  RawPeer& bob = world_.Join("Bob");
  EXPECT_EQ(Run("kick bob  too loud "), "kicked Bob\n");
  EXPECT_EQ(Run("kick bob"), "error: kick: Bob is leaving already\n");
  world_.RunAWhile();
  EXPECT_TRUE(bob.ended());
  EXPECT_EQ(bob.last_code(), 500);
  EXPECT_EQ(bob.entities().back(), "too loud");
  EXPECT_EQ(alice.entities().back(), "Bob has just left the chat room...\n");
  EXPECT_EQ(Run("kick bob"), "error: kick: no such member \"bob\"\n");
}

TEST_F(AdminCommandsTest, BanDisconnectsAndRefusesUntilItIsLifted) {
  RawPeer& alice = world_.Join("Alice");  // 10.0.0.2
  EXPECT_EQ(Run("ban 10.0.0.2"), "banned 10.0.0.2 until it is lifted\n");
  world_.RunAWhile();
  EXPECT_TRUE(alice.ended());
  EXPECT_EQ(world_.ConnectFrom("peer-0").last_code(), 500);
  EXPECT_EQ(Run("bans"), "bans: 1\n10.0.0.2 until it is lifted\n");
  EXPECT_EQ(Run("unban 10.0.0.2"), "unbanned 10.0.0.2\n");
  EXPECT_EQ(Run("bans"), "bans: 0\n");
  EXPECT_EQ(Run("unban 10.0.0.2"),
            "error: unban: no such ban 10.0.0.2, bans lists those in force\n");
  EXPECT_EQ(world_.ConnectFrom("peer-0").last_code(), 202);
}

TEST_F(AdminCommandsTest, BanEndsAfterItsDuration) {
  EXPECT_EQ(Run("ban 10.0.0.0/8 90s"), "banned 10.0.0.0/8 for 1m30s\n");
  RunFor(absl::Milliseconds(500));
  EXPECT_EQ(Run("bans"), "bans: 1\n10.0.0.0/8 for 1m29s\n");
  RunFor(absl::Seconds(90));
  EXPECT_EQ(Run("bans"), "bans: 0\n");
}

TEST_F(AdminCommandsTest, StatsHasTheCounters) {
  world_.Join("Alice");
  const std::string stats = Run("stats");
  EXPECT_THAT(stats, HasSubstr("connections 1\nmembers 1\n"));
  EXPECT_THAT(stats, HasSubstr("\nrequests_add_200 1\n"));
  EXPECT_THAT(stats, ContainsRegex("\nbytes_out [1-9]"));
}

TEST_F(AdminCommandsTest, ProgramSetsTheLogLevelAndReloads) {
  EXPECT_EQ(Run("log debug"), "logging from level debug on\n");
  EXPECT_EQ(level_, "debug");
  EXPECT_EQ(Run("log loud"), "error: log: no such level\n");
  EXPECT_EQ(Run("reload"), "changed: flood\n");
  reload_ = absl::InvalidArgumentError("FILE:3: no such flag");
  EXPECT_EQ(Run("reload"), "error: reload: FILE:3: no such flag\n");
}

TEST_F(AdminCommandsTest, WhatTheProgramCannotDoIsAnError) {
  commands_.reset();
  commands_.emplace(*world_.server, world_.scheduler, AdminActions{});
  for (const char* const line : {"log debug", "reload", "drain"}) {
    EXPECT_THAT(Run(line), MatchesRegex("error: [a-z]+: this server .*\n")) << line;
  }
}

TEST_F(AdminCommandsTest, DrainTellsNobodyAcceptsNobodyAndStopsWhenAllAreGone) {
  RawPeer& alice = world_.Join("Alice");
  const std::size_t before = alice.responses().size();
  EXPECT_EQ(Run("drain"), "draining, connections left: 1\n");
  RunFor(absl::Hours(1));
  EXPECT_EQ(alice.responses().size(), before);
  EXPECT_TRUE(world_.Connect().ended());
  EXPECT_EQ(stops_, 0);
  alice.Close();
  RunFor(absl::Seconds(1));
  EXPECT_EQ(stops_, 1);
  RunFor(absl::Hours(1));
  EXPECT_EQ(stops_, 1);
}

TEST_F(AdminCommandsTest, DrainStopsAfterItsDurationWhichMayBeChanged) {
  world_.Join("Alice");
  EXPECT_EQ(Run("drain 10m"), "draining, connections left: 1, stops after 10m\n");
  EXPECT_EQ(Run("drain 1m"), "draining, connections left: 1, stops after 1m\n");
  RunFor(absl::Seconds(59));
  EXPECT_EQ(stops_, 0);
  RunFor(absl::Seconds(1));
  EXPECT_EQ(stops_, 1);
}

TEST_F(AdminCommandsTest, DrainOfAnEmptyServerStopsItAtOnce) {
  EXPECT_EQ(Run("drain"), "draining, connections left: 0\n");
  EXPECT_EQ(stops_, 0) << "the answer comes first";
  RunFor(absl::ZeroDuration());
  EXPECT_EQ(stops_, 1);
}

TEST_F(AdminCommandsTest, HelpHasTheFormOfEachCommand) {
  const std::string help = Run("help");
  for (const char* const form :
       {"list [PREFIX] ", "kick NAME [REASON...] ", "ban ADDRESS[/BITS] [DURATION] ",
        "unban ADDRESS[/BITS] ", "bans ", "stats ", "log LEVEL ", "reload ", "drain [DURATION] ",
        "servers "}) {
    EXPECT_THAT(help, HasSubstr(form));
  }
}

TEST_F(AdminCommandsTest, ServersAreThoseOfTheEngine) {
  EXPECT_EQ(Run("servers"), "error: servers: this server has its room for itself\n");
  commands_.reset();
  AdminCommands commands(*world_.server, world_.scheduler,
                         {.servers = [] { return "servers: 2\n"; }});
  EXPECT_EQ(commands.Run("servers"), "servers: 2\n");
}

struct BadLine {
  const char* line;
  const char* answer;
};

class BadLineTest : public AdminCommandsTest, public ::testing::WithParamInterface<BadLine> {};

TEST_P(BadLineTest, IsAnsweredWithTheFormAndChangesNothing) {
  EXPECT_EQ(Run(GetParam().line), GetParam().answer);
  EXPECT_THAT(world_.server->bans(), IsEmpty());
  EXPECT_EQ(level_, "");
}

INSTANTIATE_TEST_SUITE_P(
    Lines, BadLineTest,
    ::testing::Values(
        BadLine{"", "error: (nothing): no such command, help lists them\n"},
        BadLine{" \t", "error: (nothing): no such command, help lists them\n"},
        BadLine{"kill bob", "error: kill: no such command, help lists them\n"},
        BadLine{"LIST", "error: LIST: no such command, help lists them\n"},
        BadLine{"\x1b[2J", "error: \\x1b[2J: no such command, help lists them\n"},
        BadLine{"list a b", "error: list: must be list [PREFIX], got \"list a b\"\n"},
        BadLine{"kick", "error: kick: must be kick NAME [REASON...], got \"kick\"\n"},
        BadLine{"kick bob", "error: kick: no such member \"bob\"\n"},
        BadLine{"kick b\x01", "error: kick: no such member \"b\\x01\"\n"},
        BadLine{"ban", "error: ban: must be ban ADDRESS[/BITS] [DURATION], got \"ban\"\n"},
        BadLine{"ban 10.0.0.1 1h 2h",
                "error: ban: must be ban ADDRESS[/BITS] [DURATION], got \"ban 10.0.0.1 1h 2h\"\n"},
        BadLine{"ban 10.0.0.1 soon",
                "error: ban: the duration must be 1s or longer, like 30s, 10m or 24h, got "
                "\"soon\"\n"},
        BadLine{"ban 10.0.0.1 -1h",
                "error: ban: the duration must be 1s or longer, like 30s, 10m or 24h, got "
                "\"-1h\"\n"},
        BadLine{"bans all", "error: bans: must be bans, got \"bans all\"\n"},
        BadLine{"stats x", "error: stats: must be stats, got \"stats x\"\n"},
        BadLine{"log", "error: log: must be log LEVEL, got \"log\"\n"},
        BadLine{"drain 0s",
                "error: drain: the duration must be 1s or longer, like 30s, 10m or 24h, got "
                "\"0s\"\n"}));

TEST_F(AdminCommandsTest, BadNetworkIsAnsweredWithItsForm) {
  for (const char* const line : {"ban bob", "ban 10.0.0.1/8", "ban 10.0.0.0/33", "unban x/y"}) {
    EXPECT_THAT(Run(line), ContainsRegex("^error: (un)?ban: .*, got \".+\"\n$")) << line;
  }
}

// Both members have connection 1 of their server.
TEST(SharedRoomCommands, MembersOfAnotherServerAreListedButNotKicked) {
  sim::VirtualScheduler scheduler({});
  sim::SimNetwork network(scheduler, {});
  sim::SimLog log(scheduler, {});
  const Endpoint here{"here", 9994};
  const Endpoint there{"there", 9994};
  ChatServer own(network.host("here"), scheduler, {}, log.AddServer(ServerNumber{1}));
  ChatServer other(network.host("there"), scheduler, {}, log.AddServer(ServerNumber{2}));
  AdminCommands commands(own, scheduler, {});
  ASSERT_TRUE(own.Listen(here).ok());
  ASSERT_TRUE(other.Listen(there).ok());
  RawPeer alice(network.host("alice"), here);
  alice.Send(RawRequest("ADD", "Alice"));
  RawPeer mallory(network.host("mallory"), there);
  mallory.Send(RawRequest("ADD", "Mallory"));
  scheduler.RunFor(absl::Seconds(1));

  const std::string list = commands.Run("list");
  EXPECT_THAT(list, HasSubstr("members: 2 of 2\n"));
  EXPECT_THAT(list, ContainsRegex("Mallory +- +- +0 +0\n"));
  EXPECT_EQ(commands.Run("kick mallory"),
            "error: kick: Mallory is a member of another server of this room, kick it there\n");
  scheduler.RunFor(absl::Seconds(1));
  EXPECT_FALSE(alice.ended());
  EXPECT_EQ(commands.Run("kick alice"), "kicked Alice\n");
  scheduler.RunFor(absl::Seconds(1));
  EXPECT_TRUE(alice.ended());
  EXPECT_EQ(mallory.entities().back(), "Alice has just left the chat room...\n");
}

// One program with two servers of the room.
class SharedProgramCommands : public ::testing::Test {
 protected:
  SharedProgramCommands()
      : own_(network_.host("here"), scheduler_, WithoutExemptions(),
             log_.AddServer(ServerNumber{1})),
        other_(network_.host("there"), scheduler_, WithoutExemptions(),
               log_.AddServer(ServerNumber{2})) {
    EXPECT_TRUE(own_.Listen({"here", 9994}).ok());
    EXPECT_TRUE(other_.Listen({"there", 9994}).ok());
    Join("Alice", "here");
    Join("Mallory", "there");
    Join("Bob", "here");
  }

  static ServerOptions WithoutExemptions() {
    ServerOptions options;
    options.exempt = {};
    return options;
  }

  void Join(const std::string& name, const std::string& host) {
    peers_[name] = std::make_unique<RawPeer>(network_.host(name), Endpoint{host, 9994});
    peers_[name]->Send(RawRequest("ADD", name));
    RunAWhile();
  }
  void RunAWhile() { scheduler_.RunFor(absl::Milliseconds(1'100)); }

  sim::VirtualScheduler scheduler_{{}};
  sim::SimNetwork network_{scheduler_, {}};
  sim::SimLog log_{scheduler_, {}};
  ChatServer own_;
  ChatServer other_;
  ConnectionTable other_connections_{other_, scheduler_};
  int runs_ = 0;
  int stops_ = 0;
  AdminCommands commands_{
      own_,
      scheduler_,
      {.stop = [this] { ++stops_; }},
      {{.server = other_, .connections = other_connections_, .run = [this](auto run) {
          ++runs_;
          run();
        }}}};
  std::map<std::string, std::unique_ptr<RawPeer>> peers_;
};

TEST_F(SharedProgramCommands, ListsAllMembersWithTheirAddressesInOrderOfLogin) {
  const std::string list = commands_.Run("list");
  EXPECT_THAT(list, ContainsRegex("members: 3 of 3\nNAME .*\nAlice +10[.].*\nMallory +10[.].*\n"
                                  "Bob +10[.]"));
  EXPECT_GT(runs_, 0);
  EXPECT_THAT(commands_.Run("list m"), ContainsRegex("members: 1 of 3\nNAME .*\nMallory +10[.]"));
}

TEST_F(SharedProgramCommands, KicksAndBansMembersOfEachServer) {
  EXPECT_EQ(commands_.Run("kick mallory"), "kicked Mallory\n");
  EXPECT_EQ(commands_.Run("kick mallory"), "error: kick: Mallory is leaving already\n");
  RunAWhile();
  EXPECT_TRUE(peers_["Mallory"]->ended());
  Join("Mallory", "there");
  EXPECT_EQ(commands_.Run("ban 10.0.0.0/8"), "banned 10.0.0.0/8 until it is lifted\n");
  RunAWhile();
  for (const auto& [name, peer] : peers_) EXPECT_TRUE(peer->ended()) << name;
  EXPECT_EQ(commands_.Run("bans"), "bans: 1\n10.0.0.0/8 until it is lifted\n");
  EXPECT_EQ(commands_.Run("unban 10.0.0.0/8"), "unbanned 10.0.0.0/8\n");
  Join("Mallory", "there");
  EXPECT_FALSE(peers_["Mallory"]->ended());
}

TEST_F(SharedProgramCommands, StatsAddUpButMembersAndBroadcastsAreThoseOfTheRoom) {
  const std::string stats = commands_.Run("stats");
  EXPECT_THAT(stats, HasSubstr("connections 3\nmembers 3\n"));
  EXPECT_THAT(stats, HasSubstr("\nlogins 3\n"));
  EXPECT_THAT(stats, HasSubstr("\nbroadcasts_entered 3\n"));
}

TEST_F(SharedProgramCommands, ADrainWaitsForTheConnectionsOfAllServers) {
  EXPECT_EQ(commands_.Run("drain"), "draining, connections left: 3\n");
  EXPECT_TRUE(other_.endpoints().empty());
  peers_["Alice"]->ShutdownWrite();
  peers_["Bob"]->ShutdownWrite();
  RunAWhile();
  EXPECT_EQ(stops_, 0);
  peers_["Mallory"]->ShutdownWrite();
  RunAWhile();
  EXPECT_EQ(stops_, 1);
}

}  // namespace
}  // namespace chathttp
