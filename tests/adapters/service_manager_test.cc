#include "chathttp/adapters/service_manager.h"

#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <string>

#include "absl/strings/numbers.h"
#include "gmock/gmock.h"
#include "tests/adapters/loop_test.h"
#include "tests/adapters/notify_socket.h"

namespace chathttp::posix {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class ServiceManagerTest : public LoopTest {
 protected:
  ~ServiceManagerTest() override {
    for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) unsetenv(name);
  }

  static void Set(const char* name, const std::string& value) { setenv(name, value.c_str(), 1); }

  NotifySocket socket_;
};

TEST_F(ServiceManagerTest, EachStateIsANotificationWithAStatus) {
  Set("NOTIFY_SOCKET", socket_.address());
  ServiceManager manager(loop());
  manager.Ready("listening on 127.0.0.1:9994");
  EXPECT_EQ(socket_.Receive(), "READY=1\nSTATUS=listening on 127.0.0.1:9994");
  manager.Status("brake");
  EXPECT_EQ(socket_.Receive(), "STATUS=brake");
  manager.Stopping("stopping");
  EXPECT_EQ(socket_.Receive(), "STOPPING=1\nSTATUS=stopping");
}

TEST_F(ServiceManagerTest, ReloadingTellsItsTime) {
  Set("NOTIFY_SOCKET", socket_.address());
  ServiceManager manager(loop());
  timespec before{};
  clock_gettime(CLOCK_MONOTONIC, &before);
  manager.Reloading("reading the flags");
  const std::string text = socket_.Receive();
  const std::string start = "RELOADING=1\nMONOTONIC_USEC=";
  ASSERT_THAT(text, StartsWith(start));
  EXPECT_THAT(text, HasSubstr("\nSTATUS=reading the flags"));
  const long long at = std::atoll(text.c_str() + start.size());
  const auto from = absl::ToInt64Microseconds(absl::DurationFromTimespec(before));
  EXPECT_GE(at, from);
  EXPECT_LE(at, from + 20'000'000);
}

TEST_F(ServiceManagerTest, AStatusCannotForgeAState) {
  Set("NOTIFY_SOCKET", socket_.address());
  ServiceManager(loop()).Status("a\nSTOPPING=1");
  EXPECT_EQ(socket_.Receive(), "STATUS=a\\x0aSTOPPING=1");
}

TEST_F(ServiceManagerTest, TheSocketMayHaveAPath) {
  NotifySocket with_path(NotifySocket::Kind::kPath);
  Set("NOTIFY_SOCKET", with_path.address());
  ServiceManager(loop()).Ready("here");
  EXPECT_EQ(with_path.Receive(), "READY=1\nSTATUS=here");
}

TEST_F(ServiceManagerTest, ChildrenDoNotInheritTheVariables) {
  Set("NOTIFY_SOCKET", socket_.address());
  Set("WATCHDOG_USEC", "1000000");
  Set("WATCHDOG_PID", std::to_string(getpid()));
  const ServiceManager manager(loop());
  for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) {
    EXPECT_EQ(std::getenv(name), nullptr) << name;
  }
}

TEST_F(ServiceManagerTest, NothingHappensWithoutAManagerOrIfItIsGone) {
  ServiceManager(loop()).Ready("nobody");
  const std::string too_long(200, '/');
  for (const char* address :
       {"", "@", "vsock:2:9", "relative", "/nonexistent/notify", too_long.c_str()}) {
    Set("NOTIFY_SOCKET", address);
    Set("WATCHDOG_USEC", "1000");
    ServiceManager(loop()).Ready("nobody");
  }
}

TEST_F(ServiceManagerTest, ASignOfLifeIsSentInEachHalfOfTheLimit) {
  Set("NOTIFY_SOCKET", socket_.address());
  Set("WATCHDOG_USEC", "40000");
  const ServiceManager manager(loop());
  const absl::Time start = loop().Now();
  std::string signs;
  ASSERT_TRUE(RunUntil([&] {
    signs += socket_.Receive(0);
    return signs == "WATCHDOG=1WATCHDOG=1WATCHDOG=1";
  })) << signs;
  EXPECT_GE(loop().Now() - start, absl::Milliseconds(60));
}

TEST_F(ServiceManagerTest, NoSignOfLifeIsSentThatIsNotWanted) {
  for (const char* limit : {"", "0", "1", "-5", "soon"}) {
    Set("NOTIFY_SOCKET", socket_.address());
    Set("WATCHDOG_USEC", limit);
    const ServiceManager manager(loop());
    EXPECT_EQ(loop().next_due(), absl::InfiniteFuture()) << limit;
  }
  Set("NOTIFY_SOCKET", socket_.address());
  Set("WATCHDOG_USEC", "2000");
  Set("WATCHDOG_PID", "1");  // another process is watched
  const ServiceManager manager(loop());
  EXPECT_EQ(loop().next_due(), absl::InfiniteFuture());
}

}  // namespace
}  // namespace chathttp::posix
