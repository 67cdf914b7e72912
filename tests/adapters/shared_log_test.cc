#include "chathttp/adapters/shared_log.h"

#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/adapters/loop_test.h"

namespace chathttp::posix {
namespace {

constexpr std::size_t kCapacityBytes = std::size_t{1} << 20;

Command Say(ServerNumber server, std::uint64_t number, std::string_view text) {
  return {.server = server,
          .member = MemberIdOf(server, number),
          .wall = absl::FromUnixSeconds(1'000'000'000),
          .text = text};
}

class SharedLogTest : public LoopTest {
 protected:
  SharedLogTest() {
    first_->Observe([this] { ++first_ready_; });
    second_->Observe([this] { ++second_ready_; });
  }

  // The texts that Next gives now.
  static std::vector<std::string> Take(OrderedLog& log) {
    std::vector<std::string> texts;
    for (Command command; log.Next(command);) texts.emplace_back(command.text);
    return texts;
  }

  SharedLog log_{1, kCapacityBytes};
  const std::unique_ptr<OrderedLog> first_ = log_.AddServer(ServerNumber{1}, loop());
  const std::unique_ptr<OrderedLog> second_ = log_.AddServer(ServerNumber{2}, loop());
  int first_ready_ = 0;
  int second_ready_ = 0;
};

TEST_F(SharedLogTest, TheCommonEndBeginsAnEpochForEachServerThatTakesIt) {
  const auto gone = [](OrderedLog& log) {
    log.Append({.kind = Command::Kind::kServerGone, .server = log.self()});
  };
  log_.EndTogether();
  gone(*first_);
  EXPECT_THAT(Take(*first_), testing::IsEmpty());
  gone(*second_);
  Command command;
  ASSERT_TRUE(first_->Next(command));
  EXPECT_EQ(command.kind, Command::Kind::kRestart);
  EXPECT_EQ(first_->epoch(), 2U);
  EXPECT_EQ(second_->epoch(), 1U) << "it has not taken it";
}

TEST_F(SharedLogTest, EachServerGetsAllCommandsInOneOrder) {
  EXPECT_EQ(first_->Append(Say(ServerNumber{1}, 7, "a")), OrderedLog::Order::kLater);
  EXPECT_EQ(second_->Append(Say(ServerNumber{2}, 7, "")), OrderedLog::Order::kLater);
  EXPECT_EQ(first_->Append(Say(ServerNumber{1}, 8, "c")), OrderedLog::Order::kLater);
  Command command;
  ASSERT_TRUE(second_->Next(command));
  EXPECT_EQ(command.kind, Command::Kind::kSay);
  EXPECT_EQ(command.server, ServerNumber{1});
  EXPECT_EQ(command.member, MemberIdOf(ServerNumber{1}, 7));
  EXPECT_EQ(command.wall, absl::FromUnixSeconds(1'000'000'000));
  EXPECT_EQ(command.text, "a");
  EXPECT_THAT(Take(*second_), testing::ElementsAre("", "c"));
  EXPECT_THAT(Take(*first_), testing::ElementsAre("a", "", "c"));
}

TEST_F(SharedLogTest, AServerIsWokenOnceForWhatItDoesNotKnow) {
  for (int i = 0; i < 3; ++i) first_->Append(Say(ServerNumber{1}, 1, "x"));
  RunUntilIdle();
  EXPECT_EQ(first_ready_, 1);
  EXPECT_EQ(second_ready_, 1);
  EXPECT_THAT(Take(*second_), testing::SizeIs(3));
  first_->Append(Say(ServerNumber{1}, 1, "x"));
  RunUntilIdle();
  EXPECT_EQ(first_ready_, 1) << "it has not asked since";
  EXPECT_EQ(second_ready_, 2);
}

TEST_F(SharedLogTest, ASlowServerHoldsTheOthersUpUntilItTakesWhatThereIs) {
  const std::string text(1000, 'x');
  std::size_t appended = 0;
  for (; first_->MayAppend(); ++appended) first_->Append(Say(ServerNumber{1}, 1, text));
  EXPECT_GT(appended * (text.size() + 32), kCapacityBytes / 2);
  EXPECT_LT(appended * text.size(), kCapacityBytes / 2);
  Take(*first_);
  RunUntilIdle();
  EXPECT_FALSE(first_->MayAppend()) << "the second one has taken nothing";
  const int before = first_ready_;
  EXPECT_THAT(Take(*second_), testing::SizeIs(appended));
  RunUntilIdle();
  EXPECT_GT(first_ready_, before);
  EXPECT_TRUE(first_->MayAppend());
}

// Connections that end append even if the ring has no room.
TEST_F(SharedLogTest, NothingIsLostWhenTheRingIsFull) {
  const std::string text(1000, 'x');
  constexpr std::size_t kCommands = 3 * kCapacityBytes / 1000;
  for (std::size_t i = 0; i < kCommands; ++i) {
    first_->Append(Say(ServerNumber{1}, 1, absl::StrCat(i, text)));
  }
  std::vector<std::string> got;
  ASSERT_TRUE(RunUntil([&] {
    for (std::string& one : Take(*second_)) got.push_back(std::move(one));
    Take(*first_);
    return got.size() == kCommands;
  }));
  for (std::size_t i = 0; i < kCommands; ++i) ASSERT_EQ(got[i], absl::StrCat(i, text));
  RunUntilIdle();
  EXPECT_TRUE(first_->MayAppend());
}

TEST_F(SharedLogTest, AServerThatIsGoneHoldsNobodyUp) {
  auto third = log_.AddServer(ServerNumber{3}, loop());
  const std::string text(1000, 'x');
  while (first_->MayAppend()) first_->Append(Say(ServerNumber{1}, 1, text));
  Take(*first_);
  Take(*second_);
  RunUntilIdle();
  EXPECT_FALSE(first_->MayAppend());
  third.reset();
  RunUntilIdle();
  EXPECT_TRUE(first_->MayAppend());
}

// ---- Threads ------------------------------------------------------------------------------------

// A server on a thread of its own: appends its commands as fast as the log takes them, and hashes
// all that come back.
class Writer {
 public:
  Writer(SharedLog& log, std::uint32_t number, std::uint64_t own, std::uint64_t all)
      : loop_(*EventLoop::Create()),
        number_(number),
        own_(own),
        all_(all),
        log_(log.AddServer(ServerNumber{number}, *loop_)) {
    log_->Observe([this] { Pump(); });
    loop_->AtEndOfTurn([this] { Pump(); });
  }

  void Run() { loop_->Run(); }
  std::uint64_t hash() const { return hash_; }
  bool own_order_kept() const { return own_order_kept_; }

 private:
  void Pump() {
    for (Command command; log_->Next(command);) {
      hash_ = (hash_ ^ std::hash<std::string_view>()(command.text)) * 1099511628211U +
              static_cast<std::uint64_t>(command.member);
      if (command.server == ServerNumber{number_}) {
        own_order_kept_ &= command.member == MemberIdOf(ServerNumber{number_}, ++own_taken_);
      }
      if (++taken_ == all_) return loop_->Stop();
    }
    for (int i = 0; i < 100 && appended_ < own_; ++i) {
      if (!log_->MayAppend()) return;
      ++appended_;
      log_->Append(Say(ServerNumber{number_}, appended_, absl::StrCat(number_, "/", appended_)));
    }
    if (appended_ < own_) loop_->AtEndOfTurn([this] { Pump(); });
  }

  const std::unique_ptr<EventLoop> loop_;
  const std::uint32_t number_;
  const std::uint64_t own_;
  const std::uint64_t all_;
  const std::unique_ptr<OrderedLog> log_;
  std::uint64_t appended_ = 0;
  std::uint64_t taken_ = 0;
  std::uint64_t own_taken_ = 0;
  std::uint64_t hash_ = 14695981039346656037U;
  bool own_order_kept_ = true;
};

// CHATHTTP_COMMANDS=1000000 for a long run.
std::uint64_t CommandsOfAThread() {
  std::uint64_t commands = 20'000;
  const char* const given = std::getenv("CHATHTTP_COMMANDS");
  EXPECT_TRUE(given == nullptr || absl::SimpleAtoi(given, &commands)) << given;
  return commands;
}

TEST(SharedLogThreads, SeeOneOrder) {
  constexpr std::uint32_t kThreads = 8;
  const std::uint64_t own = CommandsOfAThread();
  SharedLog log(1, kCapacityBytes);
  std::vector<std::unique_ptr<Writer>> writers;
  for (std::uint32_t i = 1; i <= kThreads; ++i) {
    writers.push_back(std::make_unique<Writer>(log, i, own, kThreads * own));
  }
  std::vector<std::thread> threads;
  for (const auto& writer : writers) threads.emplace_back([&writer] { writer->Run(); });
  for (std::thread& thread : threads) thread.join();
  for (const auto& writer : writers) {
    EXPECT_TRUE(writer->own_order_kept());
    EXPECT_EQ(writer->hash(), writers.front()->hash());
  }
}

}  // namespace
}  // namespace chathttp::posix
