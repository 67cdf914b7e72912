// The real server with a room that an engine keeps for several servers: a Redis in this process.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "chathttp/adapters/event_loop.h"
#include "chathttp/adapters/posix_network.h"
#include "tests/adapters/redis/fake_redis.h"
#include "tests/apps/programs.h"
#include "tests/apps/wire.h"
#include "tests/apps/wire_peer.h"

namespace chathttp {
namespace {

using testing::ContainsRegex;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

// A Redis on a thread of its own.
class FakeEngine {
 public:
  explicit FakeEngine(std::string password = "")
      : thread_([this, password] { Run(password); }), endpoint_(listening_.get_future().get()) {}
  ~FakeEngine() {
    Do([this](redis::FakeRedis&) { loop_->Stop(); });
    thread_.join();
  }

  std::string url() const { return absl::StrCat("redis://", ToString(endpoint_), "/lobby"); }

  // Runs `task` with the Redis on its thread, and waits for its end.
  void Do(const std::function<void(redis::FakeRedis&)>& task) {
    std::promise<void> done;
    loop_->mailbox()->Post([&] {
      task(*redis_);
      done.set_value();
    });
    done.get_future().wait();
  }

 private:
  void Run(const std::string& password) {
    const std::unique_ptr<posix::EventLoop> loop = *posix::EventLoop::Create();
    posix::PosixNetwork network(*loop);
    redis::FakeRedis redis(network, *loop, {"127.0.0.1", 0}, password);
    loop_ = loop.get();
    redis_ = &redis;
    listening_.set_value(redis.endpoint());
    loop->Run();
  }

  posix::EventLoop* loop_ = nullptr;
  redis::FakeRedis* redis_ = nullptr;
  std::promise<Endpoint> listening_;
  std::thread thread_;
  const Endpoint endpoint_;
};

class EngineTest : public testing::Test {
 protected:
  EngineTest() {
    std::string pattern = testing::TempDir() + "/engine_XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~EngineTest() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  std::string log_flag() const { return "--log=" + engine_.url(); }

  std::string Admin(const std::string& socket, const std::string& command) const {
    Process admin({CHATHTTP_CHAT_ADMIN, "--admin=" + path(socket), command});
    EXPECT_GE(admin.Wait(), 0);
    return admin.out() + admin.err();
  }

  FakeEngine engine_;
  std::string folder_;
};

TEST_F(EngineTest, TwoServersAreOneRoom) {
  const ServerProcess first({log_flag(), "--create", "--admin=" + path("first")});
  ServerProcess second({log_flag(), "--admin=" + path("second")});
  WirePeer alice = Join(first.port(), "Alice");
  WirePeer bob = Join(second.port(), "Bob");
  EXPECT_EQ(alice.Receive().entity, Entered("Bob"));
  bob.Send(MakeRequest("POST", "Bob", "hello\n"));
  const Received heard = alice.Receive();
  EXPECT_EQ(heard.entity, MessageFrom("Bob", "hello"));
  EXPECT_EQ(bob.Receive().bytes, heard.bytes);

  WirePeer impostor(second.port());
  EXPECT_EQ(impostor.Receive().code, 202);
  impostor.Send(MakeRequest("ADD", "alice", ""));
  EXPECT_EQ(impostor.Receive().code, 401);
  EXPECT_THAT(Admin("second", "list"), StartsWith("members: 2 of 2\n"));
  EXPECT_THAT(Admin("second", "servers"),
              ContainsRegex("servers: 2\nNUMBER .*\n1 +[^ ]+/[0-9]+ +[0-9.]+\n"
                            "2 +[^ ]+/[0-9]+ +this server\n"));

  second.Kill(SIGTERM);
  EXPECT_EQ(bob.Receive().entity, "Server is shutting down");
  bob.Close();
  EXPECT_EQ(alice.Receive().entity, Left("Bob"));
  EXPECT_EQ(second.Wait(), 0) << second.err();
  EXPECT_TRUE(alice.StaysSilent(100));
}

TEST_F(EngineTest, WhileTheEngineIsSilentTextsWaitAndTheServerIsNotReady) {
  ServerProcess server({log_flag(), "--create", "--metrics=127.0.0.1:0"});
  ASSERT_TRUE(server.Expect("answering metrics on 127.0.0.1:") && server.Expect("\n"));
  const std::string out = server.out();
  const auto metrics =
      static_cast<std::uint16_t>(std::atoi(out.substr(out.rfind(':') + 1).c_str()));
  const auto get = [&](const std::string& path) {
    WirePeer peer(metrics);
    peer.Send("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    return peer.ReceiveAll();
  };
  EXPECT_THAT(get("/ready"), EndsWith("\r\n\r\nready\n"));
  EXPECT_THAT(get("/metrics"), HasSubstr("\nchathttp_engine_reachable 1\n"));
  WirePeer alice = Join(server.port(), "Alice");
  engine_.Do([](redis::FakeRedis& redis) { redis.Stall(); });
  alice.Send(MakeRequest("POST", "Alice", "waits\n"));
  std::string ready = get("/ready");
  for (int i = 0; i < 300 && !ready.ends_with("waiting for the engine\n"); ++i) {
    EXPECT_TRUE(alice.StaysSilent(50));
    ready = get("/ready");
  }
  EXPECT_THAT(ready, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(get("/metrics"), HasSubstr("\nchathttp_engine_reachable 0\n"));
  EXPECT_THAT(get("/health"), StartsWith("HTTP/1.1 200 "));
  engine_.Do([](redis::FakeRedis& redis) { redis.Go(); });
  EXPECT_EQ(alice.Receive().entity, MessageFrom("Alice", "waits"));
}

TEST_F(EngineTest, AServerThatWaitsForTheEngineCanBeStopped) {
  engine_.Do([](redis::FakeRedis& redis) { redis.Stall(); });
  Process server(ServerCommand({log_flag(), "--create", "--admin=" + path("admin")}));
  for (int i = 0; i < 200 && !std::filesystem::exists(path("admin")); ++i) usleep(10'000);
  EXPECT_EQ(server.out(), "");
  server.Kill(SIGTERM);
  EXPECT_EQ(server.Wait(), 0) << server.err();
}

TEST_F(EngineTest, WhenTheLogIsGoneMembersAreToldAndTheServerFails) {
  ServerProcess server({log_flag(), "--create"});
  WirePeer alice = Join(server.port(), "Alice");
  engine_.Do([](redis::FakeRedis& redis) { redis.DeleteKey("{lobby}:log"); });
  alice.Send(MakeRequest("POST", "Alice", "lost\n"));
  EXPECT_EQ(alice.Receive().entity, "Server is shutting down");
  alice.Close();
  EXPECT_EQ(server.Wait(), 1);
  EXPECT_THAT(server.err(), HasSubstr("--create"));
}

TEST_F(EngineTest, AServerWithOtherLimitsThanAnEarlierOneEnds) {
  ServerProcess first({log_flag(), "--create", "--max_members=10"});
  const WirePeer alice = Join(first.port(), "Alice");
  ServerProcess second({log_flag(), "--max_members=2"});
  EXPECT_EQ(second.Wait(), 1);
  EXPECT_THAT(second.err(),
              HasSubstr("has max_members=10 and max_text_bytes=4096, this one has 2"));
  first.Kill(SIGKILL);
  EXPECT_NE(first.Wait(), 0);
  // The first one says nothing any more, so others may have other limits.
  const ServerProcess third({log_flag(), "--max_members=2"});
  Join(third.port(), "Carol");
}

TEST_F(EngineTest, WithoutALogTheServerFailsAndSaysWhatToDo) {
  Process server(ServerCommand({log_flag()}));
  EXPECT_EQ(server.Wait(), 1);
  EXPECT_THAT(server.err(), HasSubstr("room is gone: start one server with --create"));
  EXPECT_EQ(server.out(), "");
}

TEST_F(EngineTest, AKeyOfAnotherTypeIsAUsageError) {
  engine_.Do([](redis::FakeRedis& redis) { redis.SetText("{lobby}:log"); });
  Process server(ServerCommand({log_flag(), "--create"}));
  EXPECT_EQ(server.Wait(), 2);
  EXPECT_THAT(server.err(), HasSubstr("WRONGTYPE"));
}

TEST(EngineWithPassword, IsToldTheFirstLineOfTheFile) {
  const FakeEngine engine("secret");
  const std::string file = testing::TempDir() + "/password_" + std::to_string(getpid());
  const auto command = [&](const std::string& password) {
    std::ofstream(file) << password << "\n";
    return std::vector<std::string>{"--log=" + engine.url(), "--create",
                                    "--log_password_file=" + file};
  };
  {
    Process wrong(ServerCommand(command("guess")));
    EXPECT_EQ(wrong.Wait(), 2);
    EXPECT_THAT(wrong.err(), HasSubstr("WRONGPASS"));
    EXPECT_THAT(wrong.err(), testing::Not(HasSubstr("guess")));
  }
  {
    Process none(ServerCommand({"--log=" + engine.url(), "--create"}));
    EXPECT_EQ(none.Wait(), 2);
    EXPECT_THAT(none.err(), HasSubstr("NOAUTH"));
  }
  const ServerProcess right(command("secret"));
  Join(right.port(), "Alice");
  std::filesystem::remove(file);
}

class BadEngineFlags : public testing::TestWithParam<Case> {};

TEST_P(BadEngineFlags, IsOneLineAndAUsageError) {
  Process server(ServerCommand(GetParam().given));
  EXPECT_EQ(server.Wait(), 2);
  EXPECT_TRUE(IsOneLine(server.err())) << server.err();
  EXPECT_THAT(server.err(), HasSubstr(GetParam().words));
}

INSTANTIATE_TEST_SUITE_P(
    Flags, BadEngineFlags,
    testing::Values(
        Case{"NoUrl", {"--log=lobby"}, "--log: "},
        Case{"CreateAlone", {"--create"}, "--create needs --log=redis://HOST/ROOM"},
        Case{"PasswordAlone", {"--log_password_file=x"}, "needs --log=redis://HOST/ROOM"},
        Case{"NoPassword",
             {"--log=redis://127.0.0.1/lobby", "--log_password_file=/nowhere"},
             "--log_password_file: the file must be readable"},
        Case{"Threads",
             {"--log=redis://127.0.0.1/lobby", "--threads=2"},
             "--threads must be 1 with --log, got 2: start one chat_server for each processor"}),
    NameOfCase);

}  // namespace
}  // namespace chathttp
