// The HTTP server: answers, refusals and limits.
#include "chathttp/transport/metrics/http_server.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "chathttp/sim/network/virtual_scheduler.h"
#include "chathttp/transport/ports/memory_network.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/transport/server/raw_peer.h"

namespace chathttp {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::string_view kGet = "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr std::string_view kHello =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 6\r\n"
    "Connection: close\r\n\r\nhello\n";

class HttpServerTest : public ::testing::Test {
 protected:
  HttpServerTest() {
    EXPECT_TRUE(server->Listen(network, endpoint).ok());
    EXPECT_EQ(server->endpoint(), endpoint);
  }

  std::optional<HttpAnswer> Answer(std::string_view path) {
    if (path == "/hello") return HttpAnswer{.body = "hello\n"};
    if (path == "/away") return HttpAnswer{.code = 503, .body = "away\n"};
    if (path == "/long") return HttpAnswer{.body = std::string(300'000, 'x')};
    return std::nullopt;
  }

  RawPeer& Connect() {
    peers.push_back(std::make_unique<RawPeer>(network, endpoint));
    RunAWhile();
    return *peers.back();
  }
  RawPeer& Ask(std::string_view bytes) {
    RawPeer& peer = Connect();
    peer.Send(bytes);
    RunAWhile();
    return peer;
  }
  std::string AnswerTo(std::string_view bytes) {
    RawPeer& peer = Ask(bytes);
    EXPECT_TRUE(peer.end_of_stream());
    return peer.received();
  }
  void RunAWhile() { scheduler.RunFor(absl::Milliseconds(1)); }

  const Endpoint endpoint{"metrics", 1};
  sim::VirtualScheduler scheduler{{}};
  MemoryNetwork network{scheduler};
  std::unique_ptr<HttpServer> server = std::make_unique<HttpServer>(
      scheduler, [this](std::string_view path) { return Answer(path); });
  std::vector<std::unique_ptr<RawPeer>> peers;
};

TEST_F(HttpServerTest, AGetIsAnsweredAndTheConnectionEnds) {
  RawPeer& peer = Ask(kGet);
  EXPECT_EQ(peer.received(), kHello);
  EXPECT_TRUE(peer.end_of_stream());
  EXPECT_FALSE(peer.broken());
  EXPECT_EQ(server->connections(), 1u) << "the peer has not ended its side";
  peer.Close();
  RunAWhile();
  EXPECT_EQ(server->connections(), 0u);
}

TEST_F(HttpServerTest, ARequestMayBeCutAtAnyByte) {
  for (std::size_t cut = 1; cut < kGet.size(); ++cut) {
    RawPeer& peer = Ask(kGet.substr(0, cut));
    EXPECT_EQ(peer.received(), "") << cut;
    peer.Send(kGet.substr(cut));
    RunAWhile();
    EXPECT_EQ(peer.received(), kHello) << cut;
    peers.clear();
    RunAWhile();
  }
}

TEST_F(HttpServerTest, LinesMayEndInALineFeed) {
  EXPECT_EQ(AnswerTo("GET /hello HTTP/1.0\n\n"), kHello);
}

TEST_F(HttpServerTest, AQueryIsIgnored) {
  EXPECT_EQ(AnswerTo("GET /hello?a=b HTTP/1.1\n\n"), kHello);
}

TEST_F(HttpServerTest, AHeadGetsNoBody) {
  const std::string answer = AnswerTo("HEAD /hello HTTP/1.1\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("Content-Length: 6\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\n"));
}

TEST_F(HttpServerTest, TheProgramChoosesTheCode) {
  EXPECT_THAT(AnswerTo("GET /away HTTP/1.1\r\n\r\n"),
              StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
}

TEST_F(HttpServerTest, AnUnknownPathIs404) {
  for (const char* const path : {"/", "/hell", "/hello/", "//hello"}) {
    EXPECT_THAT(AnswerTo(std::string("GET ") + path + " HTTP/1.1\r\n\r\n"),
                StartsWith("HTTP/1.1 404 Not Found\r\n"))
        << path;
    peers.clear();
  }
}

TEST_F(HttpServerTest, AnotherMethodIs405AndItsBodyLosesNoAnswer) {
  const std::string answer =
      AnswerTo("POST /hello HTTP/1.1\r\nContent-Length: 9999\r\n\r\n" + std::string(9999, 'x'));
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 405 Method Not Allowed\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nAllow: GET, HEAD\r\n"));
}

TEST_F(HttpServerTest, WhatIsNoRequestLineIs400) {
  for (const char* const line :
       {"", " ", "GET", "GET /hello", "GET  HTTP/1.1", "GET hello HTTP/1.1",
        "GET /hello there HTTP/1.1", " GET /hello HTTP/1.1", "GET /hello HTTP/2",
        "GET /hello HTTP/1.1 "}) {
    EXPECT_THAT(AnswerTo(std::string(line) + "\r\n\r\n"),
                StartsWith("HTTP/1.1 400 Bad Request\r\n"))
        << line;
    peers.clear();
  }
}

TEST_F(HttpServerTest, AHeadOfTheLimitIsServedAndALongerOneIs431) {
  const auto head = [](std::size_t bytes) {
    const std::string start = "GET /hello HTTP/1.1\r\nX: ";
    return start + std::string(bytes - start.size() - 4, 'x') + "\r\n\r\n";
  };
  EXPECT_EQ(AnswerTo(head(HttpServer::kHeadBytes)), kHello);
  EXPECT_THAT(AnswerTo(head(HttpServer::kHeadBytes + 1)),
              StartsWith("HTTP/1.1 431 Request Header Fields Too Large\r\n"));
}

TEST_F(HttpServerTest, ASlowRequestIs408AfterFiveSeconds) {
  RawPeer& peer = Ask("GET /hello ");
  scheduler.RunFor(HttpServer::kRequestLimit - absl::Milliseconds(10));
  EXPECT_EQ(peer.received(), "");
  scheduler.RunFor(absl::Milliseconds(10));
  EXPECT_THAT(peer.received(), StartsWith("HTTP/1.1 408 Request Timeout\r\n"));
  EXPECT_TRUE(peer.end_of_stream());
  EXPECT_THAT(peer.received(), HasSubstr("within 5s\n"));
}

TEST_F(HttpServerTest, APeerThatDoesNotEndItsSideIsClosedAfterFiveSecondsMore) {
  Ask(kGet);
  scheduler.RunFor(HttpServer::kRequestLimit - absl::Milliseconds(10));
  EXPECT_EQ(server->connections(), 1u);
  scheduler.RunFor(absl::Milliseconds(10));
  EXPECT_EQ(server->connections(), 0u);
}

TEST_F(HttpServerTest, APeerThatDoesNotReadIsClosedToo) {
  RawPeer& peer = Connect();
  peer.SetReading(false);
  peer.Send("GET /long HTTP/1.1\r\n\r\n");
  scheduler.RunFor(HttpServer::kRequestLimit);
  EXPECT_EQ(server->connections(), 0u);
}

TEST_F(HttpServerTest, ALongAnswerIsWrittenAsThePeerReads) {
  const std::string answer = AnswerTo("GET /long HTTP/1.1\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("Content-Length: 300000\r\n"));
  EXPECT_EQ(answer.size() - answer.find("\r\n\r\n") - 4, 300'000u);
}

TEST_F(HttpServerTest, APeerThatSendsWithoutEndIsClosed) {
  RawPeer& peer = Ask(kGet);
  peer.Send(std::string(HttpServer::kDiscardBytes + 1, 'x'));
  RunAWhile();
  EXPECT_EQ(server->connections(), 0u);
}

TEST_F(HttpServerTest, APeerThatLeavesOrResetsIsForgotten) {
  Ask("GET /").ShutdownWrite();
  Ask("GET /").Reset();
  Ask("GET /").Close();
  RunAWhile();
  EXPECT_EQ(server->connections(), 0u);
}

TEST_F(HttpServerTest, AHalfClosedPeerGetsItsAnswer) {
  RawPeer& peer = Connect();
  peer.Send(kGet);
  peer.ShutdownWrite();
  RunAWhile();
  EXPECT_EQ(peer.received(), kHello);
  EXPECT_EQ(server->connections(), 0u);
}

TEST_F(HttpServerTest, TheNinthConnectionIs503AndTheEightStay) {
  for (std::size_t i = 0; i < HttpServer::kMaxConnections; ++i) EXPECT_EQ(Connect().received(), "");
  RawPeer& ninth = Connect();
  EXPECT_THAT(ninth.received(), StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
  EXPECT_TRUE(ninth.ended());
  peers.front()->Send(kGet);
  RunAWhile();
  EXPECT_EQ(peers.front()->received(), kHello);
  peers.front()->Close();
  RunAWhile();
  EXPECT_EQ(AnswerTo(kGet), kHello);
}

TEST_F(HttpServerTest, DestroyingTheServerEndsItsConnections) {
  RawPeer& peer = Ask("GET /");
  server.reset();
  RunAWhile();
  EXPECT_TRUE(peer.ended());
  EXPECT_EQ(scheduler.pending_timers(), 0u);
}

TEST_F(HttpServerTest, AnEndpointInUseIsAnError) {
  HttpServer other(scheduler, [](std::string_view) { return std::nullopt; });
  EXPECT_FALSE(other.Listen(network, endpoint).ok());
}

}  // namespace
}  // namespace chathttp
