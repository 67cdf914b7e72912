#include "chathttp/transport/server/room_service.h"

#include <string>

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

TEST(RoomServiceTest, AddIsALogin) {
  ChatRoom room;
  const Answer answer = ServeRequest(room, kAlice, Request(Method::kAdd, "Alice"));
  EXPECT_EQ(answer.code, StatusCode::kOk);
  EXPECT_EQ(answer.entity, "OK...^.^");
  EXPECT_EQ(answer.login, Answer::Login::kLoggedIn);
  EXPECT_TRUE(answer.broadcast.has_value());
}

TEST(RoomServiceTest, PostIsAnsweredByItsBroadcast) {
  ChatRoom room;
  (void)room.Login(kAlice, "Alice");
  const Answer answer = ServeRequest(room, kAlice, Request(Method::kPost, "Alice", "Hi\n"));
  EXPECT_EQ(answer.body, Answer::Body::kBroadcast);
  EXPECT_EQ(answer.broadcast->text, "Hi");
}

TEST(RoomServiceTest, OneLineEndAndNoMoreIsTakenOffTheText) {
  ChatRoom room;
  (void)room.Login(kAlice, "Alice");
  const auto text_of = [&](std::string_view entity) {
    return ServeRequest(room, kAlice, Request(Method::kPost, "Alice", entity));
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
  const Answer answer = ServeRequest(room, kAlice, Request(Method::kGet, "Alice"));
  EXPECT_EQ(answer.body, Answer::Body::kList);
  EXPECT_FALSE(answer.broadcast.has_value());
  EXPECT_EQ(ListEntity(room), "Online users:\nBob\nAlice\n");
}

TEST(RoomServiceTest, DeleteIsALogout) {
  ChatRoom room;
  (void)room.Login(kAlice, "Alice");
  const Answer answer = ServeRequest(room, kAlice, Request(Method::kDelete, "Alice"));
  EXPECT_EQ(answer.login, Answer::Login::kLoggedOut);
  EXPECT_EQ(answer.broadcast->kind, Broadcast::Kind::kLeft);
  EXPECT_EQ(room.NameOf(kAlice), std::nullopt);
}

TEST(RoomServiceTest, ReasonShowsTheValueSeenWithoutItsControls) {
  ChatRoom room;
  (void)room.Login(kAlice, "Alice");
  const Answer answer = ServeRequest(room, kAlice, Request(Method::kGet, "B\x9bob"));
  EXPECT_EQ(answer.code, StatusCode::kBadRequest);
  EXPECT_THAT(answer.entity, HasSubstr("\"Alice\", got \"B\\x9bob\""));
}

TEST(RoomServiceTest, RequestBeforeLoginIsFatalButAdd) {
  ChatRoom room;
  for (const Method method : {Method::kPost, Method::kGet, Method::kDelete, Method::kUnknown}) {
    const Answer answer = ServeRequest(room, kAlice, Request(method, "Alice", "x\n"));
    EXPECT_TRUE(answer.fatal);
    EXPECT_EQ(answer.code, StatusCode::kBadRequest);
  }
  EXPECT_FALSE(ServeRequest(room, kAlice, Request(Method::kAdd, "a b")).fatal);
}

}  // namespace
}  // namespace chathttp
