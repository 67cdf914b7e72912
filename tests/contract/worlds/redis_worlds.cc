// RedisLog: over a Redis in memory on a simulated network, and over a real redis-server.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <deque>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "chathttp/adapters/event_loop.h"
#include "chathttp/adapters/posix_network.h"
#include "chathttp/adapters/redis/redis_log.h"
#include "chathttp/contract/log_contract.h"
#include "chathttp/sim/network/sim_network.h"
#include "gtest/gtest.h"
#include "tests/adapters/redis/fake_redis.h"
#include "tests/adapters/redis/redis_program.h"
#include "tests/contract/worlds/worlds.h"

namespace chathttp {
namespace {

redis::RedisLog::Options OptionsFor(const Endpoint& endpoint, const std::string& room,
                                    std::size_t server) {
  redis::RedisLog::Options options;
  options.room.endpoint = endpoint;
  options.room.room = room;
  options.server_name = absl::StrCat("server-", server);
  options.create = server == 1;
  options.random = [draws = std::make_shared<sim::DrawSequence>(server, sim::Purpose::kSession,
                                                                0)] { return draws->Bits(); };
  return options;
}

// Runs until the log has a number, which its server must take, as it must the epoch before.
template <typename World>
void AwaitNumber(World& world, redis::RedisLog& log) {
  const bool ready = world.Run(
      [&log] {
        for (Command command; log.Next(command);) EXPECT_EQ(command.kind, Command::Kind::kEpoch);
        return log.ready();
      },
      absl::Seconds(10));
  EXPECT_TRUE(ready) << "no number";
}

class FakeRedisWorld final : public RoomWorld {
 public:
  OrderedLog& AddServer() override {
    logs_.emplace_back(network_.host(absl::StrCat("server-", logs_.size() + 1)), scheduler_,
                       OptionsFor({"redis", 6379}, "room", logs_.size() + 1));
    AwaitNumber(*this, logs_.back());
    return logs_.back();
  }
  Scheduler& scheduler() override { return scheduler_; }
  bool is_shared() const override { return true; }
  bool Run(absl::FunctionRef<bool()> done, absl::Duration limit) override {
    return scheduler_.RunUntil(done, limit);
  }

 private:
  sim::VirtualScheduler scheduler_{{.seed = 1}};
  sim::SimNetwork network_{
      scheduler_,
      {.seed = 1,
       .link = {.max_chunk_bytes = 1000,
                .latency = sim::UniformLatency(absl::Microseconds(10), absl::Milliseconds(1))}}};
  redis::FakeRedis redis_{network_.host("redis"), scheduler_, {"redis", 6379}};
  std::deque<redis::RedisLog> logs_;
};

// A redis-server of the tests, on a UNIX socket and a free port, with its files in a folder of its own.
class RedisProcess {
 public:
  RedisProcess() {
    std::string pattern = (std::filesystem::temp_directory_path() / "redis-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    socket_ = folder_ + "/socket";
    const std::string program = redis::RedisProgram();
    pid_ = fork();
    if (pid_ == 0) {
      const int null = open("/dev/null", O_RDWR);
      dup2(null, 0);
      dup2(null, 1);
      dup2(null, 2);
      execl(program.c_str(), "redis-server", "--port", "0", "--unixsocket", socket_.c_str(),
            "--dir", folder_.c_str(), "--appendonly", "yes", "--appendfsync", "always", "--save",
            "", static_cast<char*>(nullptr));
      _exit(127);
    }
  }
  RedisProcess(const RedisProcess&) = delete;
  RedisProcess& operator=(const RedisProcess&) = delete;
  ~RedisProcess() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    std::filesystem::remove_all(folder_);
  }

  Endpoint endpoint() const { return {absl::StrCat("unix:", socket_), 0}; }

 private:
  std::string folder_;
  std::string socket_;
  pid_t pid_;
};

// One process serves all tests, each with a room of its own.
RedisProcess& TheRedis() {
  static RedisProcess process;
  return process;
}

class RealRedisWorld final : public RoomWorld {
 public:
  RealRedisWorld() : loop_(MakeLogLoop()), network_(*loop_) {
    static int rooms = 0;
    room_ = absl::StrCat("room-", ++rooms);
  }

  OrderedLog& AddServer() override {
    logs_.emplace_back(network_, *loop_,
                       OptionsFor(TheRedis().endpoint(), room_, logs_.size() + 1));
    AwaitNumber(*this, logs_.back());
    return logs_.back();
  }
  Scheduler& scheduler() override { return *loop_; }
  bool is_shared() const override { return true; }
  bool Run(absl::FunctionRef<bool()> done, absl::Duration limit) override {
    return RunLoop(*loop_, done, limit);
  }

 private:
  const std::unique_ptr<posix::EventLoop> loop_;
  posix::PosixNetwork network_;
  std::string room_;
  std::deque<redis::RedisLog> logs_;
};

class NoRedisServer : public testing::Test {
  void TestBody() override { GTEST_SKIP() << redis::kNoRedisProgram; }
};

}  // namespace

void RegisterRedisTests() {
  RegisterLogAndRoomTests("FakeRedis", [] { return std::make_unique<FakeRedisWorld>(); });
  if (!redis::RedisProgram().empty()) {
    return RegisterLogAndRoomTests("Redis", [] { return std::make_unique<RealRedisWorld>(); });
  }
  testing::RegisterTest("Contract/Redis.LogContract", "IsSkippedWithoutRedisServer", nullptr,
                        nullptr, __FILE__, __LINE__,
                        []() -> testing::Test* { return new NoRedisServer; });
}

}  // namespace chathttp
