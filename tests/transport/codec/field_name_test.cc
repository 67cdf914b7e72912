#include "chathttp/transport/codec/field_name.h"

#include <gtest/gtest.h>

#include <string_view>

namespace chathttp {
namespace {

TEST(FieldNameTest, SpellingsOfOneNameAreTheSameField) {
  for (const std::string_view name : {"User_Agent", "user-agent", "USER-agent", "uSeR_aGeNt"}) {
    EXPECT_EQ(FieldOf(name), Field::kUserAgent) << name;
  }
}

TEST(FieldNameTest, NamesThatAreLongerOrShorterAreOtherFields) {
  for (const std::string_view name : {"", "User", "User_Agents", "XUser_Agent", "UserAgent",
                                      "Serve", "Servers", "Sec_Fetch", "Date", "Content_Lengt"}) {
    EXPECT_EQ(FieldOf(name), Field::kOther) << name;
  }
}

TEST(FieldNameTest, BytesThatDifferByTheCaseBitOnlyAreNotTheSame) {
  EXPECT_EQ(FieldOf("user\x7f"
                    "agent"),
            Field::kOther);
  EXPECT_EQ(FieldOf("user\ragent"), Field::kOther);
}

TEST(FieldNameTest, AllThatBeginWithSecFetchAreForbidden) {
  for (const std::string_view name : {"Sec_Fetch_", "Sec-Fetch-Mode", "SEC_FETCH-x"}) {
    EXPECT_EQ(FieldOf(name), Field::kForbidden) << name;
  }
}

}  // namespace
}  // namespace chathttp
