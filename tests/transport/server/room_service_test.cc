#include "chathttp/transport/server/room_service.h"

#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp {
namespace {

using ::testing::HasSubstr;

constexpr MemberId kAlice{1};
constexpr MemberId kBob{2};

RequestView Request(Method method, std::string_view user, std::string_view entity = "") {
  RequestView request;
  request.method = method;
  request.method_token = MethodName(method);
  request.user_agent = user;
  request.content_length = entity.size();
  request.entity = entity;
  return request;
}

// The answer to a request whose command, if any, is applied at once.
Answer Serve(ChatRoom& room, MemberId member, const RequestView& request) {
  RequestCheck check = CheckRequest(room, member, request);
  if (!check.command) return std::move(check.answer);
  return ApplyCommand(room, {.kind = *check.command, .member = member, .text = check.text});
}

TEST(RoomServiceTest, AddIsALogin) {
  ChatRoom room;
  const Answer answer = Serve(room, kAlice, Request(Method::kAdd, "Alice"));
  EXPECT_EQ(answer.code, StatusCode::kOk);
  EXPECT_EQ(answer.entity, "OK...^.^");
  EXPECT_EQ(answer.login, Answer::Login::kLoggedIn);
  EXPECT_TRUE(answer.broadcast.has_value());
}

TEST(RoomServiceTest, PostIsAnsweredByItsBroadcast) {
  ChatRoom room;
  (void)room.Login(kAlice, "Alice");
  const Answer answer = Serve(room, kAlice, Request(Method::kPost, "Alice", "Hi\n"));
  EXPECT_EQ(answer.body, Answer::Body::kBroadcast);
  EXPECT_EQ(answer.broadcast->text, "Hi");
}

TEST(RoomServiceTest, OneLineEndAndNoMoreIsTakenOffTheText) {
  ChatRoom room;
  (void)room.Login(kAlice, "Alice");
  const auto text_of = [&](std::string_view entity) {
    return Serve(room, kAlice, Request(Method::kPost, "Alice", entity));
  };
  EXPECT_EQ(text_of("Hi").broadcast->text, "Hi");
  EXPECT_EQ(text_of("Hi\r\n").broadcast->text, "Hi");
  EXPECT_FALSE(text_of("Hi\n\n").broadcast.has_value());
  EXPECT_FALSE(text_of("Hi\r").broadcast.has_value());
}

TEST(RoomServiceTest, GetIsTheListAndTellsNobody) {
  ChatRoom room;
  (void)room.Login(kBob, "Bob");
  (void)room.Login(kAlice, "Alice");
  const Answer answer = Serve(room, kAlice, Request(Method::kGet, "Alice"));
  EXPECT_EQ(answer.body, Answer::Body::kList);
  EXPECT_FALSE(answer.broadcast.has_value());
  EXPECT_EQ(ListEntity(room), "Online users:\nBob\nAlice\n");
}

TEST(RoomServiceTest, DeleteIsALogout) {
  ChatRoom room;
  (void)room.Login(kAlice, "Alice");
  const Answer answer = Serve(room, kAlice, Request(Method::kDelete, "Alice"));
  EXPECT_EQ(answer.login, Answer::Login::kLoggedOut);
  EXPECT_EQ(answer.broadcast->kind, Broadcast::Kind::kLeft);
  EXPECT_EQ(room.NameOf(kAlice), std::nullopt);
}

TEST(RoomServiceTest, ReasonShowsTheValueSeenWithoutItsControls) {
  ChatRoom room;
  (void)room.Login(kAlice, "Alice");
  const Answer answer = Serve(room, kAlice, Request(Method::kGet, "B\x9bob"));
  EXPECT_EQ(answer.code, StatusCode::kBadRequest);
  EXPECT_THAT(answer.entity, HasSubstr("\"Alice\", got \"B\\x9bob\""));
}

TEST(RoomServiceTest, CheckChangesNothing) {
  ChatRoom room;
  const RequestCheck check = CheckRequest(room, kAlice, Request(Method::kAdd, "Alice"));
  EXPECT_EQ(check.command, Command::Kind::kLogin);
  EXPECT_EQ(check.text, "Alice");
  EXPECT_EQ(room.NameOf(kAlice), std::nullopt);
}

// Another server may free the name with a command that comes first in the order.
TEST(RoomServiceTest, LoginsThatDependOnTheOrderAreRefusedOnlyWhereItIsKnown) {
  ChatRoom room({.members = 1});
  (void)room.Login(kBob, "Bob");
  for (const std::string_view name : {"bob", "Alice"}) {
    const RequestView add = Request(Method::kAdd, name);
    EXPECT_EQ(CheckRequest(room, kAlice, add).command, std::nullopt);
    EXPECT_EQ(CheckRequest(room, kAlice, add, {.order_is_known = false}).command,
              Command::Kind::kLogin);
  }
  const RequestCheck check =
      CheckRequest(room, kAlice, Request(Method::kAdd, "a b"), {.order_is_known = false});
  EXPECT_EQ(check.command, std::nullopt);
  EXPECT_EQ(check.answer.rule, Rule::kName);
}

TEST(RoomServiceTest, ALoginThatLosesTheRaceIsRefusedWhenItIsApplied) {
  ChatRoom room;
  (void)room.Login(kBob, "Bob");
  const Answer answer =
      ApplyCommand(room, {.kind = Command::Kind::kLogin, .member = kAlice, .text = "BOB"});
  EXPECT_EQ(answer.code, StatusCode::kUserNameExist);
  EXPECT_FALSE(answer.broadcast.has_value());
}

TEST(RoomServiceTest, RequestBeforeLoginIsFatalButAdd) {
  ChatRoom room;
  for (const Method method : {Method::kPost, Method::kGet, Method::kDelete, Method::kUnknown}) {
    const Answer answer = Serve(room, kAlice, Request(method, "Alice", "x\n"));
    EXPECT_TRUE(answer.fatal);
    EXPECT_EQ(answer.code, StatusCode::kBadRequest);
  }
  EXPECT_FALSE(Serve(room, kAlice, Request(Method::kAdd, "a b")).fatal);
}

}  // namespace
}  // namespace chathttp
