// The oracle finds what is wrong in what a server wrote.
#include <string>

#include "tests/sim/oracle/fixture.h"

namespace chathttp::sim {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Kind = ServerEvent::Kind;

constexpr std::size_t kWitness = 0;

class ConversationTest : public OracleTest {
 protected:
  void SetUp() override { Play(kConversation); }
};

TEST_F(ConversationTest, AnotherGreetingBreaksGreeting) {
  Replace(ConnectionOf("alice").out, "test", "tost");
  EXPECT_THAT(Violated(), Contains("greeting"));
}

TEST_F(ConversationTest, AChangedBroadcastBreaksOrder) {
  Replace(ConnectionOf("bob").out, "[ alice ] : one", "[ alice ] : two");
  EXPECT_THAT(Violated(), Contains("order"));
}

TEST_F(ConversationTest, ABroadcastOfAnotherTimeBreaksInvention) {
  const std::string said = "[ alice ] : one";
  std::string& out = ConnectionOf("bob").out;
  const std::size_t date = out.rfind("Datetime: ", out.find(said)) + 10;
  out[date + 18] = out[date + 18] == '9' ? '8' : '9';
  EXPECT_THAT(Violated(), Contains("invention"));
}

TEST_F(ConversationTest, AMissingBroadcastBreaksOrder) {
  std::string& out = ConnectionOf("bob").out;
  const std::size_t begin = out.rfind("HTTP/1.1", out.find("[ alice ] : one"));
  const std::size_t end = out.rfind("HTTP/1.1", out.find("[ alice ] : two"));
  CutOut(ConnectionOf("bob"), std::string_view(out).substr(begin, 200), end - begin);
  EXPECT_THAT(Violated(), Contains("order"));
}

TEST_F(ConversationTest, WordsOfARefusalAreCompared) {
  Replace(ConnectionOf("alice").out, "Text cannot be blank, got 0", "Text cannot be blank, got 1");
  EXPECT_THAT(Violated(), Contains("one-reply"));
  EXPECT_THAT(messages, HasSubstr("expected 400 \"Text cannot be blank, got 0 bytes"));
}

TEST_F(ConversationTest, ValuesOfAFatalRefusalAreCompared) {
  Replace(ConnectionOf("carol").out, "got 'User_Agent '", "got 'User-Agent '");
  EXPECT_THAT(Violated(), Contains("last-words"));
}

TEST_F(ConversationTest, AnotherListBreaksList) {
  Replace(ConnectionOf("alice").out, "witness\nalice\nbob\n", "witness\nbob\nalice\n");
  EXPECT_THAT(Violated(), Contains("list"));
}

TEST_F(ConversationTest, AnotherCodeBreaksOneReply) {
  Replace(ConnectionOf("carol").out, "401 User Name Exist", "400 User Name Exist");
  EXPECT_THAT(Violated(), Contains("invention"));
}

TEST_F(ConversationTest, AnotherDatetimeOfAReplyBreaksDatetime) {
  std::string& out = ConnectionOf("alice").out;
  const std::size_t date = out.find("Datetime: ", out.find("OK...^.^") - 200) + 10;
  out[date + 3] = '1';
  EXPECT_THAT(Violated(), Contains("datetime"));
}

TEST_F(ConversationTest, AnotherDatetimeOfANoticeBreaksDatetime) {
  for (ServerConnection& c : server().connections) {
    const std::size_t at = c.out.find("bob has just entered");
    if (at == std::string::npos) continue;
    c.out[c.out.rfind("Datetime: ", at) + 10 + 18] = '7';
  }
  EXPECT_THAT(Violated(), Contains("datetime"));
}

TEST_F(ConversationTest, WhatNobodySaidBreaksInvention) {
  for (ServerConnection& c : server().connections) {
    if (c.out.find("[ bob ] : three") != std::string::npos) {
      Replace(c.out, "[ bob ] : three", "[ bob ] : eerht");
    }
  }
  EXPECT_THAT(Violated(), Contains("invention"));
}

TEST_F(ConversationTest, ASecondMemberOfANameBreaksUniqueNames) {
  for (ServerConnection& c : server().connections) {
    const std::size_t at = c.out.find("Robert has just entered");
    if (at != std::string::npos) c.out.replace(at, 6, "alicE ");
  }
  EXPECT_THAT(Violated(), Not(IsEmpty()));
}

TEST_F(ConversationTest, ARefusedNameThatIsFreeBreaksUniqueNames) {
  Event(Kind::kRefused, "").when.order = 1;  // before alice entered
  EXPECT_THAT(Violated(), Contains("unique-names"));
}

TEST_F(ConversationTest, EventsAreComparedWordByWord) {
  Event(Kind::kLeft, "bob").reason = "logged out";
  EXPECT_THAT(Violated(), Contains("events"));
}

TEST_F(ConversationTest, AMissingEventBreaksEvents) {
  std::erase_if(server().events, [](const ReportedEvent& event) {
    return event.kind == Kind::kRefused && event.reason.starts_with("Text");
  });
  EXPECT_THAT(Violated(), Contains("events"));
}

TEST_F(ConversationTest, BytesOfAClosedConnectionAreCompared) {
  for (ReportedEvent& event : server().events) {
    if (event.kind == Kind::kClosed) ++event.bytes_in;
  }
  EXPECT_THAT(Violated(), Contains("events"));
}

TEST_F(ConversationTest, ABroadcastNobodyWasToldOfBreaksEvents) {
  Replace(server().connections[kWitness].out, "bob has just left", "bob has just lost");
  EXPECT_THAT(Violated(), Not(IsEmpty()));
}

}  // namespace
}  // namespace chathttp::sim
