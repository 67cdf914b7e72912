// The real server with several threads: one room, one log, one operator.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/apps/programs.h"
#include "tests/apps/wire.h"
#include "tests/apps/wire_peer.h"
#include "tests/transport/proxy/headers.h"

namespace chathttp {
namespace {

using testing::ContainsRegex;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr int kThreads = 3;
constexpr int kMembers = 9;  // as many for each thread

class ThreadsTest : public testing::Test {
 protected:
  ThreadsTest() {
    std::string pattern = testing::TempDir() + "/threads_XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~ThreadsTest() override { std::filesystem::remove_all(folder_); }

  std::vector<std::string> Flags(std::vector<std::string> others = {}) const {
    others.push_back(absl::StrCat("--threads=", kThreads));
    others.push_back("--admin=" + folder_ + "/admin");
    return others;
  }

  static std::string Name(int member) { return absl::StrCat("user", member); }

  // Logs kMembers members in; then each has got the notices of the later ones.
  static std::vector<WirePeer> JoinAll(std::uint16_t port) {
    std::vector<WirePeer> members;
    for (int i = 0; i < kMembers; ++i) {
      members.push_back(Join(port, Name(i)));
      for (int earlier = 0; earlier < i; ++earlier) {
        EXPECT_EQ(members[static_cast<std::size_t>(earlier)].Receive().entity, Entered(Name(i)));
      }
    }
    return members;
  }

  // What chat_admin prints.
  std::string Admin(const std::string& command) const {
    std::vector<std::string> words = {CHATHTTP_CHAT_ADMIN, "--admin=" + folder_ + "/admin"};
    std::istringstream line(command);
    for (std::string word; line >> word;) words.push_back(word);
    Process admin(words);
    EXPECT_GE(admin.Wait(), 0);
    return admin.out() + admin.err();
  }

  static std::uint16_t PortForProxies(ServerProcess& server) {
    const std::string words = "listening for proxies on 127.0.0.1:";
    EXPECT_TRUE(server.Expect(words) && server.Expect("\n")) << server.out();
    return static_cast<std::uint16_t>(
        std::atoi(server.out().substr(server.out().find(words) + words.size()).c_str()));
  }

  std::string folder_;
};

TEST_F(ThreadsTest, EachThreadServesAsManyConnectionsAndTheirNumbersDiffer) {
  ServerProcess server(Flags());
  const std::vector<WirePeer> members = JoinAll(server.port());
  std::set<std::string> numbers;
  for (int i = 1; i <= kMembers; ++i) {
    // Each thread counts its own: so these are the numbers of three connections on each.
    ASSERT_TRUE(server.ExpectError(absl::StrCat("event=entered connection=", i, " name=")))
        << server.err();
  }
}

TEST_F(ThreadsTest, MembersOfAllThreadsHearOneOrder) {
  ServerProcess server(Flags());
  std::vector<WirePeer> members = JoinAll(server.port());
  constexpr int kTexts = 50;
  for (int i = 0; i < kMembers; ++i) {
    std::string requests;
    for (int text = 0; text < kTexts; ++text) {
      requests += MakeRequest("POST", Name(i), absl::StrCat(text, "\n"));
    }
    members[static_cast<std::size_t>(i)].Send(requests);
  }
  std::vector<std::string> first;
  for (WirePeer& member : members) {
    std::vector<std::string> heard;
    for (int text = 0; text < kMembers * kTexts; ++text) heard.push_back(member.Receive().bytes);
    if (first.empty()) first = heard;
    EXPECT_EQ(heard, first);
  }
  EXPECT_EQ(std::set<std::string>(first.begin(), first.end()).count(""), 0u);
}

TEST_F(ThreadsTest, ANameIsGivenOnceHoweverManyAskAtOnce) {
  ServerProcess server(Flags());
  std::vector<WirePeer> peers;
  for (int i = 0; i < kMembers; ++i) {
    peers.emplace_back(server.port());
    EXPECT_EQ(peers.back().Receive().code, 202);
  }
  for (WirePeer& peer : peers) peer.Send(MakeRequest("ADD", "Alice", ""));
  int accepted = 0;
  for (WirePeer& peer : peers) {
    const int code = peer.Receive().code;
    EXPECT_TRUE(code == 200 || code == 401) << code;
    accepted += code == 200 ? 1 : 0;
  }
  EXPECT_EQ(accepted, 1);
}

TEST_F(ThreadsTest, AStopTellsEachMemberOnceAndNobodyThatOthersLeave) {
  ServerProcess server(Flags());
  std::vector<WirePeer> members = JoinAll(server.port());
  server.Kill(SIGTERM);
  for (WirePeer& member : members) {
    EXPECT_EQ(member.Receive().entity, "Server is shutting down");
    EXPECT_EQ(member.Receive().entity, kEnd);
    member.Close();
  }
  EXPECT_EQ(server.Wait(), 0) << server.err();
}

TEST_F(ThreadsTest, ASecondSignalEndsAllAtOnce) {
  ServerProcess server(Flags({"--stop_limit=1h"}));
  std::vector<WirePeer> members = JoinAll(server.port());
  server.Kill(SIGTERM);
  EXPECT_EQ(members.back().Receive().entity, "Server is shutting down");
  server.Kill(SIGTERM);
  EXPECT_EQ(server.Wait(), 0) << server.err();
}

TEST_F(ThreadsTest, AnOperatorSeesAndKicksMembersOfAllThreads) {
  ServerProcess server(Flags());
  std::vector<WirePeer> members = JoinAll(server.port());
  const std::string list = Admin("list");
  EXPECT_THAT(list, StartsWith("members: 9 of 9\n"));
  for (int i = 0; i < kMembers; ++i) {
    EXPECT_THAT(list,
                ContainsRegex(Name(i) + " +127[.]0[.]0[.]1:[0-9]+ +[0-9]+ +[1-9][0-9]* +[1-9]"));
  }
  for (int kicked = 0; kicked < kThreads; ++kicked) {
    EXPECT_EQ(Admin("kick " + Name(kicked) + " go"), absl::StrCat("kicked ", Name(kicked), "\n"));
    EXPECT_EQ(members[static_cast<std::size_t>(kicked)].Receive().entity, "go");
    for (int other = kicked + 1; other < kMembers; ++other) {
      EXPECT_EQ(members[static_cast<std::size_t>(other)].Receive().entity, Left(Name(kicked)));
    }
  }
  EXPECT_THAT(Admin("stats"), HasSubstr("\nmembers 6\n"));
  EXPECT_THAT(Admin("stats"), HasSubstr("\nlogins 9\n"));
  EXPECT_THAT(Admin("stats"), HasSubstr("\nbroadcasts_left 3\n"));
}

TEST_F(ThreadsTest, LimitsOfAnAddressHoldForAllThreadsTogether) {
  ServerProcess server(Flags({"--exempt=", "--per_address=4"}));
  std::vector<WirePeer> peers;
  for (int i = 0; i < 4; ++i) {
    peers.emplace_back(server.port());
    EXPECT_EQ(peers.back().Receive().code, 202);
  }
  EXPECT_THAT(WirePeer(server.port()).Receive().entity, HasSubstr("at most 4, got 5"));
}

TEST_F(ThreadsTest, ABanEndsConnectionsOfAllThreadsAndRefusesOthers) {
  ServerProcess server(Flags({"--exempt="}));
  std::vector<WirePeer> members = JoinAll(server.port());
  EXPECT_THAT(Admin("ban 127.0.0.0/8"), StartsWith("banned"));
  for (WirePeer& member : members) EXPECT_THAT(member.ReceiveAll(), HasSubstr("banned"));
  for (int i = 0; i < kThreads; ++i) {
    EXPECT_THAT(WirePeer(server.port()).Receive().entity, HasSubstr("banned"));
  }
  EXPECT_THAT(Admin("unban 127.0.0.0/8"), StartsWith("unbanned"));
  for (int i = 0; i < kThreads; ++i) EXPECT_EQ(WirePeer(server.port()).Receive().code, 202);
}

TEST_F(ThreadsTest, AReloadHoldsForMembersOfAllThreads) {
  const std::string file = folder_ + "/flags";
  const auto write = [&](const std::string& flags) { std::ofstream(file) << flags; };
  write(absl::StrCat("--flood=off\n--threads=", kThreads, "\n"));
  ServerProcess server({"--exempt=", "--flagfile=" + file, "--admin=" + folder_ + "/admin"});
  std::vector<WirePeer> members = JoinAll(server.port());
  write("--flood=1/1\n--flood_limit=100ms\n--log_level=warning\n--threads=7\n");
  const std::string answer = Admin("reload");
  EXPECT_THAT(answer, StartsWith("changed: flood=1/1, flood_limit=100ms, log_level=warning\n"));
  EXPECT_THAT(answer, EndsWith("needs a restart: threads\n"));
  for (int talker = 0; talker < kThreads; ++talker) {
    WirePeer& member = members[static_cast<std::size_t>(talker)];
    for (int i = 0; i < 20; ++i) member.Send(MakeRequest("POST", Name(talker), "text\n"));
    EXPECT_THAT(member.ReceiveAll(), HasSubstr("Too fast: at most 1 requests a second"));
  }
  EXPECT_THAT(server.err(), testing::Not(HasSubstr("event=closed")));
}

TEST_F(ThreadsTest, AMemberBehindAProxyIsServedByEachThread) {
  ServerProcess server(Flags({"--proxy_listen=127.0.0.1:0", "--proxy_from=127.0.0.1"}));
  const std::uint16_t port = PortForProxies(server);
  std::vector<WirePeer> members;
  for (int i = 0; i < kThreads; ++i) {
    members.emplace_back(port);
    members.back().Send(absl::StrCat("PROXY TCP4 192.0.2.", i + 1, " 192.0.2.99 1000 9994\r\n"));
    EXPECT_EQ(members.back().Receive().code, 202);
    members.back().Send(MakeRequest("ADD", Name(i), ""));
    EXPECT_EQ(members.back().Receive().code, 200);
  }
  const std::string list = Admin("list");
  for (int i = 0; i < kThreads; ++i) {
    EXPECT_THAT(list, ContainsRegex(absl::StrCat(Name(i), " +192[.]0[.]2[.]", i + 1, ":1000 ")));
  }
}

TEST_F(ThreadsTest, ConnectionsThatWaitForAProxyHeaderAreSpread) {
  ServerProcess server(Flags({"--proxy_listen=127.0.0.1:0", "--proxy_from=127.0.0.1"}));
  const std::uint16_t port = PortForProxies(server);
  std::vector<WirePeer> members;
  for (int i = 0; i < kMembers; ++i) members.emplace_back(port);
  for (int i = 0; i < kMembers; ++i) {
    WirePeer& member = members[static_cast<std::size_t>(i)];
    member.Send(absl::StrCat("PROXY TCP4 192.0.2.", i + 1, " 192.0.2.99 1000 9994\r\n"));
    EXPECT_EQ(member.Receive().code, 202);
  }
  // As many for each thread: see above.
  for (int i = 1; i <= kMembers; ++i) {
    ASSERT_TRUE(server.ExpectError(absl::StrCat("event=accepted connection=", i, " peer=")))
        << server.err();
  }
}

TEST_F(ThreadsTest, ADrainEndsWithTheLastConnectionOfAllThreads) {
  ServerProcess server(Flags());
  std::vector<WirePeer> members = JoinAll(server.port());
  EXPECT_EQ(Admin("drain 1h"), "draining, connections left: 9, stops after 1h\n");
  for (WirePeer& member : members) member.Close();
  EXPECT_EQ(server.Wait(), 0) << server.err();
}

TEST(ThreadsFlag, AsManyAsProcessors) {
  ServerProcess server({"--threads=auto"});
  const WirePeer alice = Join(server.port(), "Alice");
  server.Kill(SIGTERM);
  EXPECT_EQ(server.Wait(), 0) << server.err();
}

class BadThreads : public testing::TestWithParam<Case> {};

TEST_P(BadThreads, IsOneLineAndAUsageError) {
  std::vector<std::string> command = ServerCommand(GetParam().given);
  Process server(command);
  EXPECT_EQ(server.Wait(), 2);
  EXPECT_TRUE(IsOneLine(server.err())) << server.err();
  EXPECT_THAT(server.err(), HasSubstr(GetParam().words));
}

INSTANTIATE_TEST_SUITE_P(
    Flags, BadThreads,
    testing::Values(Case{"None", {"--threads=0"}, "--threads must be auto, or from 1 to 64, got 0"},
                    Case{"TooMany", {"--threads=65"}, "from 1 to 64, got 65"},
                    Case{"NoNumber", {"--threads=many"}, "got many"},
                    Case{"MoreThanConnections",
                         {"--threads=4", "--max_connections=3"},
                         "--max_connections must be at least --threads, which is 4, got 3"}),
    NameOfCase);

}  // namespace
}  // namespace chathttp
