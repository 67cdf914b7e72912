#include "chathttp/domain/user_name.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(UserNameTest, LettersDigitsAndThreeSignsMakeAName) {
  EXPECT_EQ(CheckName("Alice"), NameProblem::kNone);
  EXPECT_EQ(CheckName("aZ09_.-"), NameProblem::kNone);
  EXPECT_EQ(CheckName("x"), NameProblem::kNone);
}

TEST(UserNameTest, EveryOtherByteIsRefused) {
  const std::string allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";
  for (int byte = 0; byte < 256; ++byte) {
    const std::string name = std::string("a") + static_cast<char>(byte) + "b";
    const bool is_allowed = allowed.find(static_cast<char>(byte)) != std::string::npos;
    EXPECT_EQ(CheckName(name), is_allowed ? NameProblem::kNone : NameProblem::kMalformed) << byte;
  }
}

TEST(UserNameTest, LongestNameIsAllowedAndOneByteMoreIsNot) {
  EXPECT_EQ(CheckName(std::string(32, 'n')), NameProblem::kNone);
  EXPECT_EQ(CheckName(std::string(33, 'n')), NameProblem::kMalformed);
  EXPECT_EQ(CheckName("abcd", {.name_bytes = 3}), NameProblem::kMalformed);
}

TEST(UserNameTest, LimitsReserveMoreNames) {
  const RoomLimits limits{.reserved_names = {"Bot", "Judge"}};
  EXPECT_EQ(CheckName("bot", limits), NameProblem::kReserved);
  EXPECT_EQ(CheckName("judge", limits), NameProblem::kReserved);
  EXPECT_EQ(CheckName("root", limits), NameProblem::kReserved);
  EXPECT_EQ(CheckName("Bots", limits), NameProblem::kNone);
  EXPECT_THAT(DescribeNameProblem("BOT", limits), HasSubstr("\"BOT\" is reserved"));
}

TEST(UserNameTest, EmptyNameIsRefused) { EXPECT_EQ(CheckName(""), NameProblem::kMalformed); }

TEST(UserNameTest, ReservedWordsAreRefusedInAnyCase) {
  for (const char* word : {"server", "system", "admin", "root", "everyone", "all", "here"}) {
    EXPECT_EQ(CheckName(word), NameProblem::kReserved) << word;
  }
  EXPECT_EQ(CheckName("ADMIN"), NameProblem::kReserved);
  EXPECT_EQ(CheckName("administrator"), NameProblem::kNone);
}

TEST(UserNameTest, NamesThatDifferInCaseAreTheSame) {
  EXPECT_TRUE(SameName("Alice", "aLICE"));
  EXPECT_FALSE(SameName("Alice", "Alic"));
  EXPECT_FALSE(SameName("Alice", "Alicf"));
  EXPECT_FALSE(SameName("a_", "a-"));
}

TEST(UserNameTest, SameNamesHaveTheSameHash) {
  EXPECT_EQ(NameHash()("Alice"), NameHash()("aLICE"));
  EXPECT_NE(NameHash()("Alice"), NameHash()("Alicf"));
}

TEST(UserNameTest, ReasonTellsRuleLimitAndValue) {
  EXPECT_THAT(DescribeNameProblem("Al ice"), HasSubstr("User name cannot contain space"));
  EXPECT_THAT(DescribeNameProblem("Al\tice"), HasSubstr("cannot contain tab"));
  EXPECT_THAT(DescribeNameProblem("Zo\xC3\xAB!"), HasSubstr("cannot contain \"\xC3\xAB\""));
  EXPECT_THAT(DescribeNameProblem(std::string(40, 'n')), HasSubstr("longer than 32 bytes, got 40"));
  EXPECT_THAT(DescribeNameProblem("root"), HasSubstr("\"root\" is reserved"));
  EXPECT_THAT(DescribeNameProblem(""), HasSubstr("empty"));
  EXPECT_THAT(DescribeNameProblem("Alice"), IsEmpty());
}

TEST(UserNameTest, ReasonShowsNoByteThatCouldDriveATerminal) {
  EXPECT_THAT(DescribeNameProblem("a\x1b[2J"), HasSubstr("\\x1b"));
  EXPECT_THAT(DescribeNameProblem("a\xFF"), HasSubstr("\\xff"));
}

}  // namespace
}  // namespace chathttp
