#include "chathttp/transport/client/kept_session.h"

#include "gtest/gtest.h"

namespace chathttp {
namespace {

constexpr std::string_view kToken = "0123456789abcdef0123456789abcdef";
constexpr absl::Time kStart = absl::UnixEpoch();

ClientEvent LoggedIn(std::string_view name, std::string_view token, std::uint32_t seconds = 60) {
  return {.kind = ClientEvent::Kind::kLoggedIn,
          .name = name,
          .session = token,
          .session_seconds = token.empty() ? 0 : seconds};
}

TEST(KeptSessionTest, TokenIsForItsNameInAnyCase) {
  KeptSession kept;
  EXPECT_EQ(kept.TokenFor("Alice"), "");
  kept.OnLoggedIn(LoggedIn("Alice", kToken));
  EXPECT_EQ(kept.TokenFor("Alice"), kToken);
  EXPECT_EQ(kept.TokenFor("aLICE"), kToken);
  EXPECT_EQ(kept.TokenFor("Bob"), "");
  EXPECT_EQ(kept.name(), "Alice");
}

TEST(KeptSessionTest, LoginWithoutASessionForgetsTheToken) {
  KeptSession kept;
  kept.OnLoggedIn(LoggedIn("Alice", kToken));
  kept.OnLoggedIn(LoggedIn("Alice", ""));
  EXPECT_EQ(kept.TokenFor("Alice"), "");
  EXPECT_EQ(kept.name(), "");
  EXPECT_FALSE(kept.MayHold("Alice"));
}

TEST(KeptSessionTest, NameOfASessionMayBeHeldForItsSeconds) {
  KeptSession kept;
  EXPECT_FALSE(kept.MayHold("Alice"));
  kept.OnLoggedIn(LoggedIn("Alice", kToken));
  EXPECT_TRUE(kept.MayHold("alice"));
  EXPECT_FALSE(kept.MayHold("Bob"));
  EXPECT_FALSE(kept.trying());
  EXPECT_EQ(kept.TimeLeft(kStart), absl::Seconds(60));
  EXPECT_TRUE(kept.trying());
  EXPECT_EQ(kept.TimeLeft(kStart + absl::Seconds(59)), absl::Seconds(1));
  EXPECT_EQ(kept.TimeLeft(kStart + absl::Seconds(60)), absl::ZeroDuration());
  EXPECT_FALSE(kept.trying());
  EXPECT_FALSE(kept.MayHold("Alice"));
  EXPECT_EQ(kept.TokenFor("Alice"), "");
}

TEST(KeptSessionTest, LostLoginMayHoldItsNameForTheLimitThatIsNotKnown) {
  KeptSession kept;
  kept.OnLoginLost("Alice", kStart);
  EXPECT_TRUE(kept.MayHold("Alice"));
  EXPECT_EQ(kept.TokenFor("Alice"), "");
  EXPECT_EQ(kept.TimeLeft(kStart), KeptSession::kUnknownLimit);
}

TEST(KeptSessionTest, LostLoginOfTheSessionKeepsItsTokenAndAnotherNameDoesNot) {
  KeptSession kept;
  kept.OnLoggedIn(LoggedIn("Alice", kToken));
  kept.OnLoginLost("alice", kStart);
  EXPECT_EQ(kept.TokenFor("Alice"), kToken);
  kept.OnLoginLost("Bob", kStart);
  EXPECT_EQ(kept.TokenFor("Alice"), "");
  EXPECT_EQ(kept.TokenFor("Bob"), "");
  EXPECT_TRUE(kept.MayHold("Bob"));
}

TEST(KeptSessionTest, ServerWithoutSessionsHoldsNoName) {
  KeptSession kept;
  kept.OnLoggedIn(LoggedIn("Alice", ""));
  kept.OnLoginLost("Alice", kStart);
  EXPECT_FALSE(kept.MayHold("Alice"));
}

TEST(KeptSessionTest, TimeBeginsAnewWithALostLoginOrANewSeriesOfAttempts) {
  KeptSession kept;
  kept.OnLoggedIn(LoggedIn("Alice", kToken));
  kept.TimeLeft(kStart);
  kept.OnLoginLost("Alice", kStart + absl::Seconds(50));
  EXPECT_EQ(kept.TimeLeft(kStart + absl::Seconds(51)), absl::Seconds(59));
  kept.RestartTime();
  EXPECT_FALSE(kept.trying());
  EXPECT_EQ(kept.TimeLeft(kStart + absl::Seconds(80)), absl::Seconds(60));
}

TEST(KeptSessionTest, WaitsAreShortWhileTheSessionLasts) {
  KeptSession kept;
  EXPECT_EQ(kept.LongestWait(kStart), absl::InfiniteDuration());
  kept.OnLoggedIn(LoggedIn("Alice", kToken));
  kept.OnLost(kStart);
  EXPECT_EQ(kept.LongestWait(kStart + absl::Seconds(59)), absl::Seconds(15));
  EXPECT_EQ(kept.LongestWait(kStart + absl::Seconds(60)), absl::InfiniteDuration());
  kept.OnLoggedIn(LoggedIn("Alice", ""));
  kept.OnLost(kStart);
  EXPECT_EQ(kept.LongestWait(kStart), absl::InfiniteDuration());
}

TEST(KeptSessionTest, ForgettingTheTokenKeepsTheNameAndForgettingAllDoesNot) {
  KeptSession kept;
  kept.OnLoggedIn(LoggedIn("Alice", kToken));
  kept.ForgetToken();
  EXPECT_EQ(kept.TokenFor("Alice"), "");
  EXPECT_TRUE(kept.MayHold("Alice"));
  kept.Forget();
  EXPECT_FALSE(kept.MayHold("Alice"));
}

// A name that is taken, though the server does not know the token, is another's.
TEST(KeptSessionTest, SessionOfAnEarlierProgramIsForgottenWithItsToken) {
  KeptSession kept;
  kept.Adopt("Alice", kToken, absl::Seconds(120), {7, 5});
  EXPECT_EQ(kept.TokenFor("alice"), kToken);
  EXPECT_EQ(kept.since(), (Position{7, 5}));
  kept.ForgetToken();
  EXPECT_EQ(kept.TokenFor("Alice"), "");
  EXPECT_FALSE(kept.MayHold("Alice"));
  kept.Adopt("Alice", kToken, absl::Seconds(120), {7, 5});
  kept.OnLoggedIn(LoggedIn("Alice", kToken));
  EXPECT_FALSE(kept.since()) << "from now on, the client counts";
  kept.ForgetToken();
  EXPECT_TRUE(kept.MayHold("Alice"));
}

}  // namespace
}  // namespace chathttp
