#include "apps/console/users.h"

#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

UserRoster Roster(std::vector<std::string_view> names) {
  UserRoster users;
  users.SetAll(names);
  return users;
}

TEST(UsersTest, NamesAreInTheOrderOfTheAlphabetCaseAside) {
  EXPECT_THAT(Roster({"bob", "Alice", "Carol", "dave"}).ByName(),
              ElementsAre("Alice", "bob", "Carol", "dave"));
}

TEST(UsersTest, APartOfTheNamesCanBeListed) {
  const UserRoster users = Roster({"a", "b", "c"});
  EXPECT_THAT(users.ByName(1, 1), ElementsAre("b"));
  EXPECT_THAT(users.ByName(2, 5), ElementsAre("c"));
  EXPECT_THAT(users.ByName(4, 5), IsEmpty());
}

TEST(UsersTest, WhoEntersTwiceIsThereOnce) {
  UserRoster users = Roster({"Alice", "alice"});
  users.Add("ALICE");
  EXPECT_THAT(users.ByName(), ElementsAre("Alice"));
}

TEST(UsersTest, WhoLeavesIsGone) {
  UserRoster users = Roster({"Alice", "Bob"});
  users.Remove("bob");
  users.Remove("nobody");
  EXPECT_THAT(users.ByName(), ElementsAre("Alice"));
}

TEST(UsersTest, WhoSpokeLastComesFirst) {
  UserRoster users = Roster({"a", "b", "c", "d"});
  users.Speak("c");
  users.Speak("b");
  users.Speak("stranger");
  EXPECT_THAT(users.ByRecency(), ElementsAre("b", "c", "a", "d"));
}

TEST(UsersTest, ANewListKeepsWhoSpokeWhen) {
  UserRoster users = Roster({"a", "b"});
  users.Speak("b");
  const std::vector<std::string_view> names = {"a", "b", "c"};
  users.SetAll(names);
  EXPECT_THAT(users.ByRecency(), ElementsAre("b", "a", "c"));
}

TEST(UsersTest, TheRosterHasABound) {
  UserRoster users;
  for (std::size_t i = 0; i < UserRoster::kMaxUsers + 5; ++i) users.Add(absl::StrCat("u", i));
  EXPECT_EQ(users.size(), UserRoster::kMaxUsers);
}

}  // namespace
}  // namespace chathttp
