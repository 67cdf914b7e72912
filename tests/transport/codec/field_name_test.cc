#include "chathttp/transport/codec/field_name.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

namespace chathttp {
namespace {

TEST(FieldNameTest, SpellingsOfOneNameAreTheSameField) {
  for (const std::string_view name : {"User_Agent", "user-agent", "USER-agent", "uSeR_aGeNt"}) {
    EXPECT_EQ(FieldOf(name), Field::kUserAgent) << name;
  }
}

TEST(FieldNameTest, FieldsOfSessionsAreKnown) {
  for (const auto& [name, field] :
       {std::pair{"Session", Field::kSession}, std::pair{"SINCE", Field::kSince},
        std::pair{"history", Field::kHistory}, std::pair{"Position", Field::kPosition},
        std::pair{"replay", Field::kReplay}, std::pair{"Gap", Field::kGap},
        std::pair{"Session-Seconds", Field::kSessionSeconds}}) {
    EXPECT_EQ(FieldOf(name), field) << name;
    EXPECT_EQ(FieldOf(std::string(name) + "s"), Field::kOther) << name;
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
