#include "chathttp/domain/edit_distance.h"

#include "gtest/gtest.h"

namespace chathttp {
namespace {

TEST(EditDistance, IsZeroForTheSameWord) {
  EXPECT_EQ(EditDistance("", ""), 0u);
  EXPECT_EQ(EditDistance("/users", "/users"), 0u);
}

TEST(EditDistance, CountsBytesToInsertRemoveAndChange) {
  EXPECT_EQ(EditDistance("", "abc"), 3u);
  EXPECT_EQ(EditDistance("abc", ""), 3u);
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3u);
}

TEST(EditDistance, CountsASwapOfNeighboursAsOne) {
  EXPECT_EQ(EditDistance("/usres", "/users"), 1u);
  EXPECT_EQ(EditDistance("cleints", "clients"), 1u);
  EXPECT_EQ(EditDistance("ca", "abc"), 3u);  // a byte takes part in one edit only
}

}  // namespace
}  // namespace chathttp
