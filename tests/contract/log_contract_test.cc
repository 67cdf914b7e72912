// The tests of the contract of OrderedLog.
#include "chathttp/contract/log_contract.h"

#include <cassert>
#include <cstdint>
#include <deque>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "chathttp/transport/codec/session_login.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Order = OrderedLog::Order;

constexpr absl::Duration kLogPatience = absl::Seconds(20);
constexpr absl::Duration kLogWhile = absl::Milliseconds(200);

// A command with a text and a session of its own.
struct Taken {
  explicit Taken(const Command& command)
      : kind(command.kind),
        server(command.server),
        member(command.member),
        wall(command.wall),
        returns(command.returns),
        text(command.text) {
    if (command.session != nullptr) session = *command.session;
  }

  Command::Kind kind;
  ServerNumber server;
  MemberId member;
  absl::Time wall;
  std::uint32_t returns;
  std::optional<SessionLogin> session;
  std::string text;
  friend bool operator==(const Taken&, const Taken&) = default;
};

void PrintTo(const Taken& taken, std::ostream* out) {
  *out << static_cast<int>(taken.kind) << " of " << static_cast<std::uint32_t>(taken.server) << ", "
       << absl::CHexEscape(taken.text.substr(0, 40));
}

// A server that takes commands when the test wants it to.
struct LogServer {
  explicit LogServer(OrderedLog& its_log) : log(its_log) {
    log.Observe([this] {
      EXPECT_FALSE(in_call) << "ready was called inside a method of the log";
      ++notices;
    });
  }
  ~LogServer() {
    log.Observe([] {});
  }

  Order Append(Command::Kind kind, std::uint64_t number, std::string_view text) {
    return Append({.kind = kind, .member = MemberIdOf(log.self(), number), .text = text});
  }
  // Appends the command as one of this server, and at a time of its own.
  Order Append(Command command) {
    command.server = log.self();
    command.wall = absl::FromUnixNanos(1'700'000'000'000'000'001 + ++walls);
    appended.emplace_back(command);
    in_call = true;
    const Order order = log.Append(command);
    in_call = false;
    return order;
  }
  Order Say(std::string_view text) { return Append(Command::Kind::kSay, 1, text); }

  bool TakeOne() {
    Command command;
    in_call = true;
    const bool has_one = log.Next(command);
    in_call = false;
    if (!has_one) return false;
    taken.emplace_back(command);
    return true;
  }
  // Takes what there is; returns how much was taken so far.
  std::size_t Take() {
    while (TakeOne()) {
    }
    return taken.size();
  }

  // Those that this server has taken from `server`.
  std::vector<Taken> Of(ServerNumber server) const {
    std::vector<Taken> of;
    for (const Taken& each : taken) {
      if (each.server == server) of.push_back(each);
    }
    return of;
  }

  OrderedLog& log;
  bool in_call = false;
  int notices = 0;
  std::int64_t walls = 0;
  std::vector<Taken> appended;
  std::vector<Taken> taken;
};

class LogContract : public testing::Test {
 public:
  void Enter(std::unique_ptr<LogContractWorld> world) {
    ASSERT_NE(world, nullptr) << "there is no world to test";
    world_ = std::move(world);
  }

 protected:
  LogContractWorld& world() { return *world_; }
  LogServer& Add() { return servers_.emplace_back(world_->AddServer()); }
  bool RunUntil(absl::FunctionRef<bool()> done) { return world_->Run(done, kLogPatience); }
  void RunAWhile() {
    world_->Run([] { return false; }, kLogWhile);
  }
  // Runs until all servers have taken `count` commands.
  bool TakeAll(std::size_t count) {
    return RunUntil([&] {
      bool all = true;
      for (LogServer& server : servers_) all = server.Take() >= count && all;
      return all;
    });
  }

 private:
  std::unique_ptr<LogContractWorld> world_;
  std::deque<LogServer> servers_;  // destroyed before the world
};

struct LogContractTest {
  const char* name;
  const char* file;
  int line;
  bool shared;  // needs commands that come back
  LogContract* (*make)();
};
using LogContractTests = std::vector<LogContractTest>;

LogContractTests& AllLogTests() {
  static LogContractTests tests;
  return tests;
}

bool AddLogTest(const LogContractTest& test) {
  AllLogTests().push_back(test);
  return true;
}

#define LOG_CONTRACT_TEST(name, shared)                                      \
  class LogContract_##name final : public LogContract {                      \
    void TestBody() override;                                                \
  };                                                                         \
  [[maybe_unused]] const bool LogContract_##name##_is_added =                \
      AddLogTest({#name, __FILE__, __LINE__, shared,                         \
                  []() -> LogContract* { return new LogContract_##name; }}); \
  void LogContract_##name::TestBody()

LOG_CONTRACT_TEST(AllAppendsGiveTheSameOrder, false) {
  LogServer& one = Add();
  const Order expected = world().is_shared() ? Order::kLater : Order::kNow;
  EXPECT_TRUE(one.log.MayAppend());
  EXPECT_EQ(one.Append(Command::Kind::kLogin, 1, "Alice"), expected);
  EXPECT_EQ(one.Say("a"), expected);
  EXPECT_EQ(one.Append(Command::Kind::kLogout, 1, ""), expected);
  EXPECT_EQ(one.Append(Command::Kind::kServerGone, 0, ""), expected);
}

LOG_CONTRACT_TEST(ACommandThatIsAppliedAtOnceDoesNotComeBack, false) {
  LogServer& one = Add();
  if (one.Say("a") == Order::kLater) {
    EXPECT_TRUE(TakeAll(1));
    return;
  }
  RunAWhile();
  EXPECT_FALSE(one.TakeOne());
  EXPECT_EQ(one.notices, 0);
  EXPECT_TRUE(one.log.MayAppend());
}

LOG_CONTRACT_TEST(ServersHaveNumbersOfTheirOwn, true) {
  const LogServer& one = Add();
  const LogServer& two = Add();
  const LogServer& three = Add();
  EXPECT_NE(one.log.self(), two.log.self());
  EXPECT_NE(one.log.self(), three.log.self());
  EXPECT_NE(two.log.self(), three.log.self());
  EXPECT_NE(one.log.self(), ServerNumber{0});
}

LOG_CONTRACT_TEST(CommandsComeBackAsTheyWereInTheOrderOfTheirServer, true) {
  LogServer& one = Add();
  one.Append(Command::Kind::kLogin, (std::uint64_t{1} << 40) - 1, "Alice");
  one.Say("");
  one.Say(std::string("\0\r\n\xff", 4));
  one.Say(std::string(4096, 'x'));
  for (int i = 0; i < 20; ++i) one.Say(absl::StrCat(i));
  one.Append(Command::Kind::kLogout, 0, "");
  ASSERT_TRUE(TakeAll(one.appended.size()));
  EXPECT_EQ(one.taken, one.appended);
}

LOG_CONTRACT_TEST(PositionsHaveOneEpochForAllServers, false) {
  LogServer& one = Add();
  const std::uint64_t epoch = one.log.epoch();
  EXPECT_NE(epoch, 0U);
  if (!world().is_shared()) return;
  LogServer& two = Add();
  EXPECT_EQ(two.log.epoch(), epoch);
  one.Say("a");
  two.Append(Command::Kind::kServerGone, 0, "");
  ASSERT_TRUE(TakeAll(2));
  EXPECT_EQ(one.log.epoch(), epoch);
  EXPECT_EQ(two.log.epoch(), epoch);
}

LOG_CONTRACT_TEST(WhatALoginAsksOfSessionsComesBack, true) {
  LogServer& one = Add();
  LogServer& two = Add();
  TokenHash begins;
  TokenHash returns;
  for (std::size_t i = 0; i < begins.size(); ++i) {
    begins[i] = static_cast<std::uint8_t>(i);
    returns[i] = static_cast<std::uint8_t>(255 - i);
  }
  const SessionLogin logins[] = {
      {},
      {.begins = begins},
      {.returns = returns},
      {.begins = begins, .returns = returns, .since = Position{1'700'000'000'000, 70'000}}};
  std::uint64_t number = 0;
  for (const SessionLogin& login : logins) {
    one.Append({.kind = Command::Kind::kLogin,
                .member = MemberIdOf(one.log.self(), ++number),
                .session = &login,
                .text = "Alice"});
  }
  one.Append(Command::Kind::kLogin, 9, "without");
  one.Say("without");
  ASSERT_TRUE(TakeAll(6));
  EXPECT_EQ(one.taken, one.appended);
  EXPECT_EQ(two.taken, one.appended);
}

LOG_CONTRACT_TEST(AServerMayAppendForAMemberOfAnotherOne, true) {
  LogServer& one = Add();
  LogServer& two = Add();
  one.Append(Command::Kind::kLogin, 7, "Alice");
  ASSERT_TRUE(TakeAll(1));
  const MemberId alice = one.appended[0].member;
  for (const std::uint32_t returns : {0U, 1U, 0xffffffffU}) {
    two.Append({.kind = Command::Kind::kSay, .member = alice, .returns = returns, .text = "hi"});
    two.Append({.kind = Command::Kind::kLogout, .member = alice, .returns = returns});
  }
  ASSERT_TRUE(TakeAll(7));
  EXPECT_EQ(one.Of(two.log.self()), two.appended);
  EXPECT_EQ(two.Of(two.log.self()), two.appended);
}

LOG_CONTRACT_TEST(AllServersTakeOneOrder, true) {
  LogServer& one = Add();
  LogServer& two = Add();
  LogServer& three = Add();
  for (int round = 0; round < 8; ++round) {
    for (LogServer* const server : {&one, &two, &three}) {
      for (int i = 0; i < 3; ++i) server->Say(absl::StrCat(round, " ", i));
    }
    world().Run([&] { return round % 2 == 0; }, absl::Milliseconds(3));
  }
  ASSERT_TRUE(TakeAll(72));
  EXPECT_EQ(one.taken, two.taken);
  EXPECT_EQ(one.taken, three.taken);
  for (const LogServer* const server : {&one, &two, &three}) {
    EXPECT_EQ(one.Of(server->log.self()), server->appended);
  }
}

LOG_CONTRACT_TEST(ATextIsValidUntilTheNextCallOfNext, true) {
  LogServer& one = Add();
  LogServer& two = Add();
  one.Say("a text that is too long to be kept inside of a string");
  Command command;
  ASSERT_TRUE(RunUntil([&] { return two.log.Next(command); }));
  for (int i = 0; i < 10; ++i) two.Say("other texts, which need memory of their own: 0123456789");
  RunAWhile();
  EXPECT_EQ(command.text, "a text that is too long to be kept inside of a string");
}

LOG_CONTRACT_TEST(AServerThatFoundNothingIsCalled, true) {
  LogServer& one = Add();
  LogServer& two = Add();
  for (int round = 1; round <= 5; ++round) {
    EXPECT_FALSE(one.TakeOne());
    EXPECT_FALSE(two.TakeOne());
    const int one_before = one.notices;
    const int two_before = two.notices;
    one.Say("a");
    ASSERT_TRUE(RunUntil([&] { return one.notices > one_before && two.notices > two_before; }));
    EXPECT_TRUE(one.TakeOne());
    EXPECT_TRUE(two.TakeOne());
  }
  EXPECT_FALSE(two.TakeOne());
}

LOG_CONTRACT_TEST(TheLatestObserverIsCalled, true) {
  LogServer& one = Add();
  EXPECT_FALSE(one.TakeOne());
  int later = 0;
  const int before = one.notices;
  one.log.Observe([&later] { ++later; });
  one.Say("a");
  ASSERT_TRUE(RunUntil([&] { return later > 0; }));
  EXPECT_EQ(one.notices, before);
}

LOG_CONTRACT_TEST(AFullLogTakesEndsLosesNothingAndOpensAgain, true) {
  LogServer& one = Add();
  LogServer& two = Add();
  EXPECT_FALSE(one.TakeOne());
  const std::string text(1000, 'x');
  while (one.log.MayAppend() && one.appended.size() < 100'000) one.Say(text);
  ASSERT_FALSE(one.log.MayAppend()) << "after " << one.appended.size() << " commands";
  for (std::uint64_t number = 0; number < 100; ++number) {
    one.Append(Command::Kind::kLogout, number, "");
  }
  const std::size_t count = one.appended.size();
  ASSERT_TRUE(TakeAll(count));
  EXPECT_EQ(two.taken, one.appended);
  int notices = 0;
  one.log.Observe([&notices] { ++notices; });
  ASSERT_TRUE(RunUntil([&] { return one.log.MayAppend(); }));
  one.Say("a");
  EXPECT_TRUE(TakeAll(count + 1));
}

LOG_CONTRACT_TEST(AServerThatMayAppendAgainIsCalled, true) {
  LogServer& one = Add();
  const std::string text(1000, 'x');
  while (one.log.MayAppend() && one.appended.size() < 100'000) one.Say(text);
  const std::size_t count = one.appended.size();
  // Each time that it is called, it takes what there is and tries again, as a server does.
  int seen = one.notices;
  bool may = false;
  EXPECT_TRUE(RunUntil([&] {
    if (one.notices > seen) {
      seen = one.notices;
      one.Take();
      may = one.log.MayAppend();
    }
    return may && one.taken.size() == count;
  })) << one.taken.size()
      << " of " << count << " taken, may append: " << may;
}

LOG_CONTRACT_TEST(TheEndOfAServerComesInItsPlaceToAll, true) {
  LogServer& one = Add();
  LogServer& two = Add();
  one.Append(Command::Kind::kLogin, 1, "Alice");
  one.Append(Command::Kind::kServerGone, 0, "");
  ASSERT_TRUE(TakeAll(2));
  two.Say("still here");
  ASSERT_TRUE(RunUntil([&] { return two.Take() == 3; }));
  EXPECT_EQ(two.taken[0].kind, Command::Kind::kLogin);
  EXPECT_EQ(two.taken[1].kind, Command::Kind::kServerGone);
  EXPECT_EQ(two.taken[1].server, one.appended[0].server);
  EXPECT_EQ(two.taken[2].text, "still here");
  EXPECT_EQ(one.taken[1].kind, Command::Kind::kServerGone);
}

}  // namespace

void RegisterLogContractTests(const std::string& name,
                              const std::function<std::unique_ptr<LogContractWorld>()>& make) {
  assert(make);
  const bool is_shared = make()->is_shared();
  for (const LogContractTest& test : AllLogTests()) {
    if (test.shared && !is_shared) continue;
    const std::string suite = absl::StrCat("Contract/", name, ".LogContract");
    testing::RegisterTest(suite.c_str(), test.name, nullptr, nullptr, test.file, test.line,
                          [make, create = test.make] {
                            LogContract* const created = create();
                            created->Enter(make());
                            return created;
                          });
  }
}

}  // namespace chathttp
