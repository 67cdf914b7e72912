#include "apps/client/login_file.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp {
namespace {

const Endpoint kServer = {"127.0.0.1", 9994};
const KeptLogin kLogin = {.name = "Alice",
                          .token = "0123456789abcdef0123456789abcdef",
                          .seconds = 120,
                          .first = {7, 100},
                          .last = {8, 222},
                          .saved = absl::FromUnixSeconds(1'796'049'300)};

TEST(LoginFile, NameTellsServerAndUserInAnyCase) {
  EXPECT_EQ(LoginFileName(kServer, "Alice"), "alice@127.0.0.1%3A9994");
  EXPECT_EQ(LoginFileName(kServer, "aLICE"), "alice@127.0.0.1%3A9994");
  EXPECT_NE(LoginFileName({"127.0.0.1", 9995}, "Alice"), LoginFileName(kServer, "Alice"));
  EXPECT_EQ(LoginFileName({"unix:/run/../chat.sock", 0}, "a.b").find('/'), std::string::npos);
  EXPECT_EQ(LoginFileName({"unix:/" + std::string(100, '/'), 0}, "Alice"), "");
}

TEST(LoginFile, IsReadAsItWasWritten) { EXPECT_EQ(ParseLogin(FormatLogin(kLogin)), kLogin); }

TEST(LoginFile, AnythingElseIsNone) {
  const std::string good = FormatLogin(kLogin);
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(ParseLogin(good.substr(0, size))) << size;
  }
  EXPECT_FALSE(ParseLogin(good + "more\n"));
  for (const std::string part : {"session 1", "Alice", "0123", "120", "7.100", "8.222", "1796"}) {
    std::string bad = good;
    bad.replace(bad.find(part), part.size(), "?");
    EXPECT_FALSE(ParseLogin(bad)) << bad;
  }
}

class LoginFilesTest : public ::testing::Test {
 protected:
  LoginFilesTest() {
    std::string pattern = ::testing::TempDir() + "/logins_XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~LoginFilesTest() override { std::filesystem::remove_all(folder_); }

  std::string path() const { return folder_ + "/state/sessions/alice@127.0.0.1%3A9994"; }
  LoginStore Files() const { return LoginFiles(folder_ + "/state"); }

  std::string folder_;
};

TEST_F(LoginFilesTest, NextProgramFindsTheLogin) {
  {
    LoginStore store = Files();
    EXPECT_FALSE(store.open(kServer, "Alice"));
    store.keep(kLogin);
  }
  EXPECT_EQ(Files().open(kServer, "alice"), kLogin);
  EXPECT_FALSE(Files().open({"127.0.0.1", 1}, "Alice"));
}

TEST_F(LoginFilesTest, ForgottenLoginLeavesNoFile) {
  {
    LoginStore store = Files();
    store.open(kServer, "Alice");
    store.keep(kLogin);
    EXPECT_TRUE(std::filesystem::exists(path()));
    store.forget();
  }
  EXPECT_FALSE(std::filesystem::exists(path()));
}

// The second one neither takes the session nor changes the file.
TEST_F(LoginFilesTest, TwoProgramsDoNotShareALogin) {
  LoginStore first = Files();
  first.open(kServer, "Alice");
  first.keep(kLogin);
  LoginStore second = Files();
  EXPECT_FALSE(second.open(kServer, "Alice"));
  KeptLogin other = kLogin;
  other.seconds = 5;
  second.keep(other);
  second.forget();
  first = {};
  second = {};
  EXPECT_EQ(Files().open(kServer, "Alice"), kLogin);
}

TEST_F(LoginFilesTest, FilesThatCannotBeUsedAreNone) {
  for (LoginStore store : {LoginFiles("/dev/null/state")}) {
    EXPECT_FALSE(store.open(kServer, "Alice"));
    store.keep(kLogin);
    store.forget();
  }
  EXPECT_FALSE(LoginFiles("").open);
  std::filesystem::create_directories(folder_ + "/state/sessions");
  std::ofstream(path()) << FormatLogin(kLogin);
  std::filesystem::permissions(path(), std::filesystem::perms(0644));
  EXPECT_FALSE(Files().open(kServer, "Alice")) << "others may have read it";
  std::filesystem::permissions(path(), std::filesystem::perms(0600));
  EXPECT_TRUE(Files().open(kServer, "Alice"));
}

}  // namespace
}  // namespace chathttp
