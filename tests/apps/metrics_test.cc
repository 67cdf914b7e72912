// The real server, watched over HTTP.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "tests/apps/programs.h"
#include "tests/apps/wire.h"
#include "tests/apps/wire_peer.h"

namespace chathttp {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

class WatchedServer : public testing::Test {
 protected:
  WatchedServer() {
    const std::string words = "answering metrics on 127.0.0.1:";
    EXPECT_TRUE(server.Expect(words) && server.Expect("\n")) << server.out();
    port = static_cast<std::uint16_t>(
        std::atoi(server.out().substr(server.out().find(words) + words.size()).c_str()));
  }

  // Everything that comes, up to the end of the stream.
  std::string Get(const std::string& path) const {
    WirePeer peer(port);
    peer.Send("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    return peer.ReceiveAll();
  }

  ServerProcess server{{"--metrics=127.0.0.1:0"}};
  std::uint16_t port = 0;
};

TEST_F(WatchedServer, CountsWhatItServes) {
  WirePeer alice = Join(server.port(), "Alice");
  alice.Send(MakeRequest("POST", "Alice", "hello\n"));
  EXPECT_EQ(alice.Receive().entity, MessageFrom("Alice", "hello"));
  const std::string text = Get("/metrics");
  EXPECT_THAT(text, StartsWith("HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4;"));
  for (const char* const line :
       {"chathttp_requests_total{method=\"POST\",code=\"200\"} 1", "chathttp_members 1",
        "chathttp_broadcasts_total{kind=\"said\"} 1", "chathttp_fanout_seconds_count 2",
        "chathttp_log_lines_dropped_total 0"}) {
    EXPECT_THAT(text, HasSubstr("\n" + std::string(line) + "\n"));
  }
  EXPECT_THAT(text, testing::Not(HasSubstr("\nchathttp_fanout_seconds_sum 0\n")));
  EXPECT_THAT(text, testing::Not(HasSubstr("\nprocess_resident_memory_bytes 0\n")));
}

TEST_F(WatchedServer, IsReadyUntilItStops) {
  const WirePeer alice =
      Join(server.port(), "Alice");  // does not hang up, so the stop takes a while
  EXPECT_THAT(Get("/health"), EndsWith("\r\n\r\nok\n"));
  EXPECT_THAT(Get("/ready"), EndsWith("\r\n\r\nready\n"));
  server.Kill(SIGTERM);
  ASSERT_TRUE(server.ExpectError("event=stopping"));
  const std::string answer = Get("/ready");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\nstopping\n"));
  EXPECT_EQ(server.Wait(), 0) << server.err();
}

TEST(UnwatchedServer, HasNoPortForMetrics) {
  ServerProcess server;
  server.Kill(SIGTERM);
  EXPECT_EQ(server.Wait(), 0);
  EXPECT_TRUE(IsOneLine(server.out())) << server.out();
}

TEST(UnwatchedServer, MetricsPortInUseIsAClearLineAndAFailure) {
  const WireListener taken;
  const std::string endpoint = "127.0.0.1:" + std::to_string(taken.port());
  Process server(ServerCommand({"--metrics=" + endpoint, "--log_level=error"}));
  EXPECT_EQ(server.Wait(), 1);
  EXPECT_EQ(server.err(), "chat_server: cannot listen on " + endpoint + ": address in use\n");
  EXPECT_EQ(server.out(), "");
}

}  // namespace
}  // namespace chathttp
