#include "apps/console/login_keeper.h"

#include <optional>
#include <string>
#include <vector>

#include "chathttp/sim/network/virtual_scheduler.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp {
namespace {

constexpr const char* kToken = "0123456789abcdef0123456789abcdef";
const Endpoint kServer = {"server", 9994};

class LoginKeeperTest : public ::testing::Test {
 protected:
  LoginKeeper Keeper() {
    return LoginKeeper(scheduler_, {.open =
                                        [this](const Endpoint&, const std::string&) {
                                          ++opens_;
                                          return kept_;
                                        },
                                    .keep =
                                        [this](const KeptLogin& login) {
                                          ++writes_;
                                          kept_ = login;
                                        },
                                    .forget = [this] { kept_.reset(); }});
  }

  static SessionEvent LoggedIn(const Position& at, bool resumed = false) {
    return {.kind = SessionEvent::Kind::kLoggedIn,
            .resumed = resumed,
            .name = "Alice",
            .session = kToken,
            .session_seconds = 120,
            .position = at};
  }
  static SessionEvent Said(const Position& at) {
    return {.kind = SessionEvent::Kind::kMessage, .name = "Bob", .text = "hi", .position = at};
  }
  // Each second until then.
  void RunFor(LoginKeeper& keeper, int seconds) {
    for (int i = 0; i < seconds; ++i) {
      scheduler_.RunFor(absl::Seconds(1));
      keeper.OnTick();
    }
  }

  sim::VirtualScheduler scheduler_{{}};
  std::optional<KeptLogin> kept_;
  int opens_ = 0;
  int writes_ = 0;
};

TEST_F(LoginKeeperTest, LoginIsKeptAndComesBack) {
  LoginKeeper keeper = Keeper();
  EXPECT_FALSE(keeper.Open(kServer, "Alice"));
  keeper.OnSessionEvent(LoggedIn({7, 100}));
  ASSERT_TRUE(kept_);
  LoginKeeper next = Keeper();
  const auto past = next.Open(kServer, "Alice");
  ASSERT_TRUE(past);
  EXPECT_EQ(past->name, "Alice");
  EXPECT_EQ(past->token, kToken);
  EXPECT_EQ(past->limit, absl::Seconds(120));
  EXPECT_EQ(past->since, (Position{7, 100}));
}

// The screen is empty after a start, so some of what was there comes again, but nothing from before
// the login.
TEST_F(LoginKeeperTest, SomeOfWhatWasShownComesAgain) {
  LoginKeeper keeper = Keeper();
  keeper.Open(kServer, "Alice");
  keeper.OnSessionEvent(LoggedIn({7, 100}));
  for (const auto& [count, since] : std::vector<std::pair<std::uint64_t, std::uint64_t>>{
           {101, 100}, {149, 100}, {150, 100}, {151, 101}, {400, 350}}) {
    keeper.OnSessionEvent(Said({7, count}));
    RunFor(keeper, 10);
    EXPECT_EQ(Keeper().Open(kServer, "Alice")->since, (Position{7, since})) << count;
  }
  LoginKeeper next = Keeper();
  next.Open(kServer, "Alice");
  next.OnSessionEvent(LoggedIn({8, 420}, true));
  EXPECT_EQ(kept_->first, (Position{7, 100})) << "it is the same session";
  EXPECT_EQ(kept_->last, (Position{8, 420}));
  next.OnSessionEvent(LoggedIn({8, 500}));
  EXPECT_EQ(kept_->first, (Position{8, 500})) << "another one";
}

TEST_F(LoginKeeperTest, PositionIsKeptEachTenSecondsAndTheTimeEachMinute) {
  LoginKeeper keeper = Keeper();
  keeper.Open(kServer, "Alice");
  keeper.OnSessionEvent(LoggedIn({7, 100}));
  EXPECT_EQ(writes_, 1);
  for (std::uint64_t count = 101; count < 200; ++count) keeper.OnSessionEvent(Said({7, count}));
  RunFor(keeper, 9);
  EXPECT_EQ(writes_, 1);
  RunFor(keeper, 1);
  EXPECT_EQ(writes_, 2);
  EXPECT_EQ(kept_->last, (Position{7, 199}));
  RunFor(keeper, 59);
  EXPECT_EQ(writes_, 2);
  RunFor(keeper, 1);
  EXPECT_EQ(writes_, 3);
  EXPECT_EQ(kept_->saved, scheduler_.WallNow());
}

// With a token that is over, the login would come without the history.
TEST_F(LoginKeeperTest, LoginThatTheServerHasForgottenForSureIsNotUsed) {
  LoginKeeper keeper = Keeper();
  keeper.Open(kServer, "Alice");
  keeper.OnSessionEvent(LoggedIn({7, 100}));
  scheduler_.RunFor(absl::Seconds(120 + 60 + 150));
  EXPECT_TRUE(Keeper().Open(kServer, "Alice"));
  scheduler_.RunFor(absl::Seconds(1));
  EXPECT_FALSE(Keeper().Open(kServer, "Alice"));
  EXPECT_FALSE(kept_);
}

TEST_F(LoginKeeperTest, LoginIsForgottenWhenTheSessionIsOver) {
  const SessionEvent no_session = {.kind = SessionEvent::Kind::kLoggedIn, .name = "Alice"};
  const SessionEvent refused = {.kind = SessionEvent::Kind::kNameRefused, .name = "Alice"};
  const SessionEvent left = {.kind = SessionEvent::Kind::kEnded,
                             .ending = ClientEvent::Ending::kLeft};
  for (const SessionEvent& end : {no_session, refused, left}) {
    LoginKeeper keeper = Keeper();
    keeper.Open(kServer, "Alice");
    keeper.OnSessionEvent(LoggedIn({7, 100}));
    ASSERT_TRUE(kept_);
    keeper.OnSessionEvent(end);
    EXPECT_FALSE(kept_);
    RunFor(keeper, 100);
    EXPECT_FALSE(kept_) << "and not kept again";
  }
}

TEST_F(LoginKeeperTest, LoginStaysIfTheServerMayStillHaveTheSession) {
  LoginKeeper keeper = Keeper();
  keeper.Open(kServer, "Alice");
  keeper.OnSessionEvent(LoggedIn({7, 100}));
  keeper.OnSessionEvent({.kind = SessionEvent::Kind::kDropped});
  keeper.OnSessionEvent({.kind = SessionEvent::Kind::kEnded, .ending = ClientEvent::Ending::kLost});
  EXPECT_TRUE(kept_);
}

TEST_F(LoginKeeperTest, OnlyAnotherServerOrNameIsOpened) {
  LoginKeeper keeper = Keeper();
  keeper.Open(kServer, "Alice");
  keeper.OnSessionEvent(LoggedIn({7, 100}));
  EXPECT_FALSE(keeper.Open(kServer, "Alice")) << "the session knows its token";
  EXPECT_EQ(opens_, 1);
  keeper.Open(kServer, "Bob");
  keeper.Open({"other", 9994}, "Bob");
  EXPECT_EQ(opens_, 3);
}

TEST_F(LoginKeeperTest, WithoutAStoreNothingIsKept) {
  LoginKeeper keeper(scheduler_, {});
  EXPECT_FALSE(keeper.Open(kServer, "Alice"));
  keeper.OnSessionEvent(LoggedIn({7, 100}));
  RunFor(keeper, 100);
}

}  // namespace
}  // namespace chathttp
