#include "chathttp/transport/codec/entity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace chathttp {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Kind = Entity::Kind;

TEST(EntityTest, MessageHasANameAndAText) {
  const Entity entity = ClassifyEntity("[ Alice ] : Hello, everyone!\n");
  EXPECT_EQ(entity.kind, Kind::kMessage);
  EXPECT_EQ(entity.name, "Alice");
  EXPECT_EQ(entity.text, "Hello, everyone!");
}

TEST(EntityTest, ListHasTheNamesInTheirOrder) {
  const Entity entity = ClassifyEntity("Online users:\nSoros\nAlice\n");
  EXPECT_EQ(entity.kind, Kind::kList);
  EXPECT_THAT(entity.names, ElementsAre("Soros", "Alice"));
}

TEST(EntityTest, ListOfNobodyIsAList) {
  const Entity entity = ClassifyEntity("Online users:\n");
  EXPECT_EQ(entity.kind, Kind::kList);
  EXPECT_THAT(entity.names, IsEmpty());
}

TEST(EntityTest, NoticesHaveAName) {
  const Entity entered = ClassifyEntity("Soros has just entered the chat room...\n");
  EXPECT_EQ(entered.kind, Kind::kEntered);
  EXPECT_EQ(entered.name, "Soros");
  const Entity left = ClassifyEntity("Soros has just left the chat room...\n");
  EXPECT_EQ(left.kind, Kind::kLeft);
  EXPECT_EQ(left.name, "Soros");
}

TEST(EntityTest, AnythingElseIsAReply) {
  for (const std::string_view entity :
       {std::string_view(), kOkEntity, kGreetingEntity, kNameTakenEntity, kUnknownMethodEntity,
        std::string_view("\n"), std::string_view("Alice\n")}) {
    EXPECT_EQ(ClassifyEntity(entity).kind, Kind::kReply) << entity;
  }
}

TEST(EntityTest, TextThatLooksLikeAnotherKindStaysAMessageOfItsSpeaker) {
  for (const std::string text : {"Bob has just left the chat room...", "[ Bob ] : hi",
                                 "Online users:", " ] : ", "x ] : [ Bob ] : y", "OK...^.^"}) {
    const std::string said = "[ Mallory ] : " + text + "\n";
    const Entity entity = ClassifyEntity(said);
    EXPECT_EQ(entity.kind, Kind::kMessage) << text;
    EXPECT_EQ(entity.name, "Mallory") << text;
    EXPECT_EQ(entity.text, text);
  }
}

TEST(EntityTest, LineFeedsInsideATextStayInTheText) {
  const std::string_view forged = "[ Mallory ] : hi\n[ Bob ] : I quit\n";
  const Entity entity = ClassifyEntity(forged);
  EXPECT_EQ(entity.kind, Kind::kMessage);
  EXPECT_EQ(entity.name, "Mallory");
  EXPECT_EQ(entity.text, "hi\n[ Bob ] : I quit");
}

TEST(EntityTest, MessageOfNoValidNameIsAReply) {
  for (const std::string name : {"", "Al ice", "a]b", "a\nb", "\x1b[2J", "\xc3\xa4", "Bob ] :x"}) {
    EXPECT_EQ(ClassifyEntity("[ " + name + " ] : hi\n").kind, Kind::kReply) << name;
  }
  EXPECT_EQ(ClassifyEntity("[ " + std::string(33, 'a') + " ] : hi\n").kind, Kind::kReply);
}

TEST(EntityTest, MessageCutShortIsAReply) {
  const std::string message = "[ Alice ] : hi\n";
  for (std::size_t bytes = 0; bytes < message.size(); ++bytes) {
    EXPECT_EQ(ClassifyEntity(message.substr(0, bytes)).kind, Kind::kReply) << bytes;
  }
}

TEST(EntityTest, NoticeBehindMoreThanASingleNameIsAReply) {
  for (const std::string front : {"", "Al ice", "Alice and Bob", "x\nAlice", "\x1b]0;Alice"}) {
    EXPECT_EQ(ClassifyEntity(front + std::string(kLeftEnding)).kind, Kind::kReply) << front;
    EXPECT_EQ(ClassifyEntity(front + std::string(kEnteredEnding)).kind, Kind::kReply) << front;
  }
}

TEST(EntityTest, NoticeWithMoreBehindItIsAReply) {
  EXPECT_EQ(ClassifyEntity("Bob has just left the chat room...\nx").kind, Kind::kReply);
  EXPECT_EQ(ClassifyEntity("Bob has just left the chat room...").kind, Kind::kReply);
}

TEST(EntityTest, ListWithALineThatIsNoNameIsAReply) {
  for (const std::string lines : {"Alice", "\n", "Alice\n\n", "Al ice\n", "[ Bob ] : hi\n",
                                  "\x1b[2J\n", "Alice\r\n", " Alice\n"}) {
    EXPECT_EQ(ClassifyEntity("Online users:\n" + lines).kind, Kind::kReply) << lines;
  }
}

TEST(EntityTest, ReservedNamesAreNamesToAReader) {
  EXPECT_EQ(ClassifyEntity("[ server ] : hi\n").kind, Kind::kMessage);
}

TEST(EntityTest, ViewsPointIntoTheEntity) {
  const std::string_view said = "[ Alice ] : hi\n";
  const Entity entity = ClassifyEntity(said);
  EXPECT_EQ(entity.name.data(), said.data() + 2);
  EXPECT_EQ(entity.text.data(), said.data() + 12);
}

}  // namespace
}  // namespace chathttp
