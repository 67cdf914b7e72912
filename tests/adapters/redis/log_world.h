// A Redis server and logs on a simulated network.
#ifndef CHATHTTP_TESTS_ADAPTERS_REDIS_LOG_WORLD_H_
#define CHATHTTP_TESTS_ADAPTERS_REDIS_LOG_WORLD_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "chathttp/adapters/redis/redis_log.h"
#include "chathttp/sim/network/draw.h"
#include "chathttp/sim/network/sim_network.h"
#include "gtest/gtest.h"
#include "tests/adapters/redis/fake_redis.h"

namespace chathttp::redis {

inline constexpr const char* kLogKey = "{room}:log";
inline constexpr const char* kSnapshotKey = "{room}:snap";

// A log, its room, and what it did.
class TestServer {
 public:
  TestServer(Network& network, Scheduler& scheduler, const RedisLog::Options& options,
             std::string password = "")
      : scheduler_(scheduler) {
    RedisLog::Options all = options;
    all.room.endpoint = {"redis", 6379};
    all.room.room = "room";
    all.password = std::move(password);
    log.emplace(network, scheduler, all);
    log->SetRoom(room, [this] { return past(); });
    log->OnReady([this] { ++readies; });
    log->OnFailure([this](const RedisLog::Failure& its) { failure = its; });
    log->OnNote([this](std::string_view line) { notes.emplace_back(line); });
    log->Observe([this] {
      ++notices;
      if (takes) Take();
    });
  }

  // Takes all commands that there are now.
  void Take() {
    Command command;
    while (log->Next(command)) Apply(command);
  }

  void Append(Command::Kind kind, std::uint64_t number, std::string_view text = "") {
    EXPECT_EQ(log->Append({.kind = kind,
                           .server = log->self(),
                           .member = MemberIdOf(log->self(), number),
                           .wall = scheduler_.WallNow(),
                           .text = text}),
              OrderedLog::Order::kLater);
  }
  void Say(std::string_view text) { Append(Command::Kind::kSay, 1, text); }
  void Login(std::uint64_t number, std::string_view name) {
    Append(Command::Kind::kLogin, number, name);
  }

  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const ChatRoom::Member& member : room.members()) names.push_back(member.name);
    return names;
  }

  ChatRoom room;
  std::optional<RedisLog> log;
  bool takes = true;                  // commands as they come
  std::vector<std::string> said;      // "SERVER: TEXT"
  std::vector<std::uint32_t> gone;    // servers
  std::vector<std::string> commands;  // all but kEpoch
  std::vector<std::uint64_t> epochs;  // of each kEpoch
  int restarts = 0;
  int readies = 0;
  int notices = 0;
  std::optional<RedisLog::Failure> failure;
  std::vector<std::string> notes;

 private:
  // A room without sessions, in which nothing is counted.
  PastRoom past() const {
    PastRoom past{.end = {log->epoch(), 0}};
    for (const ChatRoom::Member& member : room.members()) {
      past.members.push_back({.id = member.id, .name = member.name});
    }
    return past;
  }

  void Apply(const Command& command) {
    if (command.kind == Command::Kind::kEpoch) return epochs.push_back(log->epoch());
    const auto server = static_cast<std::uint32_t>(command.server);
    commands.push_back(absl::StrCat(static_cast<int>(command.kind), " ", server, " ",
                                    NumberOf(command.member), " ", absl::ToUnixNanos(command.wall),
                                    " ", std::string(command.text)));
    switch (command.kind) {
      case Command::Kind::kLogin:
        (void)room.Login(command.member, command.text);
        return;
      case Command::Kind::kSay:
        said.push_back(absl::StrCat(server, ": ", std::string(command.text)));
        return;
      case Command::Kind::kLogout:
        (void)room.Logout(command.member);
        return;
      case Command::Kind::kServerGone:
        gone.push_back(server);
        return Remove(command.server);
      case Command::Kind::kRestart:
        ++restarts;
        return Remove(std::nullopt);
      case Command::Kind::kEpoch:
        return;
      case Command::Kind::kPast:
        for (const PastMember& member : command.past->members) {
          (void)room.Login(member.id, member.name);
        }
        return;
    }
  }

  void Remove(std::optional<ServerNumber> server) {
    std::vector<MemberId> leaving;
    for (const ChatRoom::Member& member : room.members()) {
      if (!server || ServerOf(member.id) == *server) leaving.push_back(member.id);
    }
    for (const MemberId id : leaving) (void)room.Logout(id);
  }

  Scheduler& scheduler_;
};

class LogWorld : public testing::Test {
 protected:
  LogWorld()
      : scheduler({.seed = 1}),
        network(scheduler, {.seed = 1,
                            .link = {.latency = sim::UniformLatency(absl::Microseconds(10),
                                                                    absl::Microseconds(500))}}) {
    redis.emplace(network.host("redis"), scheduler, Endpoint{"redis", 6379});
  }

  std::unique_ptr<TestServer> Start(const std::string& name, RedisLog::Options options = {}) {
    options.server_name = name;
    options.random = [draws = std::make_shared<sim::DrawSequence>(++draws_, sim::Purpose::kSession,
                                                                  0)] { return draws->Bits(); };
    return std::make_unique<TestServer>(network.host(name), scheduler, options);
  }
  std::unique_ptr<TestServer> Create(const std::string& name, RedisLog::Options options = {}) {
    options.create = true;
    auto server = Start(name, options);
    Run(absl::Milliseconds(100));
    EXPECT_TRUE(server->log->ready());
    return server;
  }
  void Run(absl::Duration duration) { scheduler.RunFor(duration); }

  sim::VirtualScheduler scheduler;
  sim::SimNetwork network;
  std::optional<FakeRedis> redis;

 private:
  std::uint64_t draws_ = 0;
};

}  // namespace chathttp::redis

#endif  // CHATHTTP_TESTS_ADAPTERS_REDIS_LOG_WORLD_H_
