#include "chathttp/sim/world/raw_codec.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace chathttp::sim {
namespace {

constexpr std::string_view kResponse =
    "HTTP/1.1 200 OK\nDatetime: 2015-11-29 10:07:40\nDeveloper: Soros_Liu\n"
    "Server: Python Socket Server\nContent_Length: 8\nContent_Language: en\n"
    "Content_Encoding: utf-8\nContent_Type: text\n\nOK...^.^";

std::string Replaced(std::string_view text, std::string_view old_part, std::string_view new_part) {
  std::string replaced(text);
  return replaced.replace(replaced.find(old_part), old_part.size(), new_part);
}

// The rule that the last request of `bytes` violates; empty if there is none.
std::string ProblemOf(std::string_view bytes) {
  const std::vector<RawRequestView> requests = CutRequests(bytes);
  return requests.empty() ? "" : requests.back().rule;
}

TEST(CanonicalRequestTest, HasTheLinesOfThePageInTheirOrder) {
  const absl::Time wall =
      absl::FromCivil(absl::CivilSecond(2015, 11, 29, 10, 7, 40), absl::UTCTimeZone());
  EXPECT_EQ(CanonicalRequest("POST", "127.0.0.1", "Alice", "Hello, everyone!\n", wall,
                             absl::UTCTimeZone()),
            "POST 127.0.0.1 HTTP/1.1\nDatetime: 2015-11-29 10:07:40\nUser_Agent: Alice\n"
            "Host: 127.0.0.1\nAccept_Language: en\nAccept: text\nAccept_Encoding: utf-8\n"
            "Content_Length: 17\nContent_Language: en\nContent_Encoding: utf-8\n"
            "Content_Type: text\n\nHello, everyone!\n");
}

TEST(InstantOfTest, ReadsDatesThatExistOnly) {
  const absl::TimeZone zone = absl::FixedTimeZone(3600);
  EXPECT_EQ(InstantOf("1970-01-01 01:00:07", zone), absl::FromUnixSeconds(7));
  EXPECT_EQ(InstantOf("2016-02-29 00:00:00", zone),
            absl::FromCivil(absl::CivilDay(2016, 2, 29), zone));
  for (const char* const wrong :
       {"2015-02-29 00:00:00", "2015-13-01 00:00:00", "2015-01-01 24:00:00", "2015-01-01 00:60:00",
        "2015-01-01T00:00:00", "2015-01-01 00:00", ""}) {
    EXPECT_EQ(InstantOf(wrong, zone), std::nullopt) << wrong;
  }
}

TEST(CutResponsesTest, ReadsEachPart) {
  const std::string two =
      absl::StrCat(std::string(kResponse), std::string(kResponse), "HTTP/1.1 2");
  const std::vector<RawResponse> responses = CutResponses(two);
  ASSERT_EQ(responses.size(), 2u);
  EXPECT_EQ(responses[1].code, 200);
  EXPECT_EQ(responses[1].datetime, "2015-11-29 10:07:40");
  EXPECT_EQ(responses[1].server, "Python Socket Server");
  EXPECT_EQ(responses[1].entity, "OK...^.^");
  EXPECT_EQ(responses[1].raw, kResponse);
  EXPECT_EQ(responses[1].begin, kResponse.size());
  EXPECT_EQ(responses[1].end, 2 * kResponse.size());
}

TEST(CutResponsesTest, EveryTruePrefixIsIncomplete) {
  for (std::size_t bytes = 1; bytes < kResponse.size(); ++bytes) {
    EXPECT_TRUE(CutResponses(kResponse.substr(0, bytes)).empty()) << bytes;
  }
}

TEST(CutResponsesTest, WhateverIsNotLaidDownIsNoResponse) {
  for (const std::string& bytes :
       {Replaced(kResponse, "HTTP/1.1", "HTTP/1.0"), Replaced(kResponse, "200 OK", "200 Fine"),
        Replaced(kResponse, "200 OK", "302 Found"), Replaced(kResponse, "10:07:40", "10:7:40"),
        Replaced(kResponse, "Datetime", "Date"), Replaced(kResponse, "Content_Length", "Length"),
        Replaced(kResponse, ": 8", ": 8a"), Replaced(kResponse, "text\n\n", "text\nX: y\n\n"),
        Replaced(kResponse, "Language: en\n", "Language: en\r\n"),
        std::string("GET / HTTP/1.1\n")}) {
    const std::vector<RawResponse> responses = CutResponses(bytes);
    ASSERT_EQ(responses.size(), 1u) << bytes;
    EXPECT_EQ(responses[0].code, 0) << bytes;
    EXPECT_FALSE(responses[0].problem.empty());
    EXPECT_EQ(responses[0].end, bytes.size());
  }
}

TEST(CutRequestsTest, ReadsWhatRawRequestWrites) {
  const std::string bytes = RawRequest("ADD", "alice") + RawRequest("POST", "alice", "Hi\n");
  const std::vector<RawRequestView> requests = CutRequests(bytes);
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[1].method, "POST");
  EXPECT_EQ(requests[1].user, "alice");
  EXPECT_EQ(requests[1].declared_bytes, 3u);
  EXPECT_EQ(requests[1].entity, "Hi\n");
  EXPECT_EQ(requests[1].begin, requests[0].end);
  EXPECT_EQ(requests[1].end, bytes.size());
  EXPECT_FALSE(requests[1].fatal);
}

TEST(CutRequestsTest, UnfinishedRequestIsLeftOut) {
  const std::string bytes = RawRequest("POST", "alice", "Hi\n");
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_TRUE(CutRequests(bytes.substr(0, size)).empty()) << size;
  }
}

TEST(CutRequestsTest, SpellingsThatAreAllowedAreRead) {
  const std::vector<RawRequestView> requests =
      CutRequests("NEW h HTTP/1.1\r\nuser-AGENT:\t al\xff \r\nContent-length:02\nX:\n\r\nab");
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_FALSE(requests[0].fatal);
  EXPECT_EQ(requests[0].user, "al\xff");
  EXPECT_EQ(requests[0].entity, "ab");
}

TEST(CutRequestsTest, RequestWithoutUserAgentIsNotFatal) {
  const std::vector<RawRequestView> requests = CutRequests("GET h HTTP/1.1\n\n");
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_FALSE(requests[0].fatal);
  EXPECT_FALSE(requests[0].user);
}

TEST(CutRequestsTest, EachBreachOfReadingStrictlyIsFatal) {
  const std::string start = "POST h HTTP/1.1\n";
  const std::string long_uri(257, 'u');
  const std::string long_line = "X: " + std::string(8200, 'x');
  std::string many_lines = start;
  for (int i = 0; i < 65; ++i) many_lines += "X: y\n";
  for (const std::string& bytes : {std::string("\n"),
                                   std::string("POST h\n"),
                                   std::string("POST  h HTTP/1.1\n"),
                                   std::string("POST h HTTP/1.0\n"),
                                   std::string("PO(T h HTTP/1.1\n"),
                                   "POST " + long_uri + " HTTP/1.1\n",
                                   std::string("POST h\x01 HTTP/1.1\n"),
                                   start + "no colon\n",
                                   start + "X : y\n",
                                   start + " X: y\n",
                                   start + ": y\n",
                                   start + "X: a\rb\n",
                                   start + std::string("X: \0\n", 5),
                                   start + "Content_Length: +1\n",
                                   start + "Content_Length: 0x1\n",
                                   start + "Content_Length: 1, 1\n",
                                   start + "Content_Length:\n",
                                   start + "Content_Length: 12345678901\n",
                                   start + "Content_Length: 1\nContent-Length: 1\n",
                                   start + "User_Agent: a\nUser-Agent: a\n",
                                   start + "Transfer_Encoding: chunked\n",
                                   start + "ORIGIN: http://a\n",
                                   start + "Sec-Fetch-Mode: cors\n",
                                   start + "Content_Length: 65537\n\n",
                                   start + long_line,
                                   many_lines}) {
    EXPECT_NE(ProblemOf(bytes), "") << bytes;
  }
}

TEST(CutRequestsTest, LimitsThemselvesAreAllowed) {
  std::string lines = "POST " + std::string(256, 'u') + " HTTP/1.1\n";
  for (int i = 0; i < 64; ++i) lines += "X: y\n";
  EXPECT_EQ(ProblemOf(lines + "\n"), "");
  std::string head = "GET h HTTP/1.1\nX: ";
  absl::StrAppend(&head, std::string(8192 - head.size() - 2, 'x'), "\n\n");
  EXPECT_EQ(ProblemOf(head), "");
  EXPECT_NE(ProblemOf(Replaced(head, "x\n\n", "xx\n\n")), "");
}

// The byte by which a reader knows it.
TEST(CutRequestsTest, AFatalRequestEndsBehindTheByteThatDecides) {
  struct Case {
    std::string_view bytes;
    std::size_t end;
    std::string_view refusal;
  };
  const Case cases[] = {
      {"POST h HTTP/1.1\nUser_Agent : a\n", 27,
       "header line: a colon expected behind the name, no space before it, got 'User_Agent '"},
      {"POST h HTTP/2\nX", 14, "version: HTTP/1.1 expected, got 'HTTP/2'"},
      {"\x01GET", 1, "head: no control byte allowed, got '\\x01'"},
      {"GET h HTTP/1.1\rX", 16, "line end: a CR must be followed by LF, got 'X'"},
      {"GET h HTTP/1.1\n\xC3\xA9: 1\n", 16, "header line: the name must be a token, got '\\xc3'"},
      {"GET h HTTP/1.1\nContent_Length: 65537\n\n", 38, "entity: at most 65536 bytes, got '65537'"},
  };
  for (const Case& one : cases) {
    const std::vector<RawRequestView> requests = CutRequests(one.bytes);
    ASSERT_EQ(requests.size(), 1u) << one.bytes;
    EXPECT_TRUE(requests[0].fatal);
    EXPECT_EQ(requests[0].end, one.end) << one.bytes;
    EXPECT_EQ(absl::StrCat(requests[0].rule, ", got ", requests[0].seen), std::string(one.refusal));
  }
}

TEST(CutRequestsTest, NothingIsReadBehindAFatalRequest) {
  const std::string bytes = absl::StrCat("\n", RawRequest("ADD", "alice"));
  EXPECT_EQ(CutRequests(bytes).size(), 1u);
}

}  // namespace
}  // namespace chathttp::sim
