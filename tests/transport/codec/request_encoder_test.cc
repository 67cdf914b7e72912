#include "chathttp/transport/codec/request_encoder.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/time/time.h"
#include "chathttp/transport/codec/message.h"
#include "tests/transport/codec/decode_trace.h"
#include "tests/transport/codec/golden.h"

namespace chathttp {
namespace {

std::string Encode(const RequestToSend& request, const char* datetime) {
  std::string out;
  AppendRequest(request, GoldenTime(datetime), GoldenZone(), out);
  return out;
}

RequestToSend FromAlice(Method method) {
  RequestToSend request;
  request.method = method;
  request.host = "127.0.0.1";
  request.user_agent = "Alice";
  return request;
}

TEST(RequestEncoderTest, AddIsWrittenAsCaptured) {
  EXPECT_EQ(Encode(FromAlice(Method::kAdd), "2015-11-29 10:07:40"), Golden("request-add.bin"));
}

TEST(RequestEncoderTest, PostIsWrittenAsCaptured) {
  RequestToSend post = FromAlice(Method::kPost);
  post.entity = "Hello, everyone!\n";
  EXPECT_EQ(Encode(post, "2015-11-29 10:17:48"), Golden("request-post.bin"));
}

TEST(RequestEncoderTest, GetIsWrittenAsCaptured) {
  EXPECT_EQ(Encode(FromAlice(Method::kGet), "2015-11-29 10:19:52"), Golden("request-get.bin"));
}

TEST(RequestEncoderTest, DeleteIsWrittenAsCaptured) {
  EXPECT_EQ(Encode(FromAlice(Method::kDelete), "2015-11-29 10:21:28"),
            Golden("request-delete.bin"));
}

TEST(RequestEncoderTest, SignsOfLifeAreFieldsBehindHost) {
  RequestToSend add = FromAlice(Method::kAdd);
  add.heartbeat = 60;
  std::string expected = Golden("request-add.bin");
  expected.insert(expected.find("Accept_Language"), "Heartbeat: 60\n");
  EXPECT_EQ(Encode(add, "2015-11-29 10:07:40"), expected);
  RequestToSend get = FromAlice(Method::kGet);
  get.ping = true;
  expected = Golden("request-get.bin");
  expected.insert(expected.find("Accept_Language"), "Ping: 1\n");
  EXPECT_EQ(Encode(get, "2015-11-29 10:19:52"), expected);
}

TEST(RequestEncoderTest, FieldsOfSessionsAreBehindTheSignsOfLife) {
  RequestToSend add = FromAlice(Method::kAdd);
  add.heartbeat = 60;
  add.session = "new";
  add.history = "20";
  std::string expected = Golden("request-add.bin");
  expected.insert(expected.find("Accept_Language"), "Heartbeat: 60\nSession: new\nHistory: 20\n");
  EXPECT_EQ(Encode(add, "2015-11-29 10:07:40"), expected);
  add = FromAlice(Method::kAdd);
  add.session = "0123456789abcdef0123456789abcdef";
  add.since = "7.120";
  expected = Golden("request-add.bin");
  expected.insert(expected.find("Accept_Language"),
                  "Session: 0123456789abcdef0123456789abcdef\nSince: 7.120\n");
  EXPECT_EQ(Encode(add, "2015-11-29 10:07:40"), expected);
}

TEST(RequestEncoderTest, RequestsAreAppended) {
  const RequestToSend get = FromAlice(Method::kGet);
  std::string out = Golden("request-add.bin");
  AppendRequest(get, absl::UnixEpoch(), GoldenZone(), out);
  EXPECT_EQ(out, Golden("request-add.bin") + Encode(get, "1970-01-01 08:00:00"));
}

TEST(RequestEncoderTest, WhatIsWrittenIsReadAgain) {
  RequestToSend post = FromAlice(Method::kPost);
  post.host = "chat.example.org";
  post.entity = "\xc3\xa4\n";
  EXPECT_EQ(TraceRequests(Encode(post, "2024-02-29 00:00:00")).messages,
            std::vector<std::string>{"POST|POST|Alice|3|\xc3\xa4\n"});
}

}  // namespace
}  // namespace chathttp
