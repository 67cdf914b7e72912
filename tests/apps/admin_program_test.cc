// chat_admin and the admin socket of the real server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/apps/programs.h"
#include "tests/apps/wire.h"
#include "tests/apps/wire_peer.h"

namespace chathttp {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::StartsWith;

class AdminProgram : public testing::Test {
 protected:
  AdminProgram() {
    std::string pattern = testing::TempDir() + "/admin_XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~AdminProgram() override { std::filesystem::remove_all(folder_); }

  std::string path() const { return folder_ + "/admin.sock"; }
  std::string flag() const { return "--admin=" + path(); }

  // Runs chat_admin with the words; what it prints is in out and err.
  int Admin(const std::vector<std::string>& words) {
    std::vector<std::string> command = {CHATHTTP_CHAT_ADMIN, flag()};
    command.insert(command.end(), words.begin(), words.end());
    Process admin(command);
    const int code = admin.Wait();
    out = admin.out();
    err = admin.err();
    return code;
  }

  std::string folder_;
  std::string out;
  std::string err;
};

TEST_F(AdminProgram, ListShowsNameAndAddress) {
  const ServerProcess server({flag()});
  const WirePeer alice = Join(server.port(), "Alice");
  const WirePeer bob = Join(server.port(), "Bob");
  EXPECT_EQ(Admin({"list"}), 0) << err;
  EXPECT_THAT(out, StartsWith("members: 2 of 2\n"));
  EXPECT_THAT(out, ContainsRegex("Alice +127\\.0\\.0\\.1:[0-9]+ +0 +[0-9]+ +[0-9]+\n"
                                 "Bob +127\\.0\\.0\\.1:"));
  EXPECT_EQ(Admin({"list", "b"}), 0) << err;
  EXPECT_THAT(out, StartsWith("members: 1 of 2\n"));
}

TEST_F(AdminProgram, RoomSeesAKickedMemberLeave) {
  ServerProcess server({flag()});
  WirePeer alice = Join(server.port(), "Alice");
  WirePeer bob = Join(server.port(), "Bob");
  EXPECT_EQ(alice.Receive().entity, Entered("Bob"));
  EXPECT_EQ(Admin({"kick", "bob", "too", "loud"}), 0) << err;
  EXPECT_EQ(out, "kicked Bob\n");
  EXPECT_EQ(alice.Receive().entity, Left("Bob"));
  EXPECT_EQ(bob.Receive().entity, "too loud");
  EXPECT_TRUE(server.ExpectError("event=admin command=\"kick bob too loud\"\n")) << server.err();
}

TEST_F(AdminProgram, BanEndsAndRefusesConnectionsUntilItIsLifted) {
  const ServerProcess server({flag(), "--exempt="});
  WirePeer alice = Join(server.port(), "Alice");
  EXPECT_EQ(Admin({"ban", "127.0.0.0/8", "1h"}), 0) << err;
  EXPECT_EQ(out, "banned 127.0.0.0/8 for 1h\n");
  EXPECT_EQ(alice.Receive().code, 500);
  EXPECT_EQ(WirePeer(server.port()).Receive().code, 500);
  EXPECT_EQ(Admin({"unban", "127.0.0.0/8"}), 0) << err;
  Join(server.port(), "Alice");
}

TEST_F(AdminProgram, LogLevelIsChanged) {
  ServerProcess server({flag(), "--log_level=warning"});
  EXPECT_EQ(Admin({"log", "info"}), 0) << err;
  Join(server.port(), "Alice");
  EXPECT_TRUE(server.ExpectError("event=entered connection=1 name=Alice\n"));
  EXPECT_EQ(Admin({"log", "loud"}), 1);
  EXPECT_EQ(err, "chat_admin: error: log: must be debug, info, warning or error, got \"loud\"\n");
}

TEST_F(AdminProgram, ReloadSaysWhatHasChangedOrWhatIsWrong) {
  const std::string file = folder_ + "/flags";
  std::ofstream(file) << "--flood=2/10\n";
  const ServerProcess server({flag(), "--flagfile=" + file});
  std::ofstream(file) << "--flood=5/20\n";
  EXPECT_EQ(Admin({"reload"}), 0) << err;
  EXPECT_EQ(out, "changed: flood=5/20\n");
  std::ofstream(file) << "--flood=fast\n";
  EXPECT_EQ(Admin({"reload"}), 1);
  EXPECT_THAT(err, StartsWith("chat_admin: error: reload: " + file + ":1: --flood"));
  EXPECT_TRUE(IsOneLine(err)) << err;
}

TEST_F(AdminProgram, DrainedServerEndsWithItsLastConnection) {
  ServerProcess server({flag()});
  WirePeer alice = Join(server.port(), "Alice");
  EXPECT_EQ(Admin({"drain", "1h"}), 0) << err;
  EXPECT_EQ(out, "draining, connections left: 1, stops after 1h\n");
  EXPECT_TRUE(alice.StaysSilent(100));
  alice.Close();
  EXPECT_EQ(server.Wait(), 0) << server.err();
  EXPECT_FALSE(std::filesystem::exists(path()));
}

TEST_F(AdminProgram, EmptyServerAnswersADrainAndEnds) {
  ServerProcess server({flag()});
  EXPECT_EQ(Admin({"drain"}), 0) << err;
  EXPECT_EQ(server.Wait(), 0) << server.err();
}

TEST_F(AdminProgram, ErrorsAreOnStandardErrorAndOne) {
  const ServerProcess server({flag()});
  EXPECT_EQ(Admin({"kick", "bob"}), 1);
  EXPECT_EQ(out, "");
  EXPECT_EQ(err, "chat_admin: error: kick: no such member \"bob\"\n");
}

TEST_F(AdminProgram, MissingServerIsAnErrorThatSaysWhatToDo) {
  EXPECT_EQ(Admin({"list"}), 1);
  EXPECT_EQ(err, "chat_admin: no answer at " + path() +
                     ": no such file or directory; is chat_server running with " + flag() +
                     ", and are you its user?\n");
}

TEST_F(AdminProgram, SocketOfAKilledServerIsReplaced) {
  ServerProcess first({flag()});
  first.Kill(SIGKILL);
  EXPECT_EQ(first.Wait(), 128 + SIGKILL);
  EXPECT_TRUE(std::filesystem::exists(path()));
  const ServerProcess second({flag()});
  EXPECT_EQ(Admin({"list"}), 0) << err;
}

TEST_F(AdminProgram, SecondServerAtThePathEndsWithOneAndLeavesTheFirst) {
  const ServerProcess first({flag()});
  Process second(ServerCommand({flag(), "--log_level=error"}));
  EXPECT_EQ(second.Wait(), 1);
  EXPECT_EQ(second.err(), "chat_server: cannot listen on unix:" + path() + ": address in use\n");
  EXPECT_EQ(Admin({"list"}), 0) << err;
}

TEST_F(AdminProgram, SocketIsForItsOwnerOnly) {
  const ServerProcess server({flag()});
  struct stat file {};
  ASSERT_EQ(stat(path().c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777U, 0600U);
}

class BadAdminUsage : public testing::TestWithParam<Case> {};

TEST_P(BadAdminUsage, IsOneLineAndTwo) {
  std::vector<std::string> command = {CHATHTTP_CHAT_ADMIN};
  command.insert(command.end(), GetParam().given.begin(), GetParam().given.end());
  Process admin(command);
  EXPECT_EQ(admin.Wait(), 2);
  EXPECT_TRUE(IsOneLine(admin.err())) << admin.err();
  EXPECT_THAT(admin.err(), HasSubstr(GetParam().words));
  EXPECT_EQ(admin.out(), "");
}

INSTANTIATE_TEST_SUITE_P(
    Flags, BadAdminUsage,
    testing::Values(Case{"NoPath", {"list"}, "needs --admin=PATH"},
                    Case{"NoCommand", {"--admin=/x"}, "needs a command, such as list or help"},
                    Case{"TwoLines", {"--admin=/x", "kick", "a\nb"}, "a command is one line"},
                    Case{"LongLine",
                         {"--admin=/x", std::string(1025, 'x')},
                         "a command has at most 1024 bytes, got 1025"}),
    NameOfCase);

}  // namespace
}  // namespace chathttp
