// A chat server on a simulated network, for tests of server and client.
#ifndef CHATHTTP_TESTS_TRANSPORT_SERVER_SERVER_WORLD_H_
#define CHATHTTP_TESTS_TRANSPORT_SERVER_SERVER_WORLD_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "chathttp/sim/network/sim_network.h"
#include "chathttp/sim/network/virtual_scheduler.h"
#include "chathttp/transport/server/chat_server.h"
#include "gtest/gtest.h"
#include "tests/transport/server/raw_peer.h"

namespace chathttp {

// Records the events of a server as lines such as "left Alice end of stream".
class EventRecorder final : public ServerEvents {
 public:
  void OnServerEvent(const ServerEvent& event) override;
  const std::vector<std::string>& lines() const { return lines_; }
  std::size_t CountOf(std::string_view line) const;
  // The bytes_out of each closed connection, in order of closing.
  const std::vector<std::uint64_t>& bytes_out() const { return bytes_out_; }

 private:
  std::vector<std::string> lines_;
  std::vector<std::uint64_t> bytes_out_;
};

// Bytes that differ each time, and are the same in each run.
class CountingEntropy final : public Entropy {
 public:
  void Fill(std::span<char> bytes) override;

 private:
  std::uint64_t calls_ = 0;
};

struct WorldKind {
  std::string name;
  sim::LinkOptions link;
};

// An instant network, a network with single bytes and tiny buffers, and a network with latency.
std::vector<WorldKind> AllWorldKinds();

class ServerWorld {
 public:
  explicit ServerWorld(const WorldKind& kind, const ServerOptions& options = {},
                       std::uint64_t seed = 1);

  // Connects a raw peer on a new host, and waits for the first response or the end.
  RawPeer& Connect();
  // The same on the host with this name.
  RawPeer& ConnectFrom(const std::string& host);
  // Connects, and logs in as `name`.
  RawPeer& Join(const std::string& name);

  // Runs for three seconds: long enough for everything except time limits.
  void RunAWhile() { scheduler.RunFor(absl::Seconds(3)); }

  sim::VirtualScheduler scheduler;
  sim::SimNetwork network;
  EventRecorder events;
  CountingEntropy entropy;
  std::optional<ChatServer> server;
  std::vector<std::unique_ptr<RawPeer>> peers;

  static const Endpoint& endpoint();
};

// The same with small pieces instead of single bytes, for tests that transfer many bytes.
std::vector<WorldKind> FastWorldKinds();

// The kind's name, for the name of the test.
inline std::string WorldName(const ::testing::TestParamInfo<WorldKind>& kind) {
  return kind.param.name;
}

// A test over all kinds of networks.
class ServerWorldTest : public ::testing::TestWithParam<WorldKind> {};

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_TRANSPORT_SERVER_SERVER_WORLD_H_
