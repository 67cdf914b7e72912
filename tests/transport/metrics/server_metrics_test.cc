// The text of the metrics, and what HTTP clients get of a chat server.
#include "chathttp/transport/metrics/server_metrics.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "chathttp/transport/metrics/metrics_text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/source_path.h"
#include "tests/transport/server/server_world.h"

namespace chathttp {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(MetricsTextTest, HasHelpTypeAndValues) {
  MetricsText text;
  text.Family("cats_total", "counter", "Cats.");
  text.Add({{"color", "grey"}, {"size", "9"}}, std::uint64_t{18'446'744'073'709'551'615U});
  text.Family("weight", "gauge", "Of all.");
  text.Add({}, 0.25);
  EXPECT_EQ(text.text(),
            "# HELP cats_total Cats.\n"
            "# TYPE cats_total counter\n"
            "cats_total{color=\"grey\",size=\"9\"} 18446744073709551615\n"
            "# HELP weight Of all.\n"
            "# TYPE weight gauge\n"
            "weight 0.25\n");
}

TEST(MetricsTextTest, BucketsOfAHistogramAddUp) {
  DurationHistogram times;
  times.Add(absl::Milliseconds(1), 2);
  times.Add(absl::Milliseconds(30), 1);
  times.Add(absl::Seconds(4), 1);
  MetricsText text;
  text.Family("t", "histogram", "T.");
  text.AddHistogram(times);
  EXPECT_EQ(text.text(),
            "# HELP t T.\n"
            "# TYPE t histogram\n"
            "t_bucket{le=\"0.0002\"} 0\n"
            "t_bucket{le=\"0.001\"} 2\n"
            "t_bucket{le=\"0.005\"} 2\n"
            "t_bucket{le=\"0.02\"} 2\n"
            "t_bucket{le=\"0.05\"} 3\n"
            "t_bucket{le=\"0.1\"} 3\n"
            "t_bucket{le=\"0.5\"} 3\n"
            "t_bucket{le=\"2.5\"} 3\n"
            "t_bucket{le=\"+Inf\"} 4\n"
            "t_sum 4.032\n"
            "t_count 4\n");
}

class ServerMetricsTest : public ServerWorldTest {
 protected:
  ServerMetricsTest() : world_(GetParam()) {}

  // Asks over HTTP, from the same network; the entity of the answer is behind the empty line.
  std::string Get(const std::string& path) {
    RawPeer peer(world_.network.host("monitor"), kMetrics);
    peer.Send("GET " + path + " HTTP/1.1\r\nHost: server\r\n\r\n");
    EXPECT_TRUE(world_.scheduler.RunUntil([&] { return peer.ended(); }, absl::Seconds(5)));
    return peer.received();
  }

  const Endpoint kMetrics{"server", 9995};
  ServerWorld world_;
};

INSTANTIATE_TEST_SUITE_P(AllNetworks, ServerMetricsTest, ::testing::ValuesIn(FastWorldKinds()),
                         WorldName);

TEST_P(ServerMetricsTest, CountWhatTheServerDid) {
  ServerMetrics metrics(*world_.server, world_.scheduler,
                        [] { return ProcessFigures{.cpu_seconds = 1.5, .open_descriptors = 12}; });
  ASSERT_TRUE(metrics.Listen(world_.network.host("server"), kMetrics).ok());
  RawPeer& alice = world_.Join("Alice");
  RawPeer& bob = world_.Join("Bob");
  alice.Send(RawRequest("POST", "Alice", "hello\n") + RawRequest("POST", "Alice", "\n") +
             RawRequest("BREW", "Alice"));
  world_.RunAWhile();
  bob.ShutdownWrite();
  world_.RunAWhile();
  const std::string text = Get("/metrics");
  EXPECT_THAT(text, HasSubstr("\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
  for (const char* const line :
       {"chathttp_requests_total{method=\"ADD\",code=\"200\"} 2",
        "chathttp_requests_total{method=\"POST\",code=\"200\"} 1",
        "chathttp_requests_total{method=\"POST\",code=\"400\"} 1",
        "chathttp_requests_total{method=\"other\",code=\"400\"} 1",
        "chathttp_broadcasts_total{kind=\"entered\"} 2",
        "chathttp_broadcasts_total{kind=\"left\"} 1", "chathttp_refusals_total{rule=\"text\"} 1",
        "chathttp_refusals_total{rule=\"method\"} 1",
        "chathttp_closed_total{reason=\"end_of_stream\"} 1", "chathttp_connections 1",
        "chathttp_members 1", "chathttp_blocked_connections 0", "chathttp_fanout_seconds_count 4",
        "process_cpu_seconds_total 1.5", "process_open_fds 12"}) {
    EXPECT_THAT(text, HasSubstr("\n" + std::string(line) + "\n"));
  }
}

TEST_P(ServerMetricsTest, ReadyFollowsTheLifeOfTheServer) {
  world_.server.emplace(world_.network.host("server"), world_.scheduler);
  ServerMetrics metrics(*world_.server, world_.scheduler, [] { return ProcessFigures(); });
  ASSERT_TRUE(metrics.Listen(world_.network.host("server"), kMetrics).ok());
  EXPECT_THAT(Get("/ready"), StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
  EXPECT_THAT(Get("/ready"), EndsWith("\r\n\r\nstarting\n"));
  EXPECT_THAT(Get("/health"), StartsWith("HTTP/1.1 200 OK\r\n"));
  ASSERT_TRUE(world_.server->Listen(ServerWorld::endpoint()).ok());
  EXPECT_THAT(Get("/ready"), StartsWith("HTTP/1.1 200 OK\r\n"));
  RawPeer& alice = world_.Join("Alice");
  alice.SetReading(false);
  world_.server->StopListening();
  EXPECT_THAT(Get("/ready"), StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
  EXPECT_THAT(Get("/ready"), EndsWith("\r\n\r\ndraining\n"));
  world_.server->Stop({});
  EXPECT_THAT(Get("/ready"), EndsWith("\r\n\r\nstopping\n"));
  EXPECT_THAT(Get("/nothing"), StartsWith("HTTP/1.1 404 Not Found\r\n"));
}

TEST_P(ServerMetricsTest, AreReadyAtOnceIfTheServerListensAlready) {
  ServerMetrics metrics(*world_.server, world_.scheduler, [] { return ProcessFigures(); });
  ASSERT_TRUE(metrics.Listen(world_.network.host("server"), kMetrics).ok());
  EXPECT_THAT(Get("/ready"), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_P(ServerMetricsTest, AServerThatCannotReachItsEngineIsNotReady) {
  ServerMetrics metrics(*world_.server, world_.scheduler, [] { return ProcessFigures(); });
  EngineFigures engine;
  metrics.WatchEngine([&] { return engine; });
  ASSERT_TRUE(metrics.Listen(world_.network.host("server"), kMetrics).ok());
  EXPECT_THAT(Get("/ready"), EndsWith("\r\n\r\nwaiting for the engine\n"));
  EXPECT_THAT(Get("/metrics"), HasSubstr("\nchathttp_engine_reachable 0\n"));
  engine = {.reachable = true, .lag_seconds = 0.25, .window = 3, .resends = 7};
  EXPECT_THAT(Get("/ready"), StartsWith("HTTP/1.1 200 OK\r\n"));
  const std::string text = Get("/metrics");
  for (const std::string_view line :
       {"reachable 1", "lag_seconds 0.25", "window 3", "resends_total 7"}) {
    EXPECT_THAT(text, HasSubstr("\nchathttp_engine_" + std::string(line) + "\n"));
  }
}

// The lines of the metrics of a new server that start with `#` or do not.
std::vector<std::string> Lines(bool comments) {
  sim::VirtualScheduler scheduler{{}};
  sim::SimNetwork network(scheduler, {});
  const ChatServer server(network.host("server"), scheduler);
  std::istringstream text(MetricsOf(FiguresOf(server), {}, EngineFigures(), JournalFigures()));
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with('#') == comments) lines.push_back(line);
  }
  return lines;
}

TEST(MetricsOfTest, AreAtMostTheDocumentedNumberAndEachOnlyOnce) {
  const std::vector<std::string> lines = Lines(false);
  EXPECT_LE(lines.size(), 62u + 8u + 2u);
  EXPECT_EQ(std::set<std::string>(lines.begin(), lines.end()).size(), lines.size());
}

TEST(MetricsOfTest, ThePageForOperatorsExplainsEach) {
  std::ifstream file(SourcePath("docs/operating.md"));
  const std::string page{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const std::string type = "# TYPE ";
  for (const std::string& line : Lines(true)) {
    if (!line.starts_with(type)) continue;
    const std::string name = line.substr(type.size(), line.rfind(' ') - type.size());
    EXPECT_THAT(page, HasSubstr("`" + name));
  }
}

TEST(MetricsOfTest, ThePageForOperatorsNamesEachLabel) {
  std::ifstream file(SourcePath("docs/operating.md"));
  const std::string page{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  for (const std::string_view label : Labels<EndReason>::kAll) {
    EXPECT_THAT(page, HasSubstr("`" + std::string(label) + "`"));
  }
  for (const std::string_view label : Labels<Rule>::kAll) {
    EXPECT_THAT(page, HasSubstr("`" + std::string(label) + "`"));
  }
}

// `promtool check metrics` of the package prometheus, where it is installed.
TEST(MetricsOfTest, PromtoolHasNothingToSay) {
  if (std::system("command -v promtool >/dev/null") != 0) GTEST_SKIP() << "promtool is missing";
  sim::VirtualScheduler scheduler{{}};
  sim::SimNetwork network(scheduler, {});
  const ChatServer server(network.host("server"), scheduler);
  FILE* const promtool = popen("promtool check metrics", "w");
  ASSERT_NE(promtool, nullptr);
  const std::string text = MetricsOf(FiguresOf(server), {}, EngineFigures());
  EXPECT_EQ(std::fwrite(text.data(), 1, text.size(), promtool), text.size());
  EXPECT_EQ(pclose(promtool), 0);
}

}  // namespace
}  // namespace chathttp
