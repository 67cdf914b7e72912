#include "chathttp/domain/chat_room.h"

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr MemberId kAlice{1};
constexpr MemberId kBob{2};
constexpr MemberId kCarol{3};

std::vector<std::string> Names(const ChatRoom& room) {
  std::vector<std::string> names;
  for (const ChatRoom::Member& member : room.members()) names.push_back(member.name);
  return names;
}

// A room with Alice and Bob in it.
class ChatRoomTest : public ::testing::Test {
 protected:
  ChatRoomTest() {
    EXPECT_EQ(room_.Login(kAlice, "Alice").outcome, Outcome::kOk);
    EXPECT_EQ(room_.Login(kBob, "Bob").outcome, Outcome::kOk);
  }
  ChatRoom room_;
};

TEST_F(ChatRoomTest, LoginLetsInAndTellsTheOthers) {
  const Result result = room_.Login(kCarol, "Carol");
  EXPECT_EQ(result.outcome, Outcome::kOk);
  ASSERT_TRUE(result.broadcast.has_value());
  EXPECT_EQ(result.broadcast->kind, Broadcast::Kind::kEntered);
  EXPECT_EQ(result.broadcast->name, "Carol");
  EXPECT_EQ(room_.NameOf(kCarol), "Carol");
}

TEST_F(ChatRoomTest, BroadcastsNameTheMemberById) {
  EXPECT_EQ(room_.Login(kCarol, "Carol").broadcast->id, kCarol);
  EXPECT_EQ(room_.Say(kBob, "hello").broadcast->id, kBob);
  EXPECT_EQ(room_.Logout(kAlice).broadcast->id, kAlice);
}

TEST_F(ChatRoomTest, MembersAreFoundByNameInAnyCase) {
  EXPECT_EQ(room_.IdOf("bOB"), kBob);
  EXPECT_EQ(room_.IdOf("Carol"), std::nullopt);
  (void)room_.Logout(kBob);
  EXPECT_EQ(room_.IdOf("Bob"), std::nullopt);
}

TEST_F(ChatRoomTest, ChecksForetellTheOutcomeAndChangeNothing) {
  const std::string long_text(5000, 'x');
  EXPECT_EQ(room_.CheckLogin(kCarol, "Carol"), Outcome::kOk);
  EXPECT_EQ(room_.CheckLogin(kCarol, "alice"), Outcome::kNameTaken);
  EXPECT_EQ(room_.CheckLogin(kAlice, "Carol"), Outcome::kAlreadyLoggedIn);
  EXPECT_EQ(room_.CheckLogin(kCarol, "Ca rol"), Outcome::kNameInvalid);
  EXPECT_EQ(room_.CheckSay(kAlice, "hello"), Outcome::kOk);
  EXPECT_EQ(room_.CheckSay(kAlice, "two\nlines"), Outcome::kTextInvalid);
  EXPECT_EQ(room_.CheckSay(kAlice, long_text), Outcome::kTextTooLong);
  EXPECT_EQ(room_.CheckSay(kCarol, "hello"), Outcome::kNotLoggedIn);
  EXPECT_THAT(Names(room_), ElementsAre("Alice", "Bob"));
  EXPECT_EQ(room_.membership_version(), 2U);
}

TEST(OutcomeTest, EachHasADescriptionOfItsOwn) {
  std::set<std::string_view> descriptions;
  for (int outcome = 0; outcome <= static_cast<int>(Outcome::kRoomFull); ++outcome) {
    descriptions.insert(Describe(static_cast<Outcome>(outcome)));
  }
  EXPECT_EQ(descriptions.size(), 9U);
  EXPECT_EQ(descriptions.count(""), 0U);
}

TEST_F(ChatRoomTest, MembersAreListedInOrderOfLogin) {
  (void)room_.Login(kCarol, "Carol");
  EXPECT_THAT(Names(room_), ElementsAre("Alice", "Bob", "Carol"));
  (void)room_.Logout(kAlice);
  (void)room_.Login(kAlice, "Alice");
  EXPECT_THAT(Names(room_), ElementsAre("Bob", "Carol", "Alice"));
}

TEST_F(ChatRoomTest, TakenNameIsRefusedInAnyCase) {
  const Result result = room_.Login(kCarol, "aLICE");
  EXPECT_EQ(result.outcome, Outcome::kNameTaken);
  EXPECT_FALSE(result.broadcast.has_value());
  EXPECT_THAT(Names(room_), ElementsAre("Alice", "Bob"));
}

TEST_F(ChatRoomTest, ReservedAndMalformedNamesAreRefused) {
  EXPECT_EQ(room_.Login(kCarol, "Root").outcome, Outcome::kNameReserved);
  EXPECT_EQ(room_.Login(kCarol, "Ca rol").outcome, Outcome::kNameInvalid);
  EXPECT_EQ(room_.NameOf(kCarol), std::nullopt);
}

TEST_F(ChatRoomTest, SecondLoginIsRefusedAndTheFirstStands) {
  EXPECT_EQ(room_.Login(kAlice, "Alicia").outcome, Outcome::kAlreadyLoggedIn);
  EXPECT_EQ(room_.NameOf(kAlice), "Alice");
  EXPECT_EQ(room_.Login(kCarol, "Alicia").outcome, Outcome::kOk);
}

TEST_F(ChatRoomTest, SayTellsEveryoneWhoAndWhat) {
  const Result result = room_.Say(kBob, "Hi");
  EXPECT_EQ(result.outcome, Outcome::kOk);
  ASSERT_TRUE(result.broadcast.has_value());
  EXPECT_EQ(result.broadcast->kind, Broadcast::Kind::kSaid);
  EXPECT_EQ(result.broadcast->name, "Bob");
  EXPECT_EQ(result.broadcast->text, "Hi");
}

TEST_F(ChatRoomTest, TextThatBreaksARuleIsNotSaid) {
  EXPECT_EQ(room_.Say(kBob, "two\nlines").outcome, Outcome::kTextInvalid);
  EXPECT_EQ(room_.Say(kBob, " ").outcome, Outcome::kTextInvalid);
  EXPECT_EQ(room_.Say(kBob, "\xFF").outcome, Outcome::kTextInvalid);
  EXPECT_EQ(room_.Say(kBob, std::string(4097, 'x')).outcome, Outcome::kTextTooLong);
  EXPECT_FALSE(room_.Say(kBob, "").broadcast.has_value());
}

TEST_F(ChatRoomTest, LogoutFreesTheNameBeforeItReturns) {
  const Result result = room_.Logout(kAlice);
  EXPECT_EQ(result.outcome, Outcome::kOk);
  ASSERT_TRUE(result.broadcast.has_value());
  EXPECT_EQ(result.broadcast->kind, Broadcast::Kind::kLeft);
  EXPECT_EQ(result.broadcast->name, "Alice");
  EXPECT_EQ(room_.Login(kCarol, "ALICE").outcome, Outcome::kOk);
}

TEST_F(ChatRoomTest, SecondLogoutIsRefused) {
  EXPECT_EQ(room_.Logout(kAlice).outcome, Outcome::kOk);
  const Result again = room_.Logout(kAlice);
  EXPECT_EQ(again.outcome, Outcome::kNotLoggedIn);
  EXPECT_FALSE(again.broadcast.has_value());
}

TEST_F(ChatRoomTest, WhoIsNotLoggedInCanDoNothing) {
  EXPECT_EQ(room_.Say(kCarol, "Hi").outcome, Outcome::kNotLoggedIn);
  EXPECT_EQ(room_.Query(kCarol).outcome, Outcome::kNotLoggedIn);
  EXPECT_EQ(room_.Logout(kCarol).outcome, Outcome::kNotLoggedIn);
}

TEST_F(ChatRoomTest, QueryTellsNobody) {
  const Result result = room_.Query(kAlice);
  EXPECT_EQ(result.outcome, Outcome::kOk);
  EXPECT_FALSE(result.broadcast.has_value());
}

TEST_F(ChatRoomTest, MembershipVersionGrowsWithEachChangeOnly) {
  const std::uint64_t before = room_.membership_version();
  (void)room_.Say(kAlice, "Hi");
  (void)room_.Query(kAlice);
  (void)room_.Login(kCarol, "Bob");
  EXPECT_EQ(room_.membership_version(), before);
  (void)room_.Login(kCarol, "Carol");
  EXPECT_EQ(room_.membership_version(), before + 1);
  (void)room_.Logout(kCarol);
  EXPECT_EQ(room_.membership_version(), before + 2);
}

TEST(ChatRoomLimitsTest, FullRoomRefusesUntilSomebodyLeaves) {
  ChatRoom room({.members = 2});
  (void)room.Login(kAlice, "Alice");
  (void)room.Login(kBob, "Bob");
  EXPECT_EQ(room.Login(kCarol, "Carol").outcome, Outcome::kRoomFull);
  (void)room.Logout(kBob);
  EXPECT_EQ(room.Login(kCarol, "Carol").outcome, Outcome::kOk);
}

TEST(ChatRoomLimitsTest, NameAndTextLimitsAreThoseGiven) {
  ChatRoom room({.name_bytes = 3, .text_bytes = 5});
  EXPECT_EQ(room.Login(kAlice, "Alice").outcome, Outcome::kNameInvalid);
  EXPECT_EQ(room.Login(kAlice, "Ali").outcome, Outcome::kOk);
  EXPECT_EQ(room.Say(kAlice, "12345").outcome, Outcome::kOk);
  EXPECT_EQ(room.Say(kAlice, "123456").outcome, Outcome::kTextTooLong);
}

TEST(ChatRoomLimitsTest, TenThousandMembersComeAndGo) {
  ChatRoom room;
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    ASSERT_EQ(room.Login(MemberId{i}, "member-" + std::to_string(i)).outcome, Outcome::kOk);
  }
  EXPECT_EQ(room.members().size(), 10'000u);
  EXPECT_EQ(room.members().front().name, "member-0");
  EXPECT_EQ(room.members().back().name, "member-9999");
  EXPECT_EQ(room.Login(MemberId{10'000}, "one-more").outcome, Outcome::kRoomFull);
  for (std::uint64_t i = 0; i < 10'000; ++i) (void)room.Logout(MemberId{i});
  EXPECT_THAT(Names(room), IsEmpty());
}

}  // namespace
}  // namespace chathttp
